// The flow dw/dτ = u(c), c = softmax(-Xw): in logarithms a = log c, so that weights may vanish without underflow.
import { length, slopes, sum, times, unit } from "./fields.js";
import { judged, newton } from "./fixed_points.js";

export function softmax(a) {
  const top = Math.max(...a);
  const e = a.map(value => Math.exp(value - top));
  return e.map(value => value / sum(e));
}

// Dormand and Prince's pair of orders 5 and 4.
const STAGES = [[], [1 / 5], [3 / 40, 9 / 40], [44 / 45, -56 / 15, 32 / 9],
  [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
  [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
  [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84]];
const ERROR = [71 / 57600, 0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40];
const plus = (y, h, weights, slopes) => y.map((value, k) => value + h * sum(weights.map((b, i) => b * slopes[i][k])));

/** One trial step from y: the new state, and its error in units of the tolerance. */
function trial(rate, y, h, first) {
  const K = [first];
  let next = y;
  for (let i = 1; i < STAGES.length; i++) {
    next = plus(y, h, STAGES[i], K);
    K.push(rate(next));
  }
  const errors = plus(y.map(() => 0), h, ERROR, K);
  const off = Math.max(...errors.map((e, k) => Math.abs(e) / (1e-9 + 1e-9 * Math.abs(next[k]))));
  return { next, off, last: K[6] };
}

const STEPS = 3000;
const REACH = 1e-3; // how near the flow must be to an attracting point before Newton's method takes over

/**
 * Follow the flow from w0.
 * Returns { path: [{ tau, c, u, w }], limit }: limit.outcome is "fixed", "cycle" or "unsettled".
 */
export function follow(X, field, w0) {
  if (field(softmax(times(X, w0).map(z => -z))).du === null) return { path: stepped(X, field, w0), limit: { outcome: "jumps" } };
  const N = X.length;
  const state = y => softmax(y.slice(0, N));
  const rate = y => {
    const { u, F } = slopes(X, field, state(y));
    return [...F.map(value => -value), ...u];
  };
  let y = [...times(X, w0).map(z => -z), ...w0];
  let [tau, h, first] = [0, 0.01 / Math.max(...rate(y).slice(0, N).map(Math.abs)), rate(y)];
  const path = [];
  for (let step = 0, tries = 0; step < STEPS && tries < 4 * STEPS; tries++) {
    if (path.length <= step) {
      path.push({ tau, c: state(y), u: first.slice(N), w: y.slice(N) });
      const end = step % 5 === 0 ? settled(X, field, path[step].c) : null;
      if (end) return { path: straight(path, end), limit: { outcome: "fixed", ...end } };
    }
    const { next, off, last } = trial(rate, y, h, first);
    if (off <= 1) {
      const top = Math.max(...next.slice(0, N));
      y = next.map((value, k) => (k < N ? value - top : value));
      [tau, first, step] = [tau + h, last, step + 1];
    }
    h *= Math.min(4, Math.max(0.2, 0.9 * (off || 1e-6) ** -0.2));
    if (!(h > 0)) break;
    if (off <= 1 && step % 600 === 0 && circling(path).outcome === "cycle") break;
  }
  return { path, limit: circling(path) };
}

/** The attracting fixed point that c has come near, or null. */
function settled(X, field, c) {
  const support = c.flatMap((value, i) => (value > REACH ? [i] : []));
  const found = support.length === 1 ? c.map((_, i) => +(i === support[0])) : newton(X, field, c, support);
  if (!found || sum(found.map((value, i) => Math.abs(value - c[i]))) > 2 * REACH) return null;
  const point = judged(X, field, found);
  return point && point.kind === "attracting" ? point : null;
}

/** From the place where Newton's method took over w moves on along the limit's u: as long again as the path so far. */
function straight(path, end) {
  const last = path[path.length - 1];
  const more = Math.max(last.tau, 5 / end.gamma);
  const on = Array.from({ length: 20 }, (_, k) => (more * (k + 1)) / 20);
  return [...path, ...on.map(t => ({ tau: last.tau + t, c: end.c, u: end.u, w: last.w.map((v, k) => v + t * end.u[k]) }))];
}

/** Where the path returns to where it was: a limit cycle with its mean direction, from the last two passages. */
function circling(path) {
  const late = path.slice(path.length >> 1);
  const range = late[0].c.map((_, i) => [Math.min(...late.map(p => p.c[i])), Math.max(...late.map(p => p.c[i]))]);
  const widest = range.reduce((best, [a, b], i) => (b - a > range[best][1] - range[best][0] ? i : best), 0);
  const [low, high] = range[widest];
  const passages = [];
  for (let k = 1; k < late.length; k++) {
    const [p, q] = [late[k - 1], late[k]];
    const middle = (low + high) / 2;
    if (!(p.c[widest] < middle && q.c[widest] >= middle)) continue;
    const part = (middle - p.c[widest]) / (q.c[widest] - p.c[widest]);
    const mix = (a, b) => a.map((value, i) => value + part * (b[i] - value));
    passages.push({ tau: p.tau + part * (q.tau - p.tau), c: mix(p.c, q.c), w: mix(p.w, q.w) });
  }
  if (passages.length < 4 || high - low < 1e-3) return { outcome: "unsettled" };
  const [before, after] = passages.slice(-2);
  const apart = Math.max(...before.c.map((value, i) => Math.abs(value - after.c[i])));
  if (apart > 1e-3 * (high - low)) return { outcome: "unsettled" };
  const u = after.w.map((value, k) => value - before.w[k]);
  return { outcome: "cycle", swing: high - low, period: after.tau - before.tau, u: unit(u) };
}

/** A field that jumps, in small steps: the path chatters about its limit, which duality gives (margins.js). */
function stepped(X, field, w0) {
  const h = 0.01 / Math.max(...X.map(length));
  const path = [];
  let w = w0;
  for (let step = 0; step < 4000; step++) {
    const c = softmax(times(X, w).map(z => -z));
    const { u } = field(c);
    if (step % 4 === 0) path.push({ tau: step * h, c, u, w });
    w = w.map((value, k) => value + h * u[k]);
  }
  return path;
}
