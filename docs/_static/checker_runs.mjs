// Runs of Inc-Adam itself, for checker.mjs: the kinds `constant_step`, `vanishing_steps` and `vertex` of
// docs/certificates.md, from which alone this was written. Data x_i are taken in units of their own size, 2**E, and the
// steps in its inverse: then x_i . w is what it was.
// prettier-ignore
import {
  ADD, DIV, DOT, EXP, MUL, NEG, NOUGHT, ONE, P, SQRT, SQUARE, SUB, SUM, TIMES, UNIT, ZERO, add, apply, around, back,
  bisect, compare, dot, exponent, half, hull, indices, inner, integer, inverse, join, keys, largest, least, length,
  log, logOf, matrix, meet, middle, midpoints, mul, need, norm, normAtMost, one, over, pairs, partAtLeast, positive,
  power, product, range, rational, reach, refuse, scaled, show, sign, sized, square, sub, thin, tick, toNought, total,
  up, upper, vector, whole, widened, withBits, within,
} from "./checker_numbers.mjs";

const LIMIT = "w_t/|w_t| converges";
const MOST_BITS = 4096;

/** What the three kinds have in common; rows of data are exact, in units of 2**E. */
function readRun(rows, field, given) {
  const E = exponent(rows.flat());
  const start = vector(given.start, rows[0].length);
  const X = rows.map(row => row.map(v => scaled(v, E)));
  return { E, X, start, N: rows.length, d: start.length, field, at: rows.map(row => dot(row, start)) };
}
/** The support's rows, the chart first, and the rows off it in ascending order. */
function readSupport(run, value) {
  const support = indices(value, run.N);
  need(support.length > 0, "support: a row is due");
  return { p: support[0], others: support.slice(1), off: range(run.N).filter(i => !support.includes(i)) };
}
/** The matrix W, upper triangular with positive diagonal. */
function readBasis(value, count) {
  const W = matrix(value, count);
  const good = W.every((row, i) => row[i].n > 0n && row.slice(0, i).every(v => !v.n));
  return good ? W : refuse("basis: an upper triangular matrix with positive diagonal is due");
}

/** Whether w, up to scale, makes every margin grow and lies in `direction`. */
export function judgeDirection(X, w, direction) {
  X.every(row => DOT(row, w)[0] > 0n) || refuse("a margin does not grow");
  const norm = length(w);
  const good = w.every((v, k) => within(DIV(v, norm) ?? [0n, ONE << 9n], inner(direction[k])));
  need(good, "the direction is not in its box");
  const ends = direction.flat().map(v => (v.n < 0n ? -v.n : v.n) <= 2n * v.d);
  need(ends.every(Boolean), "an end of the direction lies in [-2, 2]");
}

/** The numbers of a run as intervals, at the precision in force. */
function grid({ X, N, d, field }, p, lr = UNIT) {
  const steps = X.map(row => row.map(v => around(mul(lr, v))));
  const gaps = X.map(row => row.map((v, k) => around(mul(lr, sub(v, X[p][k])))));
  const betas = field.betas.flatMap(b => [around(b), around(sub(UNIT, b))]);
  return { X: X.map(row => row.map(around)), steps, gaps, betas, p, N, d };
}
/** r_i for all rows at the start; moments zero. */
function firstState({ N, d }, at, p) {
  const zero = range(d).map(() => NOUGHT);
  return { r: range(N).map(i => EXP(around(sub(at[p], at[i])))), M: zero, V: zero };
}

