// <form data-unsaved="Not saved yet">: once something in it was changed, its buttons say so and leaving asks first.

export function start(forms) {
  for (const form of forms) {
    const buttons = [...form.elements].filter((element) => element.matches('button.primary'));
    let isChanged = false;
    const change = () => {
      if (isChanged) return;
      isChanged = true;
      for (const button of buttons) {
        const words = document.createElement('span');
        words.className = 'unsaved second';
        words.setAttribute('role', 'status');
        button.after(words);
        words.textContent = form.dataset.unsaved;
      }
    };
    // What was refused is not saved either.
    if (form.querySelector('[aria-invalid]')) change();
    form.addEventListener('input', change);
    form.addEventListener('submit', () => { isChanged = false; });
    addEventListener('beforeunload', (event) => { if (isChanged) event.preventDefault(); });
  }
}
