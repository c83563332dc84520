// A form is sent once: the pressed button shows that it works, a second press does nothing.
// The server refuses doubles itself; this only spares people the doubt.

export function start(forms) {
  for (const form of forms) {
    form.addEventListener('submit', (event) => {
      if (form.dataset.sent) return event.preventDefault();
      form.dataset.sent = 'yes';
      event.submitter?.setAttribute('aria-busy', 'true');
    });
  }
  // Coming back by the browser's back button shows the page as it was left.
  addEventListener('pageshow', () => {
    for (const form of forms) {
      delete form.dataset.sent;
      form.querySelectorAll('[aria-busy]').forEach((button) => button.removeAttribute('aria-busy'));
    }
  });
}