/** The moments after the visit of a batch, and u. */
function moments({ X, d, betas: [b1, c1, b2, c2] }, { r, M, V }, batch) {
  const G = range(d).map(k => SUM(batch.map(i => MUL(r[i], X[i][k]))));
  const m = M.map((v, k) => ADD(MUL(b1, v), MUL(c1, G[k])));
  const v = V.map((w, k) => ADD(MUL(b2, w), MUL(c2, SQUARE(G[k]))));
  v.every(w => w[0] > 0n) || refuse("v may vanish in a coordinate");
  const root = v.map(SQRT);
  const u = m.map((w, k) => DIV(w, root[k]));
  u.every(w => w[1] - w[0] < ONE << 8n) || refuse("the enclosure of the moments is too wide");
  return { G, m, v, root, u };
}
/** The state after w moved, and what e to the power of the moves is. */
function moved({ p }, { r }, { m, v }, gap, own) {
  const [factors, grown] = [gap.map((g, i) => (i === p ? one() : EXP([-g[1], -g[0]]))), EXP(own)];
  const twice = SQUARE(grown);
  const next = { r: r.map((w, i) => MUL(w, factors[i])), M: m.map(w => MUL(w, grown)), V: v.map(w => MUL(w, twice)) };
  return { ...next, factors, grown, twice };
}
/** One step, momenta included; tangents {r, M, V} are carried along. */
function step(run, state, batch, tangents = []) {
  tick();
  const now = moments(run, state, batch);
  const gap = run.gaps.map(row => DOT(row, now.u));
  const next = moved(run, state, now, gap, DOT(run.steps[run.p], now.u));
  const [b1, c1, b2, c2] = run.betas;
  next.tangents = tangents.map(({ r, M, V }) => {
    const dG = range(run.d).map(k => SUM(batch.map(i => MUL(r[i], run.X[i][k]))));
    const dm = M.map((w, k) => ADD(MUL(b1, w), MUL(c1, dG[k])));
    const dv = V.map((w, k) => ADD(MUL(b2, w), TIMES(MUL(c2, MUL(now.G[k], dG[k])), 2n)));
    const du = dm.map((w, k) => DIV(SUB(w, MUL(now.u[k], DIV(dv[k], TIMES(now.root[k], 2n)))), now.root[k]));
    const own = DOT(run.steps[run.p], du);
    return {
      r: r.map((w, i) => MUL(next.factors[i], SUB(w, MUL(state.r[i], DOT(run.gaps[i], du))))),
      M: dm.map((w, k) => MUL(next.grown, ADD(w, MUL(now.m[k], own)))),
      V: dv.map((w, k) => MUL(next.twice, ADD(w, TIMES(MUL(now.v[k], own), 2n)))),
    };
  });
  return { next, u: now.u };
}
/** An epoch: the state after it, and the sum of all u. */
function epoch(run, batches, state, tangents = []) {
  let [now, way] = [{ ...state, tangents }, range(run.d).map(() => NOUGHT)];
  for (const batch of batches) {
    const { next, u } = step(run, now, batch, now.tangents);
    [now, way] = [next, way.map((v, k) => ADD(v, u[k]))];
  }
  return { next: now, way };
}

/** s = (r of the support's other rows; M; V) and back. */
const flat = ({ r, M, V }, others) => [...others.map(i => r[i]), ...M, ...V];
function state({ N, p, d }, s, { others, off }, ratios, own) {
  const r = range(N).map(() => NOUGHT);
  r[p] = own;
  others.forEach((i, at) => (r[i] = s[at]));
  off.forEach((i, at) => (r[i] = ratios[at]));
  return { r, M: s.slice(others.length, others.length + d), V: s.slice(others.length + d) };
}

const CONSTANT = "start lr support direction growth epochs bits centre basis factor others".split(" ");
export function constantStep(rows, body, field) {
  const given = keys(body, CONSTANT);
  const run = readRun(rows, field, given);
  const lr = positive(given.lr, "lr");
  const rowsOf = readSupport(run, given.support);
  const count = rowsOf.others.length + 2 * run.d;
  const units = range(count).map(i => (i < rowsOf.others.length ? 0n : i < count - run.d ? run.E : 2n * run.E));
  const y = vector(given.centre, count).map((v, i) => scaled(v, units[i]));
  const W = readBasis(given.basis, count).map((row, i) => row.map(v => scaled(v, units[i])));
  const q = least(given.factor, "factor");
  need(compare(q, UNIT) < 0, "factor must be below 1");
  const most = sized(given.others, rowsOf.off.length).map(v => least(v, "others"));
  const direction = pairs(given.direction, run.d);
  const [growth] = pairs([given.growth], 1);
  const epochs = integer(given.epochs, Number.MAX_SAFE_INTEGER);
  const bits = BigInt(integer(given.bits, MOST_BITS));
  const make = () => grid(run, rowsOf.p, scaled(lr, -run.E));
  const where = { ...rowsOf, W, y, q, most };
  enclosed(bits, () => arrives(run, make(), where, epochs));
  contracts(make(), field.batches, where, { direction, growth });
  const { start, support } = given;
  const words = `at constant step ${show(lr)}`;
  return converges(
    run,
    { start, lr: given.lr, support, direction: given.direction, growth: given.growth },
    words,
    direction,
  );
}

