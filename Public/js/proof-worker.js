// SHA-256 (FIPS 180-4) of short texts, until one begins with enough bits of zero; off the page's own thread.
// Written out, since crypto.subtle is there on https alone.

const K = new Uint32Array(64);
const H = new Uint32Array(8);

// The first 32 bits of the fractional parts of the cube and square roots of the first primes.
function constants() {
  const fraction = (x) => Math.floor((x - Math.floor(x)) * 0x100000000);
  for (let n = 2, count = 0; count < 64; n += 1) {
    let isPrime = true;
    for (let d = 2; d * d <= n; d += 1) if (n % d === 0) isPrime = false;
    if (isPrime) {
      if (count < 8) H[count] = fraction(Math.sqrt(n));
      K[count] = fraction(Math.cbrt(n));
      count += 1;
    }
  }
}

const W = new Uint32Array(64);
const turn = (x, n) => (x >>> n) | (x << (32 - n));

// The first 32 bits of the hash of a text of at most 55 signs, all ASCII.
function head(text) {
  W.fill(0);
  for (let i = 0; i < text.length; i += 1) W[i >> 2] |= text.charCodeAt(i) << (24 - 8 * (i & 3));
  W[text.length >> 2] |= 0x80 << (24 - 8 * (text.length & 3));
  W[15] = text.length * 8;
  for (let i = 16; i < 64; i += 1) {
    const x = W[i - 15];
    const y = W[i - 2];
    const s0 = turn(x, 7) ^ turn(x, 18) ^ (x >>> 3);
    const s1 = turn(y, 17) ^ turn(y, 19) ^ (y >>> 10);
    W[i] = (W[i - 16] + s0 + W[i - 7] + s1) | 0;
  }
  let a = H[0];
  let b = H[1];
  let c = H[2];
  let d = H[3];
  let e = H[4];
  let f = H[5];
  let g = H[6];
  let h = H[7];
  for (let i = 0; i < 64; i += 1) {
    const s1 = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25);
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + W[i]) | 0;
    const s0 = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22);
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  return (a + H[0]) >>> 0;
}

onmessage = ({ data: { seed, bits } }) => {
  constants();
  let number = 0;
  while (Math.clz32(head(`${seed}:${number}`)) < bits) number += 1;
  postMessage(number);
};
