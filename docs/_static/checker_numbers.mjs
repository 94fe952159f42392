// Numbers of the checker in JavaScript: JSON with exact integers, fractions, and intervals [lo, hi] / 2**P with BigInt
// ends, rounded outward.
export class Refusal extends Error {
  verdict = "INVALID";
}
export class Unsupported extends Error {
  verdict = "UNSUPPORTED";
}
export const refuse = words => {
  throw new Refusal(words);
};
export const need = (fact, words) => fact || refuse(words);
export let P = 160n; // bits after the point
export let ONE = 1n << P;
/** What `work` returns, done with so many bits. */
export function withBits(bits, work) {
  const kept = P;
  [P, ONE] = [bits, 1n << bits];
  try {
    return work();
  } finally {
    [P, ONE] = [kept, 1n << kept];
  }
}

let deadline = Infinity;
let ticks = 0;
let report = () => {};
/** From now on the work is told, and ends when the time is up. */
export function watch(seconds, progress) {
  deadline = Date.now() + 1000 * seconds;
  report = progress;
}

/** Look at the clock now and then; every loop calls this. */
export function tick() {
  if (++ticks & 63) return;
  if (Date.now() > deadline) throw new Unsupported("the time limit is reached");
  report(ticks);
}

/** A number that is no integer: allowed only where nothing is judged. */
export class Inexact {}

export const TOKEN =
  /[ \t\n\r]*(?:([{}[\],:])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9][0-9]*))(\.[0-9]+)?([eE][+-]?[0-9]+)?|(true|false|null)|(-?Infinity|NaN))/y;
export const MOST_NESTED = 900;
export function parse(text) {
  let at = 0;
  const next = () => {
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(text) ?? refuse(`no JSON value at character ${at}`);
    at = TOKEN.lastIndex;
    return found;
  };
  const value = (token, depth) => {
    tick();
    need(depth < MOST_NESTED, "nested too deeply");
    const [, mark, string, whole, fraction, exponent, word, special] = token;
    if (mark === "{") return object(depth);
    if (mark === "[") return list(depth);
    if (string !== undefined) return JSON.parse(string);
    if (special !== undefined || fraction || exponent) return new Inexact();
    if (whole !== undefined) return BigInt(whole);
    if (word !== undefined) return JSON.parse(word);
    return refuse(`"${mark}" where a JSON value is due`);
  };
  /** What stands between commas up to the closing mark. */
  const items = (close, each) => {
    for (let token = next(); token[1] !== close;) {
      each(token);
      const mark = next();
      if (mark[1] === close) return;
      need(mark[1] === ",", "a comma is due");
      token = next();
      need(token[1] !== close, "a comma before the end");
    }
  };
  const object = depth => {
    const found = new Map();
    items("}", token => {
      need(token[2] !== undefined, "a key is due in a JSON object");
      const key = JSON.parse(token[2]);
      need(!found.has(key) && next()[1] === ":", found.has(key) ? "a key is repeated" : "a colon is due");
      found.set(key, value(next(), depth + 1));
    });
    return found;
  };
  const list = depth => {
    const found = [];
    items("]", token => found.push(value(token, depth + 1)));
    return found;
  };
  const found = value(next(), 0);
  need(/^[ \t\n\r]*$/.test(text.slice(at)), "more than one JSON value");
  return found;
}

/** The entries of an object with exactly these keys; `optional` ones may be absent or null. */
export function keys(body, due, optional = []) {
  need(body instanceof Map, "a JSON object is due");
  const known = [...due, ...optional];
  const fits = due.every(key => body.has(key)) && [...body.keys()].every(key => known.includes(key));
  need(fits, `the keys due are ${due.join(" ")}`);
  return Object.fromEntries(known.map(key => [key, body.get(key) ?? null]));
}

export const listed = (value, words = "a list is due") => (Array.isArray(value) ? value : refuse(words));
export const sized = (value, size) => (listed(value).length === size ? value : refuse(`a list of ${size} is due`));
export const vector = (value, size) => sized(value, size).map(rational);
export const matrix = (value, size) => sized(value, size).map(row => vector(row, size));
export function integer(value, below = 10000, words = "an index is due") {
  need(typeof value === "bigint" && value >= 0n && value < BigInt(below), words);
  return Number(value);
}

/** Distinct indices below `count`. */
export function indices(value, count) {
  const found = listed(value).map(entry => integer(entry, count));
  return new Set(found).size === found.length ? found : refuse("an index is repeated");
}

export const abs = a => (a < 0n ? -a : a);
export const sign = a => (a > 0n ? 1 : a < 0n ? -1 : 0);
export function fraction(n, d = 1n) {
  let [a, b] = [n, d];
  while (b) [a, b] = [b, a % b];
  if (a < 0n !== d < 0n) a = -a; // d / a > 0
  return { n: n / a, d: d / a };
}

