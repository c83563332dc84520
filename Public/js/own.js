// The visitor's own calendar beside the times: an .ics file is read here, and only the minutes it takes are kept, in
// this tab. Nothing of it is sent.
// <div hidden data-own data-minutes="30" data-busy="you are busy" data-unread="…" data-large="…" data-marked="…">

const kept = 'own calendar';
// A calendar of many years has some megabytes.
const longest = 20_000_000;
// How long a file may be read, in milliseconds.
const patience = 30_000;

export function start([place]) {
  const [choose, away, said] = ['input', 'button', '[role=status]'].map((one) => place.querySelector(one));
  place.hidden = false;
  // The same words again are said again only where they were gone meanwhile.
  const say = (words) => {
    said.textContent = '';
    requestAnimationFrame(() => { said.textContent = words; });
  };
  const show = () => {
    const found = load();
    away.hidden = !found;
    mark(place, found?.spans ?? []);
    if (found) say(found.isWhole ? place.dataset.marked : place.dataset.partly);
  };
  let latest;
  const take = async (file) => {
    if (file.size > longest) return say(place.dataset.large);
    const reading = latest = read(file, Date.now());
    const found = await reading;
    // Of two files the one chosen last counts, however long it takes.
    if (reading !== latest) return undefined;
    if (!found) return say(found === null ? place.dataset.unread : place.dataset.large);
    keep(found);
    return show();
  };
  choose.addEventListener('change', () => {
    if (choose.files[0]) take(choose.files[0]);
    choose.value = '';
  });
  away.addEventListener('click', () => {
    latest = undefined;
    keep(null);
    show();
    said.textContent = '';
    choose.focus();
  });
  document.addEventListener('dragover', (event) => {
    if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
  });
  document.addEventListener('drop', (event) => {
    if (!event.dataTransfer?.files[0]) return;
    event.preventDefault();
    take(event.dataTransfer.files[0]);
  });
  show();
}

// Beside the page, so that it never stands still. Null for what is no calendar, undefined for what takes too long.
function read(file, now) {
  return new Promise((resolve) => {
    let worker;
    const end = (found) => {
      clearTimeout(timer);
      worker?.terminate();
      resolve(found);
    };
    const here = async () => end((await import('./own-read.js')).busy(await file.text(), now));
    const timer = setTimeout(() => end(undefined), patience);
    try {
      worker = new Worker(new URL('./own-worker.js', import.meta.url), { type: 'module' });
      worker.onmessage = ({ data }) => end(data);
      // A browser without such workers reads it here.
      worker.onerror = () => here().catch(() => end(null));
      worker.postMessage([file, now]);
    } catch {
      here().catch(() => end(null));
    }
  });
}

// Where the browser keeps nothing, such as in a frame without cookies, it is for this page alone.
let mine;

function keep(found) {
  mine = found;
  try {
    if (found) sessionStorage.setItem(kept, JSON.stringify(found)); else sessionStorage.removeItem(kept);
  } catch { /* for this page alone */ }
}

function load() {
  if (mine !== undefined) return mine;
  try {
    const found = JSON.parse(sessionStorage.getItem(kept));
    return Array.isArray(found?.spans) ? found : null;
  } catch {
    return null;
  }
}

function mark(place, spans) {
  document.querySelectorAll('.own-busy').forEach((note) => note.remove());
  for (const time of document.querySelectorAll('#pick button.time')) {
    const from = Number(time.value) / 60, to = from + Number(place.dataset.minutes);
    if (!spans.some(([begins, ends]) => begins < to && from < ends)) continue;
    const note = document.createElement('span');
    note.className = 'meta third own-busy';
    note.textContent = place.dataset.busy;
    time.append(note);
  }
}
