// All solutions of the limit equation F_j(c) >= γ, with equality where c_j > 0, for two or three rows.
import { slopes } from "./fields.js";
import { solve } from "./margins.js";

const CLOSE = 1e-9; // relative: what rounding may do to a comparison of F's
const largest = F => Math.max(...F.map(Math.abs));

/** Newton's method for F_i = γ on the support and Σc = 1; null where it leaves the face or finds no solution. */
export function newton(X, field, start, support) {
  let c = start.map((value, i) => (support.includes(i) ? value : 0));
  let least = Infinity;
  for (let step = 0; step < 60; step++) {
    const { F, J } = slopes(X, field, c);
    if (!J || !F.every(Number.isFinite)) return null;
    const rows = support.map(i => [...support.map(j => J[i][j]), -1]);
    const move = solve([...rows, [...support.map(() => 1), 0]], [
      ...support.map(i => -F[i]),
      1 - support.reduce((all, i) => all + c[i], 0),
    ]);
    if (!move) return null;
    const next = c.slice();
    support.forEach((i, k) => (next[i] += move[k]));
    if (support.some(i => !(next[i] > 0 && next[i] < 1 + 1e-9))) return null;
    const moved = Math.max(...support.map((_, k) => Math.abs(move[k])));
    c = next;
    if (moved < 1e-15 || (moved < 1e-12 && moved >= least)) return c;
    least = moved;
  }
  return null;
}

/** The solution at c with its stability, or null where c solves nothing. */
export function judged(X, field, c) {
  const support = c.flatMap((value, i) => (value > 0 ? [i] : []));
  const { u, F, J } = slopes(X, field, c);
  if (!J || !F.every(Number.isFinite)) return null;
  const gamma = F[support[0]];
  const slack = CLOSE * largest(F);
  if (!(gamma > 0) || support.some(i => Math.abs(F[i] - gamma) > slack)) return null;
  const others = F.filter((_, j) => !support.includes(j));
  if (others.some(value => value < gamma - slack)) return null;
  const inner = stability(J, c, support, slack);
  const kind = inner === "attracting" && others.some(value => value < gamma + slack) ? "undecided" : inner;
  return { c, u, gamma, kind, support };
}

/** On the support in log-ratios b_i = log(c_i/c_p): db_i/dτ = F_p - F_i has this derivative's signs. */
function stability(J, c, support, slack) {
  const p = support[support.length - 1];
  const free = support.slice(0, -1);
  const along = (i, j) => {
    const change = support.map(n => c[n] * ((n === j) - c[j]));
    return support.reduce((all, n, k) => all + (J[p][n] - J[i][n]) * change[k], 0);
  };
  const A = free.map(i => free.map(j => along(i, j)));
  if (A.length === 0) return "attracting";
  if (A.length === 1) return A[0][0] < -slack ? "attracting" : A[0][0] > slack ? "repelling" : "undecided";
  const trace = A[0][0] + A[1][1];
  const det = A[0][0] * A[1][1] - A[0][1] * A[1][0];
  if (det < -slack * slack) return "saddle";
  if (det < slack * slack || Math.abs(trace) < slack) return "undecided";
  return trace < 0 ? "attracting" : "repelling";
}

const GRID = 240;
/** Places in (0, 1), closer together towards the ends. */
const places = Array.from({ length: GRID - 1 }, (_, k) => (1 - Math.cos((Math.PI * (k + 1)) / GRID)) / 2);

/** Zeros of F_i - F_j along the edge from row j to row i. */
function* onEdge(X, field, i, j) {
  const at = s => X.map((_, n) => (n === i ? s : n === j ? 1 - s : 0));
  const H = s => {
    const { F } = slopes(X, field, at(s));
    return F[i] - F[j];
  };
  for (let k = 1; k < places.length; k++) {
    let [low, high] = [places[k - 1], places[k]];
    if (!(H(low) * H(high) <= 0)) continue;
    for (let step = 0; step < 20; step++) {
      const middle = (low + high) / 2;
      [low, high] = H(low) * H(middle) <= 0 ? [low, middle] : [middle, high];
    }
    const found = newton(X, field, at((low + high) / 2), [i, j]);
    if (found) yield found;
  }
}

function* candidates(X, field) {
  const N = X.length;
  for (let i = 0; i < N; i++) yield X.map((_, n) => +(n === i));
  for (let i = 0; i < N; i++) for (let j = 0; j < i; j++) yield* onEdge(X, field, i, j);
  if (N < 3) return;
  const coarse = places.filter((_, k) => k % 12 === 5);
  for (const s of coarse) {
    for (const t of coarse) {
      const found = newton(X, field, [s * t, s * (1 - t), 1 - s], [0, 1, 2]);
      if (found) yield found;
    }
  }
}

/** Every fixed point that the grids find, by kind; none for a field that jumps. */
export function fixedPoints(X, field) {
  const found = [];
  for (const c of candidates(X, field)) {
    const known = found.some(point => point.c.every((value, i) => Math.abs(value - c[i]) < 1e-7));
    const point = known ? null : judged(X, field, c);
    if (point) found.push(point);
  }
  const order = ["attracting", "saddle", "repelling", "undecided"];
  return found.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || b.c[0] - a.c[0]);
}
