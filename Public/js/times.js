// Whoever comes back to the times by the browser's own button lets go of what they held, as “Back to times” does:
// the time is free again for everybody, and shown to them on whatever day they look at next.

export function start() {
  letGo();
  addEventListener('pageshow', letGo);
}

// In a frame of another site browsers may keep nothing; the hold then ends by itself.
function take(name) {
  try {
    const value = sessionStorage.getItem(name);
    sessionStorage.removeItem(name);
    return value;
  } catch { return null; }
}

function letGo() {
  const held = take('held');
  if (!held) return;
  const { address, fields } = JSON.parse(held);
  fetch(address, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual', keepalive: true });
}