export const ZERO = fraction(0n);
export const UNIT = fraction(1n);
export function rational(text) {
  const words = 'a string "p" or "p/q" is due, q > 0, to 400 digits';
  const found = typeof text === "string" && /^(-?[0-9]{1,400})(?:\/([0-9]{1,400}))?$/.exec(text);
  need(found && text === found[0], words);
  const d = BigInt(found[2] ?? 1);
  need(d > 0n, words);
  return fraction(BigInt(found[1]), d);
}

export const add = (a, b) => fraction(a.n * b.d + b.n * a.d, a.d * b.d);
export const sub = (a, b) => fraction(a.n * b.d - b.n * a.d, a.d * b.d);
export const mul = (a, b) => fraction(a.n * b.n, a.d * b.d);
export const over = (a, b) => fraction(a.n * b.d, a.d * b.n);
export const square = a => mul(a, a);
export const size = a => ({ n: abs(a.n), d: a.d });
export const compare = (a, b) => sign(a.n * b.d - b.n * a.d);
export const largest = list => list.reduce((a, b) => (compare(a, b) < 0 ? b : a));
export const smallest = list => list.reduce((a, b) => (compare(a, b) > 0 ? b : a));
export const show = a => (a.d === 1n ? `${a.n}` : `${a.n}/${a.d}`);
export const total = list => list.reduce((a, b) => (tick(), add(a, b)), ZERO);
export const dot = (a, b) => total(a.map((v, k) => mul(v, b[k])));
export const times = (X, w) => X.map(row => dot(row, w));
export const back = (X, c) => X[0].map((_, k) => total(X.map((row, i) => mul(row[k], c[i]))));
/** ‖v‖, squared for norm 2. */
export function norm(v, which) {
  need(Object.hasOwn(DUAL, which), "norm must be 1, 2 or inf");
  if (which === "inf") return largest(v.map(size));
  return total(v.map(which === "1" ? size : square));
}
export const DUAL = { 1: "inf", 2: "2", inf: "1" };
export const squared = (which, a) => (which === "2" ? square(a) : a);
export function floorDiv(a, b) {
  const q = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? q - 1n : q;
}
export const ceilDiv = (a, b) => -floorDiv(-a, b);
export const up = a => -(-a >> P);
/** The smallest interval around a rational. */
export const around = a => [floorDiv(a.n << P, a.d), ceilDiv(a.n << P, a.d)];
export const hull = ([low, high]) => [around(low)[0], around(high)[1]];
export const thin = a => [a, a];
export const NOUGHT = [0n, 0n];
export const ADD = (a, b) => [a[0] + b[0], a[1] + b[1]];
export const SUB = (a, b) => [a[0] - b[1], a[1] - b[0]];
export const NEG = a => [-a[1], -a[0]];
export const TIMES = (a, n) => (n < 0n ? [a[1] * n, a[0] * n] : [a[0] * n, a[1] * n]);
export const isNought = a => a[0] === 0n && a[1] === 0n;
export function MUL([a, b], [c, d]) {
  if (a >= 0n && c >= 0n) return [(a * c) >> P, up(b * d)];
  if (a >= 0n) return [(b * c) >> P, up(d > 0n ? b * d : a * d)];
  if (c >= 0n) return [(a * d) >> P, up(b > 0n ? b * d : b * c)];
  const [low, other, high, rest] = [a * d, b * c, a * c, b * d];
  return [(b <= 0n && d <= 0n ? rest : low < other ? low : other) >> P, up(high > rest ? high : rest)];
}
export function SQUARE([a, b]) {
  if (a >= 0n) return [(a * a) >> P, up(b * b)];
  if (b <= 0n) return [(b * b) >> P, up(a * a)];
  return [0n, up(-a > b ? a * a : b * b)];
}

/** a / b, or null where b may be zero. */
export function DIV(a, b) {
  if (b[0] <= 0n && b[1] >= 0n) return null;
  if (b[1] < 0n) return DIV(NEG(a), NEG(b));
  return [floorDiv(a[0] << P, b[a[0] < 0n ? 0 : 1]), ceilDiv(a[1] << P, b[a[1] < 0n ? 1 : 0])];
}

/** The integer part of √n, by Newton's method from above. */
export function isqrt(n) {
  if (n < 1n << 50n) return BigInt(Math.floor(Math.sqrt(Number(n))));
  const shift = BigInt((n.toString(16).length * 4 - 100) & ~1);
  const start = shift > 0n ? shift : 0n;
  let x = BigInt(Math.floor(Math.sqrt(Number(n >> start))) + 2) << (start / 2n);
  for (;;) {
    const y = (x + n / x) >> 1n;
    if (y >= x) return x;
    x = y;
  }
}

