// Calls: the visitor's page looks every two seconds whether somebody answered, and hangs up when it is left; a host's
// page hears from the server when to look again, and keeps what rings as it is now.

export function start([part]) {
  if ('ring' in part.dataset) wait(part);
  else listen(part);
}

function wait(part) {
  const form = part.querySelector('form[action$="/cancellation"]');
  let isOver = false;
  const leave = (go) => { isOver = true; go(); };
  form?.addEventListener('submit', () => { isOver = true; });
  addEventListener('pagehide', () => {
    if (!isOver && form) navigator.sendBeacon(form.action, new URLSearchParams());
  });
  setInterval(async () => {
    if (isOver) return;
    const answer = await fetch(location.href, { cache: 'no-store' }).catch(() => null);
    if (!answer?.ok || isOver) return;
    if (answer.redirected) return leave(() => location.replace(answer.url));
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const now = page.querySelector('[data-ring]');
    if (!now) return leave(() => location.reload());
    part.querySelectorAll('p:not(form p)').forEach((line, place) => {
      const other = now.querySelectorAll('p:not(form p)')[place];
      if (other && line.textContent !== other.textContent) line.textContent = other.textContent;
    });
  }, 2000);
}

function listen(part) {
  const look = async () => {
    const answer = await fetch('/calendar/rings', { cache: 'no-store' }).catch(() => null);
    if (!answer?.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const now = page.querySelector('[data-rings]');
    if (now && now.innerHTML !== part.innerHTML) part.innerHTML = now.innerHTML;
  };
  new EventSource('/calendar/rings/stream').addEventListener('rings', look);
}
