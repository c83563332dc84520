// Reads a calendar off the page's own thread; see own.js.

import { busy } from './own-read.js';

onmessage = ({ data: [file, now] }) => {
  file.text().then((text) => postMessage(busy(text, now)), () => postMessage(null));
};
