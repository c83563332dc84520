// Whoever comes back to the times by the browser's own button lets go of what they held, as “Back to times” does:
// the time is free again for everybody, and shown to them on whatever day they look at next.

export function start() {
  letGo();
  addEventListener('pageshow', letGo);
}

function letGo() {
  const held = sessionStorage.getItem('held');
  if (!held) return;
  sessionStorage.removeItem('held');
  const { address, fields } = JSON.parse(held);
  fetch(address, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual', keepalive: true });
}