/** Work at 160 + bits bits; where that is too coarse for this checker's intervals, at half as many more. */
function enclosed(bits, work) {
  try {
    return withBits(P + bits, () => work(bits));
  } catch (error) {
    if (error.verdict !== "INVALID" || bits < 2n) throw error;
  }
  return withBits(P + (3n * bits) / 2n, () => work((3n * bits) / 2n));
}

/** 1. The run is in the ball and the box. */
function arrives(run, steps, where, epochs) {
  let now = firstState(run, run.at, where.p);
  for (let n = 0; n < epochs; n++) now = epoch(steps, run.field.batches, now).next;
  const s = flat(now, where.others).map((v, i) => SUB(v, around(where.y[i])));
  const z = apply(inverse(where.W.map(row => row.map(around))), s);
  need(length(z)[1] <= ONE, "the run does not end in the ball");
  need(
    where.off.every((i, at) => now.r[i][1] <= around(where.most[at])[0]),
    "a ratio off the support is too large",
  );
}

/** 2 to 5. The epoch map contracts the ball. */
function contracts(run, batches, where, { direction, growth }) {
  const [y, W] = [where.y.map(around), where.W.map(row => row.map(around))];
  const back = inverse(W);
  const ratios = where.most.map(v => [0n, around(v)[1]]);
  const q = around(where.q);
  const left = SUB(one(), q);
  const tangents = y.map((_, j) =>
    state(
      run,
      W.map(row => row[j]),
      where,
      where.off.map(() => NOUGHT),
      NOUGHT,
    ),
  );
  const ball = epoch(run, batches, state(run, widened(y, reach(W, one())), where, ratios, one()), tangents);
  const slopes = ball.next.tangents.map(one => flat(one, where.others));
  const columns = slopes.map(column => apply(back, column));
  need(normAtMost(columns, q), "the epoch map does not contract"); // the transpose has the same norm
  where.off.every(i => DOT(run.gaps[i], ball.way)[0] > 0n) || refuse("a ratio off the support does not fall");
  const miss = others => {
    const { next } = epoch(run, batches, state(run, y, where, others, one()));
    return length(
      apply(
        back,
        flat(next, where.others).map((v, i) => SUB(v, y[i])),
      ),
    );
  };
  need(miss(ratios)[1] <= left[0], "the ball is not mapped into itself");
  const none = ratios.map(() => NOUGHT);
  const near = widened(y, reach(W, upper(DIV(upper(miss(none)), left) ?? refuse("factor is too close to 1"))));
  where.others.every((_, at) => near[at][0] > 0n) || refuse("a ratio of the support may vanish");
  const { way } = epoch(run, batches, state(run, near, where, none, one()));
  judgeDirection(run.X, way, direction);
  need(within(DOT(run.steps[run.p], way), inner(growth)), "the growth is not in its interval");
}

/** The conclusion, and its words. */
function converges(run, found, how, direction) {
  const words = `from ${from(run)} ${how}, ${LIMIT} to a direction near (${midpoints(direction)})`;
  return { found: { field: run.field.words, limit: LIMIT, ...found }, words };
}
const from = ({ start }) => `w_0 = ${start.some(v => v.n) ? `(${start.map(show).join(", ")})` : "0"}`;

