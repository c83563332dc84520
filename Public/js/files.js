// A file that is too large is said at choosing, and not sent: with it all that was typed would be refused.
// <input type="file" data-most="26214400" data-too-large="The file has more than 25 MB. …">

export function start(inputs) {
  for (const input of inputs) {
    const words = document.createElement('p');
    words.className = 'field-error';
    words.id = `${input.id}-too-large`;
    words.setAttribute('role', 'alert');
    words.hidden = true;
    input.after(words);
    const was = input.getAttribute('aria-invalid');
    input.addEventListener('change', () => look(input, words, was));
  }
}

// A mistake the page came with stands until the form is sent again.
function look(input, words, was) {
  const isTooLarge = [...input.files].some((file) => file.size > Number(input.dataset.most));
  words.hidden = !isTooLarge;
  words.textContent = isTooLarge ? input.dataset.tooLarge : '';
  if (isTooLarge || was) input.setAttribute('aria-invalid', 'true');
  else input.removeAttribute('aria-invalid');
  if (!isTooLarge) return;
  input.value = '';
  // For what hangs on whether there is a file.
  input.dispatchEvent(new Event('input', { bubbles: true }));
}