/** √a for a >= 0. */
export function SQRT([a, b]) {
  const low = isqrt(a << P);
  const high = a === b ? low : isqrt(b << P);
  return [low, high * high === b << P ? high : high + 1n];
}

export const SUM = list => list.reduce(ADD, NOUGHT);
export const middle = a => thin((a[0] + a[1]) >> 1n);
/** The common part; two enclosures of one number always have one. */
export const meet = (a, b) => [a[0] > b[0] ? a[0] : b[0], a[1] < b[1] ? a[1] : b[1]];
export const within = (a, b) => b[0] <= a[0] && a[1] <= b[1];
/** e with |v| < 2**e for all v, and not much more. */
export function exponent(values) {
  const top = largest(values.map(size));
  return top.n ? BigInt(top.n.toString(2).length - top.d.toString(2).length + 1) : 0n;
}
export const scaled = (a, e) => (e < 0n ? fraction(a.n << -e, a.d) : fraction(a.n, a.d << e));
/** Whether every symmetric matrix in the enclosure is positive definite, by elimination. */
export function positiveDefinite(given) {
  const S = given.map(row => [...row]);
  for (let k = 0; k < S.length; k++) {
    if (S[k][k][0] <= 0n) return false;
    for (let i = k + 1; i < S.length; i++) {
      tick();
      const factor = DIV(S[i][k], S[k][k]);
      for (let j = i; j < S.length; j++) S[i][j] = S[j][i] = SUB(S[i][j], MUL(factor, S[k][j]));
    }
  }
  return true;
}

/** The interval [1, 1]. */
export const one = () => thin(ONE);
/** Both ends and zero. */
export const toNought = a => [a[0] < 0n ? a[0] : 0n, a[1] > 0n ? a[1] : 0n];
export const join = (a, b) => [a[0] < b[0] ? a[0] : b[0], a[1] > b[1] ? a[1] : b[1]];
export const upper = a => thin(a[1]);

export const GUARD = 40n; // more bits within an exponential
/** e**x for one x / 2**P: both ends. */
export function expOf(x) {
  tick();
  if (x === 0n) return one();
  const y = x < 0n ? -x : x;
  const length = y.toString(2).length;
  const small = Math.floor(Math.sqrt(Number(P)) / 2) + 3; // y / 2**halvings is below 2**-small
  const halvings = Math.max(0, length - Number(P) + small);
  need(y <= ONE << 12n, "an exponent is beyond 4096");
  const Q = P + GUARD;
  const z = y << (GUARD - BigInt(halvings));
  // even and odd terms of the series; each is too small by less than 3, as is the sum of those left out
  const sums = [1n << Q, 0n];
  let count = 1;
  for (let term = sums[0]; ; count++) {
    term = ((term * z) >> Q) / BigInt(count);
    if (!term) break;
    sums[count & 1] += term;
  }
  const pad = 3n * BigInt(count + 1);
  const value = x < 0n ? sums[0] - sums[1] : sums[0] + sums[1];
  let [low, high] = [value - pad, value + pad];
  for (let k = 0; k < halvings; k++) [low, high] = [(low * low) >> Q, -(-(high * high) >> Q)];
  return [low >> GUARD, -(-high >> GUARD)];
}

/** e**a. */
export function EXP([a, b]) {
  const low = expOf(a);
  const h = b - a;
  if (!h) return low;
  if (h >> (P - 20n)) return [low[0], expOf(b)[1]];
  return [low[0], MUL(upper(low), thin(ONE + h + (h >> 10n) + 1n))[1]]; // e**h <= 1 + h + h**2
}

/** 2 artanh(t) for a rational t in [0, 1/3]: the logarithm of (1 + t)/(1 - t). */
export function logOf(t) {
  const [y, squared] = [around(t), around(square(t))];
  let [sum, term, k] = [y, y, 1n];
  while (term[1] > 1n) {
    tick();
    term = MUL(term, squared);
    k += 2n;
    sum = ADD(sum, [term[0] / k, term[1] / k + 1n]);
  }
  return TIMES(ADD(sum, [0n, 2n]), 2n); // what is left out is below the last term
}

/** log a for a rational a > 0. */
export function log(a) {
  const e = a.n.toString(2).length - a.d.toString(2).length;
  const m = scaled(a, BigInt(e)); // in (1/2, 2)
  const [big, turned] = compare(m, UNIT) < 0 ? [over(UNIT, m), -1n] : [m, 1n];
  const third = logOf({ n: 1n, d: 3n });
  return ADD(TIMES(third, BigInt(e)), TIMES(logOf(over(sub(big, UNIT), add(big, UNIT))), turned));
}

