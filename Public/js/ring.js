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
    if (!answer || isOver) return;
    // The link is gone: its own page says so.
    if (answer.status === 404 || answer.status === 410) return leave(() => location.reload());
    if (!answer.ok) return;
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
    // Seen in the row of tabs, too.
    document.title = now.children.length ? `● ${title}` : title;
    keep(part, [...now.children]);
  };
  const open = () => {
    const stream = new EventSource('/calendar/rings/stream');
    // A call may have come or gone between two streams.
    stream.addEventListener('open', look);
    stream.addEventListener('rings', look);
    stream.addEventListener('error', () => {
      // Closed for good by any answer that is no stream, as while the server restarts.
      if (stream.readyState === EventSource.CLOSED) setTimeout(open, 10_000 + 10_000 * Math.random());
    });
  };
  open();
}

const nameOf = (row) => row.querySelector('form')?.action;

// What rings on stays the same element, with its focus. What is over leaves a gap for a second, so that nobody who is
// about to press a button presses the next one.
function keep(part, rows) {
  const names = new Set(rows.map(nameOf));
  const there = new Set();
  for (const row of part.children) {
    there.add(nameOf(row));
    if (names.has(nameOf(row)) || row.inert) continue;
    row.inert = true;
    row.style.visibility = 'hidden';
    setTimeout(() => row.remove(), 1000);
  }
  part.append(...rows.filter((row) => !there.has(nameOf(row))));
}
