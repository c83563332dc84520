// “Keep my time” is offered in the last two minutes of a hold; until then its place is kept.
// <button data-held-until="1796293800">

export function start([button]) {
  const left = button.dataset.heldUntil * 1000 - Date.now();
  if (left <= 120_000) return;
  button.classList.add('waits');
  setTimeout(() => button.classList.remove('waits'), left - 120_000);
}