export const DOT = (a, b) => (tick(), SUM(a.map((v, k) => MUL(v, b[k]))));
export const range = n => Array.from({ length: n }, (_, i) => i);
/** The inverse of an upper triangular matrix. */
export function inverse(W) {
  const found = W.map(row => row.map(() => NOUGHT));
  for (let j = 0; j < W.length; j++)
    for (let i = j; i >= 0; i--) {
      const known = SUM(range(j - i).map(k => (tick(), MUL(W[i][i + k + 1], found[i + k + 1][j]))));
      found[i][j] =
        DIV(SUB(i === j ? one() : NOUGHT, known), W[i][i]) ?? refuse("basis: a diagonal entry is too small");
    }
  return found;
}
export const apply = (A, v) => A.map(row => DOT(row, v));
export const product = (A, B) => A.map(row => B[0].map((_, j) => (tick(), SUM(row.map((v, k) => MUL(v, B[k][j]))))));
export const length = v => SQRT(SUM(v.map(SQUARE)));
/** Half the widths of the box around {Wz : |z| <= radius}. */
export const reach = (W, radius) => W.map(row => MUL(length(row), radius)[1]);
export const widened = (y, halves) => y.map((v, i) => [v[0] - halves[i], v[1] + halves[i]]);

/** A matrix of thin intervals, and a bound of the norm of what is left. */
export function split(A) {
  const mid = A.map(row => row.map(middle));
  const rest = A.map((row, i) => row.map((v, j) => upper(SUB(v, mid[i][j]))));
  return { mid, rest: length(rest.flat())[1] };
}
/** Whether the norm of every matrix in A is surely at most q. */
export function normAtMost(A, q) {
  if (!A.length) return true;
  const { mid, rest } = split(A);
  const left = thin(q[0] - rest);
  if (left[0] <= 0n) return false;
  const turned = mid.map((_, j) => mid.map(row => row[j]));
  const Q = product(turned, mid).map((row, i) => row.map((v, j) => SUB(i === j ? SQUARE(left) : NOUGHT, v)));
  return positiveDefinite(Q);
}
export const half = v => [v[0] >> 1n, -(-v[1] >> 1n)];
/** Whether the symmetric part of every matrix in A is surely at least mu. */
export function partAtLeast(A, mu) {
  if (!A.length) return true;
  const { mid, rest } = split(A);
  const due = thin(mu[1] + rest);
  return positiveDefinite(mid.map((row, i) => row.map((v, j) => SUB(half(ADD(v, mid[j][i])), i === j ? due : NOUGHT))));
}

/** The intervals between two rationals that are surely between them. */
export const inner = ([low, high]) => [around(low)[1], around(high)[0]];

export const positive = (text, name) => {
  const found = rational(text);
  return found.n > 0n ? found : refuse(`${name} must be positive`);
};
export const least = (text, name) => {
  const found = rational(text);
  return found.n >= 0n ? found : refuse(`${name} must not be negative`);
};
export const pairs = (value, count, E = 0n, unused = -1) =>
  sized(value, count).map((pair, at) => {
    const [low, high] = vector(pair, 2);
    return compare(low, high) <= 0 || at === unused ? [scaled(low, E), scaled(high, E)] : refuse("low <= high is due");
  });
/** Six digits, and an exponent of two where there is one. */
function sixDigits(v) {
  const found = Number(v.toPrecision(6));
  const plain = found === 0 || (Math.abs(found) >= 1e-4 && Math.abs(found) < 1e6);
  return plain ? `${found}` : found.toExponential().replace(/(?<=e[+-])(?=\d$)/, "0");
}
/** The middles of intervals, as they are printed. */
export function midpoints(intervals) {
  const middles = intervals.map(([low, high]) => around(over(add(low, high), { n: 2n, d: 1n }))[0]);
  return middles.map(v => sixDigits(Number(v) / Number(ONE))).join(", ");
}
export const whole = n => ({ n: BigInt(n), d: 1n });
export const power = (a, k) => (k < 0 ? over(UNIT, power(a, -k)) : { n: a.n ** BigInt(k), d: a.d ** BigInt(k) });

export const DEEPEST = 60;
/** Whether a fact holds on a box; its halves are tried where intervals are too wide. */
export function bisect(box, holds, words) {
  const boxes = [[box, 0]];
  while (boxes.length) {
    const [r, depth] = boxes.pop();
    if (holds(r)) continue;
    need(depth < DEEPEST, words);
    const at = r.reduce((best, v, j) => (v[1] - v[0] > r[best][1] - r[best][0] ? j : best), 0);
    const cut = (r[at][0] + r[at][1]) >> 1n;
    boxes.push([r.with(at, [r[at][0], cut]), depth + 1], [r.with(at, [cut, r[at][1]]), depth + 1]);
  }
}
