// What the page knows of a setting: the path from the start, its limit, all fixed points, the reference directions.
import { gradient, incAdam, signs, slopes, theta, times, unit } from "./fields.js";
import { fixedPoints } from "./fixed_points.js";
import { follow, softmax } from "./flow.js";
import { angle, l2, linf, separable, solve } from "./margins.js";
import { constantStep } from "./steps.js";

/** The optimizers of the page; each gives its field on data X. */
export const OPTIMIZERS = {
  adamproxy: { name: "AdamProxy: one sample a step, β₂ → 1", field: X => theta(X, 0) },
  adam: { name: "Adam, one sample a step, cyclic", field: (X, s) => incAdam(X, s.beta1, s.beta2), betas: true },
  theta: { name: "Adam, reshuffled batches, β₂ → 1 (θ)", field: (X, s) => theta(X, s.theta), theta: true },
  signgd: { name: "Full-batch Adam, sign descent", field: X => signs(X) },
  gd: { name: "Gradient descent", field: X => gradient(X) },
};

/** Everything shown for { X, optimizer, beta1, beta2, theta, eta, start }; { error } where nothing can be said. */
export function explore(setting) {
  const { X, start } = setting;
  const margins = { l2: l2(X), linf: linf(X) };
  if (!X.flat().every(Number.isFinite)) return { error: "Every entry must be a number." };
  if (!separable(X, margins.l2)) return { error: "These rows are not separable: no w has a positive margin on all of them." };
  const constant = setting.optimizer === "adam" && setting.eta > 0;
  const proxy = follow(X, theta(X, 0), start);
  const run = constant
    ? constantStep(X, setting.beta1, setting.beta2, setting.eta, start)
    : { field: OPTIMIZERS[setting.optimizer].field(X, setting), ...(setting.optimizer === "adamproxy" ? proxy : {}) };
  if (!run.path) Object.assign(run, follow(X, run.field, start));
  if (run.limit.outcome === "jumps") run.limit = byDuality(margins.linf);
  const known = {
    l2: margins.l2.direction,
    linf: margins.linf.direction,
    adamproxy: proxy.limit.outcome === "fixed" ? unit(proxy.limit.u) : null,
  };
  const direction = run.limit.u ? unit(run.limit.u) : null;
  const angles = Object.fromEntries(Object.entries(known).map(([key, v]) => [key, v && direction && angle(v, direction)]));
  return { ...run, margins, known, direction, angles, points: fixedPoints(X, run.field), constant };
}

/** The limit of a field that jumps: the l_inf max-margin direction. */
const byDuality = margin => (margin.direction
  ? { outcome: "fixed", c: margin.weights, u: margin.direction, gamma: margin.value, kind: "attracting" }
  : { outcome: "not unique" });

/** dc/dτ = c_i (c·F - F_i). */
export const velocity = (X, field) => c => {
  const { F } = slopes(X, field, c);
  const mean = F.reduce((all, value, i) => all + c[i] * value, 0);
  return c.map((value, i) => value * (mean - F[i]));
};

/** The smallest w with softmax(-Xw) = c, where there is one; rounded, so that it can be written down. */
export function startAt(X, c) {
  const last = X.length - 1;
  const rows = X.slice(0, -1).map(row => row.map((value, k) => value - X[last][k]));
  const aims = rows.map((_, i) => Math.log(c[last]) - Math.log(c[i]));
  const found = solve(rows.map(a => rows.map(b => a.reduce((all, v, k) => all + v * b[k], 0))), aims);
  if (!found) return null;
  return X[0].map((_, k) => +rows.reduce((all, row, i) => all + found[i] * row[k], 0).toPrecision(6));
}

export const weightsOf = (X, w) => softmax(times(X, w).map(z => -z));
