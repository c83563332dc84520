// A page in a frame tells the site around it how tall it is and what has happened; see docs/embed.md.
// <main data-frame="intro" data-frame-site="https://www.example.org" data-frame-event="slot_selected" …>
// The server has checked that site; nobody else hears anything, and nothing said names a person.

export function start([page]) {
  const { frame: link, frameSite: site } = page.dataset;
  const isFramed = parent !== window;
  const send = (type, data = {}) => {
    const message = { workestra: 1, type, link, data };
    if (isFramed && site) parent.postMessage(message, site);
    // In an app the page stands alone, and the app is who shows it.
    else if (!isFramed) window.ReactNativeWebView?.postMessage(JSON.stringify(message));
  };
  keepInside();
  // Measured at once: browsers do not lay out what is not in view, and it is in view only when it is ready.
  send('ready', { top: topOf(location.hash) });
  let height = 0;
  const measure = () => {
    const now = Math.ceil(document.body.getBoundingClientRect().height);
    if (now !== height) send('height', { height: now });
    height = now;
  };
  measure();
  new ResizeObserver(measure).observe(document.body);
  tell(page, send);
  addEventListener('keydown', (event) => {
    // While a word is being composed Escape takes back the word.
    if (event.key === 'Escape' && !event.isComposing && !event.defaultPrevented) send('close');
  });
  if (isFramed && site) addEventListener('message', (event) => hear(event, site));
  wait(send);
}

function tell(page, send) {
  const { frameEvent, frameData } = page.dataset;
  if (frameEvent) send(frameEvent, JSON.parse(frameData));
}

// Where the part begins that an address names, so that the site can bring it into view.
function topOf(hash) {
  // Browsers do not do this by themselves in a frame of another site; whoever is not in the frame is left alone.
  const alert = document.querySelector('[autofocus]');
  if (alert && document.hasFocus()) alert.focus({ preventScroll: true });
  const part = alert ?? (hash.length > 1 ? document.getElementById(decoded(hash.slice(1))) : null);
  return part ? Math.max(0, Math.round(part.getBoundingClientRect().top)) : 0;
}

// Anybody can write an address; one that cannot be read names no part.
function decoded(text) {
  try { return decodeURIComponent(text); } catch { return text; }
}

// Ways to the same pages stay in the frame, with all it was asked for; every other way opens beside it.
function keepInside() {
  const here = new URL(location.href);
  const base = here.pathname.split('/').slice(0, 3).join('/');
  for (const link of document.querySelectorAll('a[href]:not([target])')) {
    const there = addressOf(link);
    // What the browser takes for no address leads nowhere from here either.
    if (!there?.protocol.startsWith('http')) continue;
    if (there.origin === here.origin && there.searchParams.has('embed')) continue;
    const isSame = there.origin === here.origin && `${there.pathname}/`.startsWith(`${base}/`);
    if (!isSame) {
      [link.target, link.rel] = ['_blank', 'noopener'];
      continue;
    }
    for (const name of ['embed', 'origin', 'theme', 'lang']) {
      if (here.searchParams.has(name)) there.searchParams.set(name, here.searchParams.get(name));
    }
    link.href = there;
  }
}

function addressOf(link) {
  try { return new URL(link.href); } catch { return null; }
}

function hear(event, site) {
  if (event.source !== parent || event.origin !== site) return;
  const { workestra, type, data } = Object(event.data);
  if (workestra !== 1) return;
  const root = document.documentElement;
  if (type === 'layout') root.classList.toggle('still', Object(data).scroll === false);
  if (type !== 'theme') return;
  if (['light', 'dark'].includes(Object(data).theme)) root.dataset.theme = data.theme;
  if (Object(data).theme === 'auto') delete root.dataset.theme;
}

// The booking's own page is never framed. While somebody is there in another tab, the frame looks what has become of
// the booking: whenever it is seen again, and every ten seconds for half an hour.
function wait(send) {
  const link = document.querySelector('[data-frame-waits] a');
  if (!link) return;
  let timer;
  const look = async () => {
    const answer = await fetch(location.href).catch(() => null);
    if (!answer?.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('main');
    const page = document.getElementById('main');
    // Once it is forgotten what the form led to, what comes is another page.
    if (!fresh?.dataset.frameData || fresh.dataset.frameData === page.dataset.frameData) return;
    page.replaceWith(document.adoptNode(fresh));
    tell(fresh, send);
  };
  addEventListener('focus', look);
  document.addEventListener('visibilitychange', () => { if (!document.hidden) look(); });
  document.addEventListener('click', (event) => {
    if (!event.target.closest?.('[data-frame-waits] a')) return;
    clearInterval(timer);
    let left = 180;
    timer = setInterval(() => {
      if (left-- > 0) look();
      else clearInterval(timer);
    }, 10_000);
  });
}
