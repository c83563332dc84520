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
    const lines = now.querySelectorAll(':scope > p');
    part.querySelectorAll(':scope > p').forEach((line, place) => {
      if (lines[place] && line.textContent !== lines[place].textContent) line.textContent = lines[place].textContent;
    });
  }, 2000);
}

function listen(part) {
  const { title } = document;
  const look = async () => {
    const answer = await fetch('/calendar/rings', { cache: 'no-store' }).catch(() => null);
    if (!answer?.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const now = page.querySelector('[data-rings]');
    if (!now) return;
    part.replaceChildren(...now.children);
    // Seen in the row of tabs, too.
    document.title = part.children.length ? `● ${title}` : title;
  };
  new EventSource('/calendar/rings/stream').addEventListener('rings', look);
}
