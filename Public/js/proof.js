// Works out the number that a form asks for, beside the page and while its reader types.
// <input type="hidden" name="proof" data-proof="…" data-seed="…" data-bits="18">
// Who is faster than the sum waits a moment; where it cannot be done, the server asks for a code instead.

export function start([input]) {
  const { form } = input;
  let pressed = null;
  let isOver = false;
  const end = (value) => {
    isOver = true;
    input.value = value;
    pressed?.removeAttribute('aria-busy');
    if (pressed) form.requestSubmit(pressed);
  };
  form.addEventListener('submit', (event) => {
    // Back to the times, or longer to type: neither needs it.
    if (isOver || event.submitter?.hasAttribute('formaction')) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    pressed = event.submitter;
    pressed?.setAttribute('aria-busy', 'true');
  }, { capture: true });
  try {
    const worker = new Worker(new URL('./proof-worker.js', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }) => {
      worker.terminate();
      end(`${input.dataset.proof}:${data}`);
    };
    worker.onerror = () => end('');
    worker.postMessage({ seed: input.dataset.seed, bits: Number(input.dataset.bits) });
  } catch {
    end('');
  }
}
