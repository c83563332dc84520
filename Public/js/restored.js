// Whoever comes back to a form finds what they answered, also where the browser has forgotten it.
// Kept for this tab alone, between sending and coming back; whoever opens the form anew finds it empty.

export function start([form]) {
  // In a frame of another site browsers may keep nothing.
  try { sessionStorage.length; } catch { return; }
  // The page that says what is wrong stands at another address; the form goes to the same.
  const name = `answers ${form.action}`;
  const [visit] = performance.getEntriesByType('navigation');
  const isBack = visit?.type === 'back_forward' || location.hash === '#again';
  if (!isBack) sessionStorage.removeItem(name);
  const kept = sessionStorage.getItem(name);
  if (kept && !form.querySelector('.mistakes')) fill(form, JSON.parse(kept));
  form.addEventListener('submit', () => sessionStorage.setItem(name, JSON.stringify(answers(form))));
}

const answers = (form) => [...new FormData(form)].filter(([field]) => field.startsWith('answers.'));

function fill(form, pairs) {
  for (const [field, value] of pairs) {
    for (const control of form.querySelectorAll(`[name="${CSS.escape(field)}"]`)) {
      if (control.type === 'radio' || control.type === 'checkbox') control.checked ||= control.value === value;
      else if (!control.value) control.value = value;
    }
  }
  form.dispatchEvent(new Event('input'));
}