// What the moments remember. Everything is told for sigma and beta1, and with `twice` 2 for rho and beta2.
const MOMENTS = [
  { which: 0, twice: 1n },
  { which: 1, twice: 2n },
];
/** One sample a step: the row at each phase from the chart's visit on, and every row's phase. */
function readPhases(run, p) {
  const { betas, batches } = run.field;
  need(
    batches.every(batch => batch.length === 1),
    "one sample a step is due",
  );
  need(
    betas.every(b => b.n > 0n),
    "beta1 and beta2 must be positive",
  );
  const order = batches.flat();
  const first = order.indexOf(p);
  return {
    K: order.length,
    order,
    first,
    pos: range(run.N).map(i => (order.indexOf(i) - first + order.length) % order.length),
  };
}
const UNDEFINED = "u is not defined where it must be";
const POWER = (a, k) => range(k).reduce(v => MUL(v, a), one());
/** The intervals that the moves are in: Delta_j over `moves` steps, and Delta_j - Delta_p over an epoch. */
function memory(run, { K, pos }, p, growth, drift) {
  const betas = run.field.betas;
  const root = SQRT(around(betas[1]));
  const lambda = DIV(around(betas[0]), root) ?? refuse("beta2 is too small");
  const alone =
    DIV(around(sub(UNIT, betas[0])), SQRT(around(sub(UNIT, betas[1])))) ?? refuse("beta2 is too close to 1");
  return { K, pos, p, N: run.N, betas, lambda: range(K).map(k => POWER(lambda, k)), alone, growth, drift };
}
/** tau: sigma_p / sqrt(rho_p), at most. */
const ratio = ([sigma, rho]) => DIV(upper(sigma.total), SQRT(thin(rho.total[0]))) ?? refuse(UNDEFINED);
/** Delta_j - Delta_p over some moves. */
const gapOf = ({ growth, p }, H, j, moves) => toNought(TIMES(MUL(H, SUB(growth[j], growth[p])), moves));
const grown = (moves, H, n, twice) => EXP(toNought(TIMES(MUL(H, moves), BigInt(n) * twice)));

/** The intervals that an epoch keeps: sigma_p, and S_j. */
function kept({ K, pos, p, N, betas, growth, drift }, H, { which, twice }) {
  const beta = betas[which];
  const X = MUL(around(power(beta, K)), grown(growth[p], H, K, twice));
  const total = DIV(one(), SUB(one(), X));
  need(X[1] < ONE && total, "the memory of the chart's row is not bounded");
  const others = range(N).map(j => {
    if (j === p) return one();
    const a = grown(drift[j], H, 1, twice);
    const b = grown(growth[j], H, K - pos[j], twice);
    const [low, high] = [0, 1].map(end => {
      const under = SUB(one(), MUL(upper(X), thin(a[end])));
      need(under[0] > 0n, "the memory of a row is not bounded");
      return DIV(MUL(SUB(one(), upper(X)), thin(b[end])), under);
    });
    const ends = [low[0] < b[0] ? low[0] : b[0], high[1] > b[1] ? high[1] : b[1]];
    return MUL(around(power(beta, K - pos[j])), ends);
  });
  return { total, others };
}

/** S_j at each phase, from those at phase 0. */
function atPhases(inEpoch, H, { total, others }, { which, twice }) {
  const { K, pos, p, N, betas, growth } = inEpoch;
  const beta = betas[which];
  return range(K).map(phase =>
    range(N).map(j => {
      if (j === p) return one();
      const old = MUL(others[j], EXP(gapOf(inEpoch, H, j, BigInt(phase) * twice)));
      if (phase < pos[j]) return old;
      const since = toNought(TIMES(MUL(H, growth[j]), BigInt(phase - pos[j]) * twice));
      const before = toNought(TIMES(MUL(H, growth[p]), BigInt(phase) * twice));
      return ADD(old, DIV(MUL(around(power(beta, -pos[j])), EXP(SUB(since, before))), total));
    }),
  );
}
/** Without growth: beta**(age - phase). */
const ungrown = ({ K, pos, N, betas }, which) =>
  range(K).map(phase => range(N).map(j => around(power(betas[which], ((phase - pos[j] + K) % K) - phase))));

/** u at weights r with memories S and Q, or null; `slopes` in the logarithms of r, in S, in Q and in r, by rows. */
function direction({ X, d }, r, S, Q, slopes = []) {
  tick();
  const [n, q] = [r.map((v, j) => MUL(v, S[j])), r.map((v, j) => MUL(SQUARE(v), Q[j]))];
  const parts = range(d).map(k => {
    const m = SUM(n.map((v, j) => MUL(v, X[j][k])));
    const v = SUM(q.map((w, j) => MUL(w, SQUARE(X[j][k]))));
    if (v[0] <= 0n) return null;
    const root = SQRT(v);
    return { u: DIV(m, root), m, v, root, cube: MUL(v, root) };
  });
  if (!parts.every(part => part?.u && part.cube[0] > 0n)) return null;
  const each = (j, of) => parts.map((part, k) => of(part, X[j][k], k));
  const du = slopes.map(j => {
    const byN = each(j, ({ root }, x) => DIV(x, root));
    const byQ = each(j, ({ m, cube }, x) => NEG(DIV(MUL(m, SQUARE(x)), TIMES(cube, 2n))));
    // x_j / v**1.5 sum over i of r_i x_i (S_j Q_i r_i x_i - S_i Q_j r_j x_j), of which i = j is zero
    const byR = each(j, ({ cube }, x, k) => {
      const t = r.map((v, i) => MUL(v, X[i][k]));
      const term = i => MUL(t[i], SUB(MUL(MUL(S[j], Q[i]), t[i]), MUL(MUL(S[i], Q[j]), t[j])));
      const sharp = DIV(MUL(x, SUM(r.map((_, i) => (i === j ? NOUGHT : term(i))))), cube);
      return meet(sharp, ADD(MUL(S[j], byN[k]), TIMES(MUL(MUL(Q[j], r[j]), byQ[k]), 2n)));
    });
    return {
      S: byN.map(v => MUL(r[j], v)),
      Q: byQ.map(v => MUL(SQUARE(r[j]), v)),
      r: byR,
      log: byR.map(v => MUL(r[j], v)),
    };
  });
  return { u: parts.map(part => part.u), du };
}

