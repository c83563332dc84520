// <button hidden type="button" data-copy="https://…" data-copied="Copied">: shown where there is script.

// Pages that came over plain http have no clipboard of their own; what is selected can be copied all the same.
function bySelection(text) {
  const field = document.createElement('textarea');
  field.value = text;
  field.readOnly = true;
  field.className = 'hidden';
  document.body.append(field);
  field.select();
  const done = document.execCommand('copy');
  field.remove();
  return done;
}

async function copy(text) {
  if (!navigator.clipboard) return bySelection(text);
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return bySelection(text);
  }
}

export function start(buttons) {
  for (const button of buttons) {
    button.hidden = false;
    const label = button.querySelector('span');
    const words = label.textContent;
    button.addEventListener('click', async () => {
      if (!await copy(button.dataset.copy)) return;
      button.focus();
      label.textContent = button.dataset.copied;
      setTimeout(() => { label.textContent = words; }, 2_000);
    });
  }
}
