// “Hold it longer” is offered in the last two minutes of a hold; the style sheet hides it until then.
// <button data-held-until="1796293800">
// This tab also remembers what is held, so that coming back to the times lets it go (times.js).

export function start([button]) {
  const { form } = button;
  const address = form.querySelector('[formaction$="/times"]')?.getAttribute('formaction');
  const fields = ['form', 'start'].map((name) => [name, form.elements[name].value]);
  // In a frame of another site browsers may keep nothing.
  try { sessionStorage.setItem('held', JSON.stringify({ address, fields })); } catch { /* it ends by itself */ }
  const left = button.dataset.heldUntil * 1000 - Date.now();
  setTimeout(() => button.classList.add('due'), Math.max(0, left - 120_000));
}