/** log(t + offset), taken along; eta_t for one t after another. */
function* rates(eta0, offset, exponent) {
  let [s, logarithm] = [offset, log(offset)];
  const [by, first] = [around(exponent), around(eta0)];
  for (;;) {
    yield compare(exponent, UNIT) ? MUL(first, EXP(NEG(MUL(by, logarithm)))) : around(over(eta0, s));
    const next = add(s, UNIT); // below 1 the step 1/(s + next) would be too large for the series
    logarithm = compare(s, UNIT) < 0 ? log(next) : ADD(logarithm, logOf(over(UNIT, add(s, next))));
    s = next;
  }
}

const VANISHING = "start steps support direction count bits centre basis mu most growth drift others".split(" ");
export function vanishingSteps(rows, body, field) {
  const given = keys(body, VANISHING);
  const run = readRun(rows, field, given);
  const steps = keys(given.steps, ["eta0", "offset", "power"]);
  const [eta0, offset, exponent] = Object.entries(steps).map(([name, text]) => positive(text, name));
  const fits = compare(exponent, UNIT) <= 0 && 64n % exponent.d === 0n;
  need(fits, "power must be at most 1, in lowest terms over 1, 2, 4, 8, 16, 32 or 64");
  const where = { ...readSupport(run, given.support), eta0: scaled(eta0, -run.E), offset, exponent };
  const phases = readPhases(run, where.p);
  where.y = sized(given.centre, where.others.length).map(rational);
  where.W = readBasis(given.basis, where.others.length);
  where.mu = scaled(positive(given.mu, "mu"), run.E);
  where.most = sized(given.others, where.off.length).map(v => least(v, "others"));
  const H = scaled(positive(given.most, "most"), -run.E);
  const [growth, drift] = [pairs(given.growth, run.N, run.E), pairs(given.drift, run.N, run.E, where.p)];
  const direction = pairs(given.direction, run.d);
  where.count = integer(given.count, Number.MAX_SAFE_INTEGER);
  const bits = BigInt(integer(given.bits, MOST_BITS));
  need(where.count % phases.K === phases.first, "after these steps another row is visited than the support's first");
  const inEpoch = { ...memory(run, phases, where.p, growth.map(hull), drift.map(hull)), H: upper(around(H)) };
  const memories = MOMENTS.map(moment => kept(inEpoch, inEpoch.H, moment));
  enclosed(bits, more => enters(run, phases, where, more, memories));
  stays(run, inEpoch, where, memories, { growth, drift, H, direction });
  const how = exponent.d === 1n ? show(exponent) : `(${show(exponent)})`;
  const words = `with steps ${show(eta0)} (t + ${show(offset)})^-${how}`;
  const found = { start: given.start, steps, support: given.support, direction: given.direction };
  return converges(run, found, words, direction);
}

