// Max-margins of two or three rows, exact up to rounding: every active set of the dual is tried.
import { back, dot, length, sum, times, unit } from "./fields.js";

/** Solve A x = b by elimination with pivots; null where A is singular. */
export function solve(A, b) {
  const M = A.map((row, i) => [...row, b[i]]);
  for (let p = 0; p < M.length; p++) {
    const best = M.slice(p).reduce((top, row, i) => (Math.abs(row[p]) > Math.abs(M[top][p]) ? p + i : top), p);
    [M[p], M[best]] = [M[best], M[p]];
    if (!(Math.abs(M[p][p]) > 1e-13 * Math.max(...A.flat().map(Math.abs)))) return null;
    for (let i = 0; i < M.length; i++) {
      if (i === p) continue;
      const part = M[i][p] / M[p][p];
      M[i] = M[i].map((value, k) => value - part * M[p][k]);
    }
  }
  return M.map((row, i) => row[M.length] / row[i]);
}

const subsets = N => Array.from({ length: 2 ** N - 1 }, (_, bits) =>
  Array.from({ length: N }, (_, i) => i).filter(i => ((bits + 1) >> i) & 1));
const spread = (values, support, N) => {
  const c = Array(N).fill(0);
  support.forEach((i, k) => (c[i] = values[k]));
  return c;
};

/** The l2 margin: min ‖Xᵀc‖₂ over the simplex, by the optimality conditions on each support. */
export function l2(X) {
  let best = null;
  for (const S of subsets(X.length)) {
    const gram = S.map(i => [...S.map(j => dot(X[i], X[j])), -1]);
    const found = solve([...gram, [...S.map(() => 1), 0]], [...S.map(() => 0), 1]);
    if (!found || found.slice(0, -1).some(value => value < 0)) continue;
    const weights = spread(found.slice(0, -1), S, X.length);
    const value = length(back(X, weights));
    if (!best || value < best.value) best = { value, weights };
  }
  return best && { ...best, direction: unit(back(X, best.weights)) };
}

/** The corners of the dual of the l_inf margin: ends of the simplex, and where coordinates of Xᵀc vanish. */
function* corners(X) {
  const N = X.length;
  const ones = Array(N).fill(1);
  const planes = [...X.map((_, i) => X.map((_, j) => +(i === j))), ...X[0].map((_, k) => X.map(row => row[k]))];
  const chosen = N === 2 ? planes.map(p => [p]) : planes.flatMap((p, i) => planes.slice(0, i).map(q => [p, q]));
  for (const set of chosen) {
    const c = solve([...set, ones], [...set.map(() => 0), 1]);
    if (c && c.every(value => value > -1e-12)) yield c.map(value => Math.max(value, 0));
  }
}

/** The l_inf margin: min ‖Xᵀc‖₁; the direction by complementary slackness, null where it is not unique. */
export function linf(X) {
  const size = c => sum(back(X, c).map(Math.abs));
  const all = [...corners(X)];
  const value = Math.min(...all.map(size));
  const least = all.filter(c => size(c) <= value * (1 + 1e-12));
  const weights = X.map((_, i) => sum(least.map(c => c[i])) / least.length);
  const m = back(X, weights);
  const scale = Math.max(...X.flat().map(Math.abs));
  const free = m.flatMap((mk, k) => (Math.abs(mk) > 1e-12 * scale ? [] : [k]));
  const w = m.map((mk, k) => (free.includes(k) ? 0 : Math.sign(mk)));
  const rows = X.map((_, i) => i).filter(i => weights[i] > 1e-12);
  for (const S of free.length ? subsets(rows.length).filter(s => s.length === free.length) : []) {
    const some = S.map(k => rows[k]);
    const found = solve(some.map(i => free.map(k => X[i][k])), some.map(i => value - dot(X[i], w)));
    if (!found) continue;
    free.forEach((k, j) => (w[k] = found[j]));
    return { value, weights, direction: unit(w) };
  }
  return { value, weights, direction: free.length ? null : unit(w) };
}

/** Whether some w has Xw > 0: the l2 margin is positive beyond rounding. */
export const separable = (X, margin) => margin !== null && margin.value > 1e-12 * Math.max(...X.map(length));

/** Angle between two directions in degrees, precise also where they nearly agree. */
export function angle(v, w) {
  const [a, b] = [unit(v), unit(w)];
  return (360 / Math.PI) * Math.atan2(length(a.map((x, k) => x - b[k])), length(a.map((x, k) => x + b[k])));
}

/** The margin of w over the largest, in either norm. */
export const ratio = (X, w, value, norm) => Math.min(...times(X, w)) / norm(w) / value;
