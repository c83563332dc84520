// Loads what a page asks for by its data attributes. Every page works without any of this.

const parts = {
  '[data-frame]': './frame.js',
  '[data-zone]': './zone.js',
  '[data-clock]': './clock.js',
  'form[data-once]': './once.js',
  'input[data-proof]': './proof.js',
  '[data-copy]': './copy.js',
  '[data-escape]': './escape.js',
  'form[data-unsaved]': './unsaved.js',
  '[data-here] select': './here.js',
  'details.menu': './menu.js',
  '[data-own]': './own.js',
  '[data-held-until]': './hold.js',
  'form[data-restored]': './restored.js',
  'fieldset[data-asked-after]': './asks.js',
  'input[data-most]': './files.js',
  '[data-ring], [data-rings]': './ring.js',
  'form[action^="/book/"][action$="/holds"], form[action^="/single-use/"][action$="/holds"]': './times.js',
};

for (const [selector, file] of Object.entries(parts)) {
  const found = document.querySelectorAll(selector);
  if (found.length > 0) import(file).then((part) => part.start(found));
}