/** 4. The run is in E, with its memories, when the steps are taken. */
function enters(run, { order, K }, where, bits, memories) {
  const steps = grid(run, where.p);
  const [b1, , b2] = steps.betas;
  let now = firstState(run, run.at, where.p);
  let logs = run.at.map(v => around(sub(run.at[where.p], v)));
  let [sigma, rho] = [range(run.N).map(() => NOUGHT), range(run.N).map(() => NOUGHT)];
  const visit = i => {
    sigma = sigma.map((v, j) => ADD(MUL(b1, v), i === j ? one() : NOUGHT));
    rho = rho.map((v, j) => ADD(MUL(b2, v), i === j ? one() : NOUGHT));
  };
  const rate = rates(where.eta0, where.offset, where.exponent);
  for (let t = 0; t < where.count; t++) {
    const i = order[t % K];
    const eta = rate.next().value;
    const after = moments(steps, now, [i]);
    const gap = steps.gaps.map(row => MUL(eta, DOT(row, after.u)));
    now = moved(steps, now, after, gap, MUL(eta, DOT(steps.X[where.p], after.u)));
    visit(i);
    const own = now.factors.map(v => DIV(now.grown, v) ?? refuse("a ratio falls too fast"));
    logs = logs.map((v, j) => SUB(v, gap[j]));
    sigma = sigma.map((v, j) => MUL(v, own[j]));
    rho = rho.map((v, j) => MUL(v, SQUARE(own[j])));
  }
  visit(where.p);
  const b = where.others.map((i, at) => SUB(logs[i], around(where.y[at])));
  const z = apply(inverse(where.W.map(row => row.map(around))), b);
  need(length(z)[1] <= ONE, "the run does not end in the ball");
  need(
    where.off.every((i, at) => now.r[i][1] <= around(where.most[at])[0]),
    "a ratio off the support is too large",
  );
  const shifted = a => [a[0] << bits, a[1] << bits];
  const good = [sigma, rho].every((list, which) => {
    const { total, others } = memories[which];
    const fits = list.every((v, j) => j === where.p || within(DIV(v, list[where.p]), shifted(others[j])));
    return fits && within(list[where.p], shifted(total));
  });
  need(good, "the run's memories are not in their intervals");
}

/** 1, 2, 3 and 5. E is never left, and what follows. */
function stays(run, inEpoch, where, memories, { growth, drift, H, direction: boxes }) {
  const { K, lambda, alone } = inEpoch;
  const { p, others, off } = where;
  const steps = grid(run, p);
  const [eta, tau] = [
    rates(where.eta0, add(where.offset, whole(where.count)), where.exponent).next().value,
    ratio(memories),
  ];
  need(MUL(MUL(eta, alone), tau)[1] <= around(H)[0], "the steps are not below most");
  const y = range(run.N).map(() => NOUGHT);
  others.forEach((j, at) => (y[j] = around(where.y[at])));
  const W = where.W.map(row => row.map(around));
  const back = inverse(W);
  const free = MOMENTS.map(({ which }) => ungrown(inEpoch, which));
  const boxOf = halves => y.map((v, j) => (others.includes(j) ? widened([v], [halves[others.indexOf(j)]])[0] : v));
  const weights = logs => logs.map((v, j) => (off.includes(j) ? NOUGHT : EXP(v)));
  const limits = (logs, slopes) =>
    lambda.map(
      (_, phase) => direction(steps, weights(logs), free[0][phase], free[1][phase], slopes) ?? refuse(UNDEFINED),
    );
  const ball = boxOf(reach(W, one()));
  const sumOf = list => range(run.d).map(k => SUM(list.map((u, phase) => MUL(lambda[phase], u[k]))));
  const centre = limits(y);
  const g = others.map(i => DOT(steps.gaps[i], sumOf(centre.map(one => one.u))));
  const mu = around(where.mu);
  const turnsBack = part => {
    const found = limits(part, others);
    const byRow = others.map((_, at) => sumOf(found.map(one => one.du[at].log)));
    const Dg = others.map(i => byRow.map(du => DOT(steps.gaps[i], du)));
    return !others.length || partAtLeast(product(product(back, Dg), W), mu);
  };
  bisect(ball, turnsBack, "the field does not turn back by mu");

  const moving = MOMENTS.map(moment => atPhases(inEpoch, inEpoch.H, memories[moment.which], moment));
  const slowest = over(add(whole(where.count), where.offset), add(whole(where.count + K), where.offset));
  const w = [around(slowest)[0], ONE];
  const [excess, error] = [range(run.N).map(() => NOUGHT), range(run.N).map(() => NOUGHT)];
  for (let phase = 0; phase < K; phase++) {
    const gap = range(run.N).map(j => gapOf(inEpoch, inEpoch.H, j, BigInt(phase)));
    const far = off.map((j, at) => MUL([0n, around(where.most[at])[1]], EXP(NEG(gap[j]))));
    const r = ball.map((v, j) => (off.includes(j) ? far[off.indexOf(j)] : EXP(SUB(v, gap[j]))));
    const [S, Q] = [0, 1].map(which => moving[which][phase].map((v, j) => join(v, free[which][phase][j])));
    const rest = range(run.N).filter(j => j !== p);
    const { u, du } = direction(steps, r, S, Q, rest) ?? refuse(UNDEFINED);
    const [own, strange] = [[], []]; // what u differs by from the centre's: in the ball, and otherwise
    rest.forEach((j, at) => {
      strange.push([du[at].S, SUB(S[j], free[0][phase][j])], [du[at].Q, SUB(Q[j], free[1][phase][j])]);
      if (off.includes(j)) strange.push([du[at].r, r[j]]);
      else (strange.push([du[at].log, NEG(gap[j])]), own.push([du[at].log, SUB(ball[j], y[j])]));
    });
    const along = (form, list) => SUM(list.map(([slope, by]) => MUL(DOT(form, slope), by)));
    const value = form =>
      MUL(lambda[phase], meet(DOT(form, u), ADD(DOT(form, centre[phase].u), along(form, [...own, ...strange]))));
    need(
      growth.every((ends, j) => within(value(steps.X[j]), inner(ends))),
      "a margin's growth is not in its interval",
    );
    steps.gaps.forEach((form, j) => {
      const here = value(form);
      excess[j] = ADD(excess[j], MUL(w, here));
      error[j] = ADD(error[j], ADD(MUL(lambda[phase], along(form, strange)), MUL(SUB(w, one()), here)));
    });
  }
  need(
    drift.every((ends, j) => j === p || within(excess[j], inner(ends))),
    "a drift is not in its interval",
  );
  off.every(j => excess[j][0] > 0n) || refuse("a ratio off the support does not fall");
  const sizeOf = v => length(apply(back, v))[1];
  const [eps, G] = [error, excess].map(list => thin(sizeOf(others.map(j => list[j]))));
  const level = thin(sizeOf(g));
  const h = upper(around(H));
  need(mu[0] > ADD(ADD(eps, level), half(MUL(h, SQUARE(G))))[1], "mu is too small");
  need(MUL(h, G)[1] < ONE && TIMES(MUL(h, mu), 2n)[1] < ONE, "most is too large");
  const near = boxOf(reach(W, upper(DIV(level, mu) ?? refuse("mu is too small"))));
  judgeDirection(steps.X, sumOf(limits(near).map(one => one.u)), boxes);
}

