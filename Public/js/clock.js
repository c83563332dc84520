// Keeps a "14:02 now" right while the page is open.
// <time data-clock="24" data-clock-zone="Europe/Oslo">14:02</time>

export function start(clocks) {
  for (const clock of clocks) {
    const format = new Intl.DateTimeFormat('en', {
      hour: clock.dataset.clock === '12' ? 'numeric' : '2-digit', minute: '2-digit',
      hourCycle: clock.dataset.clock === '12' ? 'h12' : 'h23', timeZone: clock.dataset.clockZone,
    });
    const tick = () => {
      clock.textContent = format.format(new Date());
      setTimeout(tick, 60_000 - Date.now() % 60_000);
    };
    setTimeout(tick, 60_000 - Date.now() % 60_000);
  }
}
