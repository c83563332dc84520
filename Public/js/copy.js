// <button hidden type="button" data-copy="https://…" data-copied="Copied">: shown only where copying works.

export function start(buttons) {
  if (!navigator.clipboard) return;
  for (const button of buttons) {
    button.hidden = false;
    const label = button.querySelector('span');
    const words = label.textContent;
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      label.textContent = button.dataset.copied;
      setTimeout(() => { label.textContent = words; }, 2_000);
    });
  }
}