const VERTEX = "start row largest epochs most growth fall others".split(" ");
export function vertex(rows, body, field) {
  const given = keys(body, VERTEX);
  const run = readRun(rows, field, given);
  const p = integer(given.row, run.N);
  need(
    rows[p].every(v => v.n),
    "the row has a zero entry",
  );
  const largest = positive(given.largest, "largest");
  const phases = readPhases(run, p);
  const epochs = integer(given.epochs, Number.MAX_SAFE_INTEGER);
  const H = upper(around(scaled(positive(given.most, "most"), -run.E)));
  const growth = pairs(given.growth, run.N, run.E);
  const fall = sized(given.fall, run.N).map(v => scaled(positive(v, "fall"), run.E));
  const most = sized(given.others, run.N).map(v => positive(v, "others"));
  const steps = grid(run, p);
  const { lambda, alone } = memory(run, phases, p, [], []);
  const moves = growth.map(ends => lambda.map(v => MUL(v, hull(ends))).reduce(join));
  const drift = fall.map(v => [0n, MUL(SUM(lambda), around(v))[1]]);
  const inEpoch = memory(run, phases, p, moves, drift);
  const perVisit = around(scaled(largest, -run.E));
  const rate = MUL(perVisit, alone);
  const due = { steps, growth: growth.map(inner), fall: fall.map(v => around(v)[0]) };
  const box = most.map((v, j) => (j === p ? one() : [0n, around(v)[1]]));
  let now = firstVisit(run, phases, p, perVisit, most);
  for (let n = 0; n < epochs; n++) {
    const h = upper(MUL(rate, ratio(now)));
    rises(due, inEpoch, h, now, box);
    now = MOMENTS.map(moment => afterEpoch(inEpoch, h, now[moment.which], moment));
  }
  const last = MOMENTS.map(moment => kept(inEpoch, H, moment));
  now = now.map(({ total, others }, which) => {
    const with_ = last[which];
    return { total: join(total, with_.total), others: others.map((v, j) => join(v, with_.others[j])) };
  });
  need(MUL(rate, ratio(now))[1] <= H[0], "the steps are not below most");
  rises(due, inEpoch, H, now, box);
  const signs = rows[p].map(v => sign(v.n));
  const found = { field: field.words, limit: LIMIT, start: given.start, largest: given.largest, row: given.row };
  const words = `from ${from(run)} with any positive steps at most ${show(largest)} of infinite sum, ${LIMIT} to that of (${signs.join(", ")}), the signs of row ${p + 1}`;
  return { found: { ...found, direction: signs.map(BigInt) }, words };
}

/** 1. The memories at the first visit of p, and whether the ratios are below `most` by then. */
function firstVisit({ X, N, at, field }, { order, first, pos, K }, p, largest, most) {
  const [b1, b2] = field.betas;
  const root = DIV(around(sub(UNIT, b1)), SQRT(around(sub(UNIT, b2)))) ?? refuse(UNDEFINED);
  const ratio = over(square(b1), b2);
  let [sum, term] = [ZERO, UNIT];
  const moves = range(first).map(() => {
    [sum, term] = [add(sum, term), mul(term, ratio)];
    return MUL(MUL(largest, root), SQRT(around(sum)));
  });
  const size1 = row => around(norm(row, "1"));
  range(N).forEach(j => {
    const gap = MUL(SUM(moves), size1(X[j].map((v, k) => sub(v, X[p][k]))));
    const r = EXP(ADD(around(sub(at[p], at[j])), upper(gap)));
    need(j === p || r[1] <= around(most[j])[0], "a ratio may be too large when the row is first visited");
  });
  return MOMENTS.map(({ which, twice }) => ({
    total: one(),
    others: range(N).map(j => {
      const step = order.indexOf(j);
      if (j === p) return one();
      if (step > first) return NOUGHT;
      const way = TIMES(MUL(SUM(moves.slice(step)), size1(X[j])), twice)[1];
      return MUL(around(power(field.betas[which], K - pos[j])), EXP([-way, way]));
    }),
  }));
}

/** 2. The memories an epoch later. */
function afterEpoch({ K, pos, p, N, betas, growth, drift }, H, { total, others }, { which, twice }) {
  const beta = betas[which];
  const later = ADD(MUL(MUL(around(power(beta, K)), grown(growth[p], H, K, twice)), total), one());
  const shares = later.map(end => DIV(one(), thin(end))); // 1 - s
  const next = range(N).map(j => {
    if (j === p) return one();
    const old = MUL(others[j], grown(drift[j], H, 1, twice));
    const fresh = MUL(around(power(beta, K - pos[j])), grown(growth[j], H, K - pos[j], twice));
    return shares.map(share => ADD(MUL(SUB(one(), share), old), MUL(share, fresh))).reduce(join);
  });
  return { total: later, others: next };
}

/** 3. No ratio rises, and every margin grows as is said, whatever the ratios in the box. */
function rises({ steps, growth, fall }, inEpoch, H, memories, box) {
  const [S, Q] = MOMENTS.map(moment => atPhases(inEpoch, H, memories[moment.which], moment));
  const { p, N, K } = inEpoch;
  const rest = range(N).filter(j => j !== p);
  const good = (r, phase) => {
    const found = direction(steps, r, S[phase], Q[phase], rest);
    const y = r.map(middle);
    const centre = found && direction(steps, y, S[phase], Q[phase]);
    if (!centre) return false;
    const bent = form => SUM(rest.map((j, at) => MUL(DOT(form, found.du[at].r), SUB(r[j], y[j]))));
    const value = form => meet(DOT(form, found.u), ADD(DOT(form, centre.u), bent(form)));
    const gap = j => value(steps.gaps[j]);
    const falls = j => gap(j)[0] > 0n && gap(j)[1] <= fall[j];
    return rest.every(falls) && growth.every((ends, j) => within(value(steps.X[j]), ends));
  };
  for (let phase = 0; phase < K; phase++) {
    bisect(box, r => good(r, phase), "a ratio is not seen to fall, or a margin to grow, as is said");
  }
}
