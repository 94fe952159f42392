// A checker of marginproof certificates (marginproof-certificate/2), written from docs/certificates.md and the schema,
// independently of the Python one: `node checker.mjs FILE...`, or `import { check } from "./checker.mjs"` in a page.
// Facts about a field are decided in intervals; a comparison that an interval does not decide counts as failed. Runs
// of Inc-Adam are in checker_runs.mjs, numbers in checker_numbers.mjs.
// prettier-ignore
import {
  ADD, DIV, DUAL, MUL, NEG, NOUGHT, ONE, P, SQRT, SQUARE, SUB, SUM, TIMES, UNIT, Unsupported, ZERO, add, around,
  back, compare, dot, exponent, fraction, half, hull, indices, inner, integer, isNought, keys, largest, length,
  listed, matrix, meet, middle, midpoints, mul, need, norm, one, over, pairs, parse, positive, positiveDefinite, power,
  product, rational, reach, refuse, scaled, show, sign, size, sized, smallest, square, squared, sub, thin, tick,
  times, total, upper, vector, watch, whole, within,
} from "./checker_numbers.mjs";
import { constantStep, judgeDirection, vanishingSteps, vertex } from "./checker_runs.mjs";

function readData(value) {
  const rows = listed(value);
  need(rows.length > 0 && rows.length <= 10000, "data: 1 to 10,000 rows are due");
  const d = listed(rows[0]).length;
  need(d > 0 && d <= 10000 && rows.every(row => listed(row).length === d), "data: equal rows are due");
  return rows.map(row => row.map(entry => (tick(), rational(entry))));
}
function unitInterval(text, name) {
  const found = rational(text);
  return found.n >= 0n && compare(found, UNIT) < 0 ? found : refuse(`${name} must be in [0, 1)`);
}

/** The field's exact parameters and its words. */
function readField(body, N) {
  need(body instanceof Map && body.has("name"), "a field is due, or none, as the kind says");
  const name = body.get("name");
  if (name === "gd") return { ...keys(body, ["name"]), words: "gradient descent", named: false };
  if (name === "theta") {
    const theta = unitInterval(keys(body, ["name", "theta"]).theta, "theta");
    const words = theta.n ? `the theta field at theta = ${show(theta)}` : "AdamProxy";
    return { name, theta, words, named: !theta.n };
  }
  if (name !== "inc_adam") throw new Unsupported("a field unknown to this checker");
  const { beta1, beta2, batches } = keys(body, ["name", "beta1", "beta2", "batches"]);
  const betas = [unitInterval(beta1, "beta1"), unitInterval(beta2, "beta2")];
  const lists = listed(batches).map(batch => indices(batch, N));
  const b = lists[0]?.length;
  const fair = b && lists.every(batch => batch.length === b);
  need(fair && lists.flat().length === N && new Set(lists.flat()).size === N, "batches: every row once, equal sizes");
  const how = b === 1 ? "one sample a step" : `batches of ${b}`;
  const words = `Inc-Adam at beta1 = ${show(betas[0])}, beta2 = ${show(betas[1])}, ${how}`;
  return { name, betas, batches: lists, words, named: b === 1 };
}

/** Distinct rows, their groups, and the entries as intervals in units of the data's own size. */
function makeProblem(rows, field) {
  const groups = new Map();
  rows.forEach((row, i) => {
    const key = row.map(show).join();
    groups.set(key, [...(groups.get(key) ?? []), i]);
  });
  const members = [...groups.values()];
  const distinct = members.map(group => rows[group[0]]);
  const E = exponent(distinct.flat());
  const columns = rows[0].map((_, k) => distinct.map(row => row[k]));
  const used = columns.flatMap((column, k) => (column.some(v => v.n) ? [k] : []));
  const Z = distinct.map(row => used.map(k => around(scaled(row[k], E))));
  const own = used.map(k => (field.name === "gd" ? E : exponent(columns[k])));
  const Y = used.map((k, at) => columns[k].map(v => around(scaled(v, own[at]))));
  const problem = { rows, field, members, used, N: members.length, Z, Y, E, known: [] };
  problem.counts = members.map(group => BigInt(group.length));
  problem.unit = field.name === "gd" ? 2n * E : E; // H in the data's units is 2**unit times ours
  if (field.name === "theta") problem.rest = around(sub(UNIT, field.theta));
  if (field.name === "inc_adam") {
    const share = (batch, group) => BigInt(group.filter(row => batch.includes(row)).length);
    problem.shares = field.batches.map(batch => members.map(group => share(batch, group)));
    const power = ({ n, d }, k) => around({ n: n ** BigInt(k), d: d ** BigInt(k) }); // 0**0 = 1
    problem.powers = field.betas.map(beta => field.batches.map((_, k) => power(beta, k)));
  }
  return problem;
}
/** x_i - x_p for every row i: H = these times u, in the chart of row p. */
const gaps = ({ Z, known }, p) => (known[p] ??= Z.map(row => row.map((v, k) => (tick(), SUB(v, Z[p][k])))));
/** Each column's parts of u at ratios r: {u, slope(j) = du/dr_j}, or null where u is not defined. */
function column(problem, y, r) {
  tick();
  const t = y.map((v, i) => MUL(v, r[i]));
  const n = problem.counts;
  if (problem.field.name === "gd") return { u: SUM(t.map((v, i) => TIMES(v, n[i]))), slope: j => TIMES(y[j], n[j]) };
  return problem.field.name === "theta" ? thetaColumn(problem, y, t) : incAdamColumn(problem, y, t);
}

const LEAST = ONE >> 106n; // below it a denominator, or its power 3/2, may vanish
function thetaColumn({ counts: n, rest, field }, y, t) {
  const m = SUM(t.map((v, i) => TIMES(v, n[i])));
  const q = SUM(t.map((v, i) => TIMES(SQUARE(v), n[i])));
  const D = field.theta.n ? ADD(MUL(rest, q), MUL(around(field.theta), SQUARE(m))) : q;
  if (D[0] < LEAST) return null;
  const root = SQRT(D);
  const slope = j => {
    // (1 - theta) n_j y_j (q - m t_j) / D**1.5, and q - m t_j = sum n_i t_i (t_i - t_j)
    const terms = t.map((v, i) => (i === j ? NOUGHT : TIMES(MUL(v, SUB(v, t[j])), n[i])));
    return DIV(TIMES(MUL(MUL(rest, y[j]), SUM(terms)), n[j]), MUL(D, root));
  };
  return { u: DIV(m, root), slope };
}
function incAdamColumn({ shares, powers: [p1, p2] }, y, t) {
  const K = shares.length;
  const lag = (i, j) => (i - j + K) % K;
  const g = shares.map(share => SUM(t.map((v, i) => (share[i] ? TIMES(v, share[i]) : NOUGHT))));
  const squares = g.map(SQUARE);
  const steps = g.map((_, i) => {
    const b = SUM(squares.map((v, j) => MUL(p2[lag(i, j)], v)));
    return b[0] >= LEAST && { a: SUM(g.map((v, j) => MUL(p1[lag(i, j)], v))), b, root: SQRT(b) };
  });
  if (!steps.every(Boolean)) return null;
  /** du / dg_J: sum over the steps i of (p1 b_i - a_i p2 g_J) / b_i**1.5; what cancels left out. */
  const forBatch = J => {
    const parts = steps.map(({ b, root }, i) => {
      tick();
      const [c1, c2] = [p1[lag(i, J)], MUL(p2[lag(i, J)], g[J])];
      const term = (v, j) => MUL(v, SUB(MUL(MUL(c1, p2[lag(i, j)]), v), MUL(c2, p1[lag(i, j)])));
      return DIV(SUM(g.map((v, j) => (j === J ? NOUGHT : term(v, j)))), MUL(b, root));
    });
    return SUM(parts);
  };
  const share = (J, n, y) => (shares[J][n] ? TIMES(MUL(forBatch(J), y), shares[J][n]) : NOUGHT);
  const slope = n => SUM(g.map((_, J) => share(J, n, y[n])));
  return { u: SUM(steps.map(({ a, root }) => DIV(a, root))), slope };
}

/** The columns at ratios r, or null; those that an earlier tier decides are fixed. */
function columnsAt(problem, r) {
  const found = problem.Y.map((y, k) => problem.fixed?.[k] ?? column(problem, y, r));
  return found.every(Boolean) ? found : null;
}
/** The linear forms of u: H where `forms` are a chart's gaps x_i - x_p. */
const hAt = (columns, forms) => forms.map(form => SUM(form.map((v, k) => MUL(v, columns[k].u))));
/** dH_i / dr_j over the variables. */
function hSlopes(columns, forms, variables) {
  const du = columns.map(part => variables.map(j => part.slope(j)));
  return forms.map(form => variables.map((_, at) => SUM(form.map((v, k) => MUL(v, du[k][at])))));
}

/** H over a box: the natural enclosure within the mean-value one. */
function sharpH(problem, r, forms, natural, slopes, variables) {
  const y = r.map(middle);
  const centre = columnsAt(problem, y);
  if (!centre) return natural;
  return hAt(centre, forms).map((v, i) => {
    const spread = variables.map((j, at) => MUL(slopes[i][at], SUB(r[j], y[j])));
    return meet(natural[i], ADD(v, SUM(spread)));
  });
}
function readPoint(problem, body) {
  const { support, box, preconditioner, lyapunov } = keys(body, ["support", "box", "preconditioner", "lyapunov"]);
  const named = new Map(problem.members.map((group, i) => [group[0], i]));
  const words = "support: a distinct row is named by the lowest row of its group, and in tiers is one of its tier";
  const rows = indices(support, problem.rows.length).map(row => named.get(row) ?? refuse(words));
  need(rows.length > 0, "support: a row is due");
  const [p, ...others] = rows;
  const n = others.length;
  const ends = sized(box, n).map(pair => vector(pair, 2));
  return { p, others, ends, A: matrix(preconditioner, n), lyapunov: matrix(lyapunov, n) };
}

/** All ratios: r_p = 1, `box` for the others of the support, 0 off it. */
function ratios(N, p, others, box) {
  const r = Array.from({ length: N }, () => NOUGHT);
  r[p] = thin(ONE);
  others.forEach((j, at) => (r[j] = box[at]));
  return r;
}

/** Krawczyk's inclusion; the contracted box. */
function contract(problem, { p, others, A }, box, first) {
  const y = box.map(middle);
  const scale = around(scaled(UNIT, -problem.unit));
  const exact = A.map(row => row.map(v => around(scaled(v, -problem.unit))));
  need(scale[0] > 0n || A.length === 0, "the data are too small for this checker");
  const words = "Krawczyk's inclusion fails";
  const centre = columnsAt(problem, ratios(problem.N, p, others, y)) ?? refuse(words);
  const whole = columnsAt(problem, ratios(problem.N, p, others, box)) ?? refuse(words);
  const H = hAt(centre, gaps(problem, p));
  const slopes = hSlopes(whole, gaps(problem, p), others);
  return box.map((b, i) => {
    const step = SUM(others.map((row, l) => MUL(exact[i][l], H[row])));
    const spread = others.map((_, j) => {
      const product = SUM(others.map((row, l) => MUL(exact[i][l], slopes[row][j])));
      return MUL(SUB(i === j ? thin(ONE) : NOUGHT, product), SUB(box[j], y[j]));
    });
    const image = ADD(SUB(y[i], step), SUM(spread));
    need(first ? image[0] > b[0] && image[1] < b[1] : image[1] >= b[0] && image[0] <= b[1], words);
    return first ? image : meet(image, b);
  });
}

/** How many eigenvalues of a symmetric rational matrix are negative: signs of a congruent diagonal. */
function negatives(given) {
  const S = given.map(row => [...row]);
  let found = 0;
  for (let k = 0; k < S.length; k++) {
    tick();
    let at = S.findIndex((row, i) => i >= k && row[i].n);
    if (at < 0) {
      at = k; // no diagonal entry: add row and column j to row and column k
      const j = S[k].findIndex((v, b) => b > k && v.n);
      need(j >= 0, "the Lyapunov matrix is singular");
      S.forEach(row => (row[k] = add(row[k], row[j])));
      S[k] = S[k].map((v, b) => add(v, S[j][b]));
    }
    [S[k], S[at]] = [S[at], S[k]];
    S.forEach(row => ([row[k], row[at]] = [row[at], row[k]]));
    if (S[k][k].n < 0n) found++;
    for (let i = k + 1; i < S.length; i++) {
      const factor = over(S[i][k], S[k][k]);
      for (let j = k + 1; j < S.length; j++) S[i][j] = sub(S[i][j], mul(factor, S[k][j]));
    }
  }
  return found;
}

/** The unstable directions, by the inertia theorem. */
function inertia(slopes, r, others, lyapunov) {
  if (others.length === 0) return 0;
  const both = lyapunov.map((row, i) => row.map((v, j) => add(v, lyapunov[j][i])));
  const e = exponent(both.flat());
  const S = both.map(row => row.map(v => scaled(v, e)));
  const Q = S.map(row => row.map(around));
  const J = others.map(row => others.map((_, j) => NEG(MUL(r[row], slopes[row][j]))));
  const product = (i, j) => SUM(others.map((_, l) => MUL(J[l][i], Q[l][j])));
  const minus = others.map((_, i) => others.map((__, j) => NEG(ADD(product(i, j), product(j, i)))));
  need(positiveDefinite(minus), "the Lyapunov inequality fails");
  return negatives(S);
}

const TURNS = 24; // the inclusion is repeated on its own image: sharper, and no less true
/** A point verified: its contracted ratios, direction, level and unstable directions. */
function checkPoint(problem, point) {
  const { p, others, ends, lyapunov } = point;
  const box = ends.map(hull);
  ends.every(([low, high]) => compare(low, high) <= 0) || refuse("a box has low <= high");
  box.every(b => b[0] > 0n) || refuse("a box must keep away from zero");
  let own = contract(problem, point, box, true);
  for (let turn = 1; turn < TURNS && own.some(v => v[1] - v[0] > 2n ** 20n); turn++)
    own = contract(problem, point, own, false);
  const r = ratios(problem.N, p, others, own);
  const columns = columnsAt(problem, r) ?? refuse("the field is not defined at a point");
  const unit = columns.map((_, k) => columns.map((__, l) => (k === l ? thin(ONE) : NOUGHT)));
  const forms = [...gaps(problem, p), problem.Z[p], ...unit]; // H, gamma and u
  const slopes = hSlopes(columns, forms, others);
  const sharp = sharpH(problem, r, forms, hAt(columns, forms), slopes, others);
  const [H, gamma, u] = [sharp.slice(0, problem.N), sharp[problem.N], sharp.slice(problem.N + 1)];
  need(gamma[0] > 0n, "gamma > 0 fails");
  const support = new Set([p, ...others]);
  H.every((v, j) => support.has(j) || v[0] > 0n) || refuse("F_j > gamma fails off the support");
  const inside = ends.map(([low, high]) => [around(low)[1], around(high)[0]]);
  return { p, others, support, inside, r, u, gamma, unstable: inertia(slopes, r, others, lyapunov) };
}
/** Ratios in another chart, or null where its weight may be zero. */
const rechart = (r, p) => (r[p][0] > 0n ? r.map((v, i) => (i === p ? thin(ONE) : DIV(v, r[p]))) : null);
const apart = (a, b) => a[1] < b[0] || b[1] < a[0];
function surelyDistinct(a, b) {
  if (a.support.size !== b.support.size || [...a.support].some(i => !b.support.has(i))) return true;
  const other = rechart(b.r, a.p);
  return a.r.some((v, i) => apart(v, other[i]));
}
function surelyOtherDirection(a, b) {
  const pairs = a.u.flatMap((v, k) => a.u.slice(0, k).map((w, l) => [v, w, b.u[k], b.u[l]]));
  const opposite = a.u.some((v, k) => MUL(v, b.u[k])[1] < 0n);
  return opposite || pairs.some(([v, w, x, y]) => apart(MUL(v, y), MUL(w, x)));
}

const SMALLEST = P - 64n; // a box narrower than 2**-64 is not halved
/** Whether all solutions in the box lie where a listed point is alone. */
function covered(r, points) {
  return points.some(({ p, others, support, inside }) => {
    if (r.some((v, j) => !support.has(j) && !isNought(v))) return false;
    const own = rechart(r, p);
    return own && others.every((j, at) => within(own[j], inside[at]));
  });
}

/** Drop, cut or keep a box: null if dropped, else true if it was cut. */
function prune(r, p, H) {
  let cut = false;
  for (let j = 0; j < r.length; j++) {
    if (j === p) continue;
    if (H[j][1] < 0n || (H[j][0] > 0n && r[j][0] > 0n)) return null;
    if (H[j][0] > 0n && r[j][1] > 0n) {
      r[j] = NOUGHT;
      cut = true;
    }
  }
  return cut;
}

/** The box after the tests: null if it is done with. */
function reduced(problem, given, p, points) {
  const r = [...given];
  for (;;) {
    tick();
    if (covered(r, points)) return null;
    const columns = columnsAt(problem, r);
    if (!columns) return r;
    const H = hAt(columns, gaps(problem, p));
    let cut = prune(r, p, H);
    if (cut === null) return null;
    if (cut) continue;
    const variables = r.flatMap((v, j) => (v[0] < v[1] ? [j] : []));
    const slopes = hSlopes(columns, gaps(problem, p), variables);
    cut = prune(r, p, sharpH(problem, r, gaps(problem, p), H, slopes, variables));
    if (cut === null) return null;
    if (!cut) return r;
  }
}

/** Branch and bound over every chart: there are no solutions but the points. */
function checkComplete(problem, points) {
  for (let p = 0; p < problem.N; p++) {
    const boxes = [Array.from({ length: problem.N }, (_, j) => (j === p ? thin(ONE) : [0n, ONE]))];
    while (boxes.length) {
      const r = reduced(problem, boxes.pop(), p, points);
      if (!r) continue;
      let at = 0;
      r.forEach((v, j) => (at = v[1] - v[0] > r[at][1] - r[at][0] ? j : at));
      const [low, high] = r[at];
      need((high - low) >> SMALLEST, "a solution outside the list cannot be excluded");
      const half = (low + high) >> 1n;
      boxes.push(r.with(at, [low, half]), r.with(at, [half, high]));
    }
  }
}
function checkTraps(problem, points, value) {
  return listed(value).map(body => {
    const { point, box } = keys(body, ["point", "box"]);
    const index = integer(point, points.length);
    need(problem.N === 2, "a trap needs two distinct rows");
    const ends = sized(box, 2).map(pair => vector(pair, 2));
    const p = ends.findIndex(pair => pair.every(v => compare(v, UNIT) === 0));
    need(p >= 0, 'a trap has ["1", "1"] for its chart');
    const j = 1 - p;
    const [low, high] = ends[j];
    need(low.n >= 0n && compare(low, high) < 0, "a trap has 0 <= low < high");
    const H = v => {
      const columns = columnsAt(problem, ratios(2, p, [j], [around(v)]));
      return hAt(columns ?? refuse("the field is not defined at a trap's end"), gaps(problem, p))[j];
    };
    need(!low.n || H(low)[1] < 0n, "the flow does not enter the trap at its low end");
    need(H(high)[0] > 0n, "the flow does not enter the trap at its high end");
    const inner = [around(low)[1], around(high)[0]];
    const outer = hull([low, high]);
    points.forEach((other, i) => {
      const own = rechart(other.r, p);
      if (i === index) need(own && within(own[j], inner), "the point is not in its trap");
      else need(!other.support.has(p) || (own && apart(own[j], outer)), "another listed point may be in the trap");
    });
    return index;
  });
}
function checkMargins(problem, points, value) {
  return listed(value).map(body => {
    const entry = keys(body, ["norm", "w", "ratio"]);
    const w = vector(entry.w, problem.rows[0].length);
    const ratio = rational(entry.ratio);
    const length = norm(w, entry.norm);
    const margin = smallest(times(problem.rows, w));
    need(margin.n > 0n && ratio.n > 0n, "margins: w must separate the data, and the ratio be positive");
    const per = scaled(mul(ratio, margin), problem.E);
    const bound = around(over(squared(entry.norm, per), length));
    for (const { gamma, u } of points) {
      const sizes = u.map(v => (entry.norm === "2" ? SQUARE(v) : v[0] > 0n ? v : v[1] < 0n ? NEG(v) : [0n, v[1]]));
      const own = entry.norm === "inf" ? sizes.reduce((a, b) => (a[0] > b[0] ? a : b)) : SUM(sizes);
      const level = entry.norm === "2" ? SQUARE(gamma) : gamma;
      need(level[1] < MUL(bound, own)[0], "a listed margin is not below the ratio");
    }
    return [entry.norm, entry.ratio, ratio];
  });
}
/** Every listed direction has a cosine below a bound with the l2 max-margin direction. */
function checkCosines(problem, points, value) {
  return listed(value).map(body => {
    const entry = keys(body, ["w", "c", "bound"]);
    const [given, c] = [vector(entry.w, problem.rows[0].length), vector(entry.c, problem.rows.length)];
    const bound = around(rational(entry.bound));
    need(c.every(v => v.n >= 0n) && c.some(v => v.n), "cosines: c >= 0, c not zero, is due");
    const margin = smallest(times(problem.rows, given));
    need(margin.n > 0n, "cosines: w must separate the data");
    const e = exponent(given);
    const w = given.map(v => scaled(v, e));
    const [low, high] = [
      over(square(margin), norm(given, "2")),
      over(norm(back(problem.rows, c), "2"), square(total(c))),
    ];
    const away = sub(UNIT, over(low, high));
    const most = SQRT(around(add(away, away))); // how far w is from the l2 direction, both of length 1
    for (const { u } of points) {
      const along = SUM(u.map((v, at) => MUL(v, around(w[problem.used[at]]))));
      const cosine = DIV(along, MUL(length(u), SQRT(around(norm(w, "2")))));
      need(cosine && ADD(cosine, most)[1] < bound[0], "a cosine is not below the bound");
    }
    return entry.bound;
  });
}
function readPolygon(value) {
  const found = listed(value).map(pair => vector(pair, 2));
  need(found.length >= 3, "a polygon has three vertices");
  const good = found.flat().every(v => v.n > 0n && (v.d & (v.d - 1n)) === 0n);
  return good ? found : refuse("a polygon's vertices are positive and dyadic");
}

const turn = (a, b, c) => sign((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]));
const edges = vertices => vertices.map((v, i) => [v, vertices[(i + 1) % vertices.length]]);
const area = vertices => edges(vertices).reduce((sum, [a, b]) => sum + a[0] * b[1] - a[1] * b[0], 0n);
const touch = ([a, b], [c, d]) => turn(a, b, c) * turn(a, b, d) <= 0 && turn(c, d, a) * turn(c, d, b) <= 0;
function checkPolygons(polygons) {
  const unit = polygons.flat(2).reduce((d, v) => (v.d > d ? v.d : d), 1n);
  const [outer, inner] = polygons.map(list => list.map(pair => pair.map(v => v.n * (unit / v.d))));
  for (const vertices of [outer, inner]) {
    const sides = edges(vertices);
    const n = sides.length;
    need(area(vertices) > 0n, "a polygon must be counterclockwise");
    sides.forEach(([a, b], i) => {
      need(turn(a, b, sides[(i + 1) % n][1]) !== 0, "two edges lie on one line");
      for (let j = i + 2; j < n; j++) {
        tick();
        if (i === 0 && j === n - 1) continue;
        need(!touch(sides[i], sides[j]), "a polygon is not simple");
      }
    });
  }
  const across = edges(outer).some(one => edges(inner).some(other => (tick(), touch(one, other))));
  need(!across, "the polygons have a point in common");
  need(area(outer) > area(inner), "the outer polygon must have the larger area");
}

/** Every edge is crossed by the flow: inward for side 1, outward for side -1. */
function checkCrossed(problem, p, pair, polygon, side) {
  const [i, j] = pair;
  const words = `the flow is not seen to cross every edge ${side > 0 ? "inward" : "outward"}`;
  for (const [from, to] of edges(polygon)) {
    const e = from.map((v, k) => around(sub(to[k], v)));
    // dr/dtau = -r H; the outward normal of a counterclockwise edge is (e_1, -e_0)
    const flux = (r, H) => SUB(MUL(MUL(r[i], H[i]), e[1]), MUL(MUL(r[j], H[j]), e[0]));
    const good = v => (side > 0 ? v[0] > 0n : v[1] < 0n);
    const pieces = [[from.map(around), to.map(around), 0]];
    while (pieces.length) {
      const [a, b, depth] = pieces.pop();
      const box = a.map((v, k) => [v[0] < b[k][0] ? v[0] : b[k][0], v[1] > b[k][1] ? v[1] : b[k][1]]);
      const m = a.map((v, k) => [(v[0] + b[k][0]) >> 1n, -(-(v[1] + b[k][1]) >> 1n)]);
      const [r, y] = [ratios(3, p, pair, box), ratios(3, p, pair, m)];
      const [columns, centre] = [columnsAt(problem, r), columnsAt(problem, y)];
      if (columns && centre) {
        const H = hAt(columns, gaps(problem, p));
        if (good(flux(r, H))) continue;
        const slopes = hSlopes(columns, gaps(problem, p), pair);
        const at = flux(y, hAt(centre, gaps(problem, p)));
        const [di, dj] = pair.map(row => ADD(MUL(slopes[row][0], e[0]), MUL(slopes[row][1], e[1])));
        const bent = SUB(MUL(MUL(r[i], di), e[1]), MUL(MUL(r[j], dj), e[0]));
        const slope = ADD(MUL(MUL(e[0], e[1]), SUB(H[i], H[j])), bent);
        const half = ONE >> BigInt(depth + 1);
        if (good(ADD(at, MUL(slope, [-half, half])))) continue;
      }
      need(depth < 48, words);
      pieces.push([a, m, depth + 1], [m, b, depth + 1]);
    }
  }
}

const NUMBERS = "no one two three four five six seven eight nine ten eleven twelve".split(" ");
const count = n => NUMBERS[n] ?? `${n}`;
const plural = (n, noun) => `${count(n)} ${noun}${n === 1 ? "" : "s"}`;
const NORM_WORDS = { 1: "l1", 2: "l2", inf: "l_inf" };
function marginBracket(rows, body) {
  const given = keys(body, ["norm", "w", "c", "lower", "upper"], ["other"]);
  const which = given.norm;
  const [lower, upper] = [rational(given.lower), rational(given.upper)];
  const d = rows[0].length;
  const c = vector(given.c, rows.length);
  const reaches = w => {
    const margin = smallest(times(rows, w));
    const bound = mul(squared(which, lower), norm(w, which));
    const fits = lower.n >= 0n && w.some(v => v.n) && margin.n >= 0n;
    return fits && compare(squared(which, margin), bound) >= 0;
  };
  const w = vector(given.w, d);
  need(reaches(w), "the lower bound fails");
  need(c.every(v => v.n >= 0n) && c.some(v => v.n), "c >= 0, c not zero, is due");
  const dual = norm(back(rows, c), DUAL[which]);
  const most = mul(upper, total(c));
  need(upper.n >= 0n && compare(dual, squared(which, most)) <= 0, "the upper bound fails");
  const found = { norm: which, lower: given.lower, upper: given.upper };
  const equal = compare(lower, upper) === 0;
  const value = equal ? show(lower) : `between ${show(lower)} and ${show(upper)}`;
  const words = `the ${NORM_WORDS[which]} margin is ${value}`;
  if (given.other === null) return { found, words };
  const other = vector(given.other, d);
  need(equal && lower.n > 0n, "with another direction, lower = upper > 0 is due");
  need(reaches(other), "the other direction does not reach the margin");
  const pairs = w.flatMap((v, k) => w.map((x, l) => [mul(v, other[l]), mul(x, other[k])]));
  pairs.some(([a, b]) => compare(a, b)) || refuse("the two directions are one");
  const refutes = { R6: which === "inf" && rows.flat().every(v => v.n) };
  return { found: { ...found, unique: false }, words: `${words} and more than one direction has it`, refutes };
}

/** Weights c >= 0 with X'c = 0. */
function balanced(rows, c) {
  c.every(v => v.n >= 0n) || refuse("c >= 0 is due");
  back(rows, c).every(v => !v.n) || refuse("X'c = 0 fails");
}
function farkas(rows, body) {
  const c = vector(keys(body, ["c"]).c, rows.length);
  balanced(rows, c);
  c.some(v => v.n) || refuse("c is zero");
  return { found: { separable: false }, words: "not linearly separable" };
}
function separation(rows, body) {
  const given = keys(body, ["w", "c"]);
  const c = vector(given.c, rows.length);
  const margins = times(rows, vector(given.w, rows[0].length));
  balanced(rows, c);
  margins.every(v => v.n >= 0n) || refuse("Xw >= 0 is due");
  c.every((v, i) => !v.n !== !margins[i].n) || refuse("exactly one of x_i.w and c_i must be positive");
  const boundary = c.flatMap((v, i) => (v.n ? [BigInt(i)] : []));
  const name = !boundary.length ? "complete" : boundary.length < rows.length ? "quasi-complete" : "overlap";
  const words = {
    overlap: "overlap: no w has every margin >= 0 and one positive",
    complete: "complete separation: some w has every margin positive",
    "quasi-complete": `quasi-complete separation: ${boundary.length} of ${count(rows.length)} rows on the boundary`,
  };
  return { found: { separation: name, boundary }, words: words[name] };
}
function finiteRun(rows, body) {
  const given = keys(body, ["w0", "eta", "order", "w", "row", "separator"]);
  const d = rows[0].length;
  const order = indices(given.order, rows.length);
  const eta = listed(given.eta).map(rational);
  const falling = eta.every((v, t) => v.n > 0n && (t === 0 || compare(v, eta[t - 1]) <= 0));
  const good = order.length === rows.length && eta.length > 0 && falling;
  need(good, "every row once, and positive steps that do not grow");
  const signs = rows.map(row => row.map(v => fraction(BigInt(sign(v.n)))));
  const step = (w, rate, t) => w.map((v, k) => (tick(), add(v, mul(rate, signs[order[t % order.length]][k]))));
  const w = eta.reduce(step, vector(given.w0, d));
  vector(given.w, d).every((v, k) => compare(v, w[k]) === 0) || refuse("the run ends elsewhere");
  const row = integer(given.row, rows.length);
  const drift = signs.reduce((a, b) => a.map((v, k) => add(v, b[k])));
  need(dot(rows[row], w).n < 0n && dot(rows[row], drift).n < 0n, "the row is not misclassified");
  times(rows, vector(given.separator, d)).every(v => v.n > 0n) || refuse("the separator does not separate");
  const found = { separable: true, steps: BigInt(eta.length), misclassified: BigInt(row) };
  const words = `SignSGD misclassifies row ${row + 1} after ${eta.length} steps, and eventually for ever, though the data are separable`;
  return { found, words, refutes: { R4: true } };
}
function stepGrowth(rows, body) {
  const given = keys(body, ["beta1", "beta2", "bound"]);
  const [b1, b2, bound] = [given.beta1, given.beta2, given.bound].map(rational);
  need(b1.n > 0n && b2.n > 0n && compare(b1, UNIT) < 0, "0 < beta1 < 1 and 0 < beta2 are due");
  need(compare(b2, square(b1)) < 0, "beta2 < beta1^2 is due");
  need(rows[0].length === 1, "rows of one number are due");
  let [m, v] = [ZERO, ZERO];
  for (const [g] of rows) {
    tick();
    m = add(mul(b1, m), mul(sub(UNIT, b1), g));
    v = add(mul(b2, v), mul(sub(UNIT, b2), square(g)));
  }
  need(bound.n > 0n && compare(mul(square(bound), sub(UNIT, b2)), UNIT) >= 0, "the bound is below 1/sqrt(1 - beta2)");
  need(v.n > 0n && compare(square(m), mul(square(bound), v)) > 0, "the bound is not passed");
  const found = { bound: given.bound, betas: [given.beta1, given.beta2], steps: BigInt(rows.length) };
  const betas = `beta1 = ${show(b1)}, beta2 = ${show(b2)}`;
  const words = `${rows.length} gradients: Adam's step |m|/sqrt(v) at ${betas} ends above ${show(bound)}, which no beta1 <= beta2 passes at this beta2`;
  return { found, words, whole: true, refutes: { R7: true } };
}

/** The kinds with points. */
function solutions(rows, body, fieldBody, kind) {
  const cycle = kind === "limit_cycle";
  const problem = makeProblem(rows, readField(fieldBody, rows.length));
  const given = keys(
    body,
    cycle ? ["points", "outer", "inner"] : ["points"],
    cycle ? [] : ["traps", "margins", "cosines"],
  );
  const one = cycle || kind === "fixed_point";
  const number = listed(given.points).length;
  need(one ? number === 1 : number <= 64, one ? "one point is due" : "at most 64 points are due");
  const points = given.points.map(entry => checkPoint(problem, readPoint(problem, entry)));
  const pairs = points.flatMap((a, i) => points.slice(0, i).map(b => [a, b]));
  pairs.every(([a, b]) => surelyDistinct(a, b)) || refuse("two listed solutions may be one");
  const attracting = ([a, b]) => !a.unstable && !b.unstable;
  const different = pairs.some(pair => attracting(pair) && surelyOtherDirection(...pair));
  const complete = cycle || kind === "all_fixed_points";
  const found = { field: problem.field.words, complete, different_limits: different };
  found.unstable_directions = points.map(point => BigInt(point.unstable));
  need(kind !== "several_attractors" || different, "two attracting points with different directions are due");
  const polygons = cycle ? [given.outer, given.inner].map(readPolygon) : [];
  if (cycle) need(problem.N === 3 && points[0].unstable === 2, "three distinct rows and a repelling point are due");
  if (cycle) checkPolygons(polygons);
  const used = new Set(points.flatMap(point => [...point.support]));
  const equal = problem.members.filter((group, i) => group.length > 1 && used.has(i));
  if (equal.length) found.equal_rows = equal.map(group => group.map(BigInt));
  const traps = given.traps ? checkTraps(problem, points, given.traps) : [];
  if (given.traps) found.traps = traps.map(BigInt);
  const margins = given.margins ? checkMargins(problem, points, given.margins) : [];
  if (given.margins) found.margins = margins.map(entry => entry.slice(0, 2));
  const cosines = given.cosines ? checkCosines(problem, points, given.cosines) : [];
  if (given.cosines) found.cosines = cosines;
  if (complete) checkComplete(problem, points);
  if (cycle) {
    const pair = [0, 1, 2].filter(i => i !== points[0].p);
    polygons.forEach((polygon, at) => checkCrossed(problem, points[0].p, pair, polygon, at ? -1 : 1));
    found.annulus = true;
  }
  const stable = points.flatMap((point, i) => (point.unstable ? [] : [i]));
  const below = margins.some(([which, , ratio]) => which === "inf" && compare(ratio, UNIT) <= 0);
  const refutes = problem.field.named && {
    R1: points.length >= 2,
    R2: different && stable.every(i => traps.includes(i)),
    R3: cycle,
    R5: complete && stable.length > 0 && below,
  };
  const words = solutionWords({ points, stable, different, complete, one, cycle, equal, traps, margins, cosines });
  return { found, field: problem.field, words, refutes: refutes || {} };
}
function solutionWords({ points, stable, different, complete, one, cycle, equal, traps, margins, cosines }) {
  const alone = one && !complete ? ", alone in its box" : "";
  const list = [`${complete ? "exactly " : ""}${plural(points.length, "solution")} of the limit equation${alone}`];
  const how = stable.length
    ? "attracts"
    : points[0]?.unstable === points[0]?.others.length
      ? "repels"
      : "does not attract";
  const many = `${count(stable.length)} attract${stable.length === 1 ? "s" : ""}`;
  list.push(points.length === 1 ? `it ${how}` : many + (different ? ", in different directions" : ""));
  if (equal.length) list.push("equal rows of the support share one weight");
  if (traps.length) list.push(`${plural(traps.length, "trap")} of starts`);
  margins.forEach(([which, , r]) => list.push(`every ${NORM_WORDS[which]} margin is below ${show(r)} of the largest`));
  cosines.forEach(bound =>
    list.push(`every cosine with the l2 max-margin direction is below ${show(rational(bound))}`),
  );
  if (cycle) list.push("a closed orbit in an annulus that the flow never leaves");
  return list.join("; ");
}

/** The tiers' columns, ascending, as places in `used`; every column that is not zero stands in one tier. */
function readFeatures(problem, lists) {
  const place = new Map(problem.used.map((k, at) => [k, at]));
  const features = lists.map(list => indices(list, problem.rows[0].length));
  const ascending = features.every(list => list.length && list.every((k, i) => !i || list[i - 1] < k));
  need(ascending, "features: ascending column numbers, one at least, are due");
  const all = features.flat();
  const once = new Set(all).size === all.length && all.length === place.size && all.every(k => place.has(k));
  need(once, "features: every column that is not zero stands in one tier, and no other does");
  return features.map(list => list.map(k => place.get(k)));
}
/** Each tier's distinct rows: a row is in the last tier that has a column where it is not zero. */
function tierRows({ Z }, features) {
  const tier = [];
  features.forEach((list, t) => list.forEach(k => (tier[k] = t)));
  const found = features.map(() => []);
  Z.forEach((row, i) => {
    const last = row.reduce((most, v, k) => (tick(), isNought(v) ? most : Math.max(most, tier[k])), -1);
    need(last >= 0, "a row of zeros is in no tier");
    found[last].push(i);
  });
  return found;
}
/** The equation on some rows and on columns of which the first have the values `decided`; all others are zero there. */
function partOf(problem, rows, columns, decided) {
  const pick = list => rows.map(i => list[i]);
  const [members, counts, shares] = [pick(problem.members), pick(problem.counts), problem.shares?.map(pick)];
  const Z = pick(problem.Z).map(row => columns.map(k => row[k]));
  const Y = columns.map(k => pick(problem.Y[k]));
  const fixed = decided.map(u => ({ u, slope: () => NOUGHT }));
  return { ...problem, N: rows.length, members, counts, shares, Z, Y, fixed, known: [] };
}
/** A solution in tiers. */
function inTiers(rows, body, fieldBody) {
  const problem = makeProblem(rows, readField(fieldBody, rows.length));
  need(problem.field.name !== "gd", "tiers are of fields of degree 0, not of gradient descent");
  const given = keys(body, ["tiers", "direction"]);
  const entries = listed(given.tiers).map(entry => keys(entry, ["features", "point"]));
  need(entries.length >= 2 && entries.length <= 64, "2 to 64 tiers are due");
  const direction = pairs(given.direction, rows[0].length);
  const lists = entries.map(entry => entry.features);
  const features = readFeatures(problem, lists);
  const parts = tierRows(problem, features);
  let [columns, u, level] = [[], [], NOUGHT];
  entries.forEach((entry, t) => {
    columns = [...columns, ...features[t]];
    const part = partOf(problem, parts[t], columns, u);
    const point = checkPoint(part, readPoint(part, entry.point)); // no column of zeros: the field is defined
    need(!point.unstable, "a tier's point does not attract");
    need(level[1] < point.gamma[0], "the tiers' levels do not rise");
    [u, level] = [point.u, point.gamma];
  });
  const all = rows[0].map(() => NOUGHT);
  columns.forEach((k, at) => (all[problem.used[k]] = u[at]));
  judgeDirection([], all, direction);
  const supports = entries.map(entry => entry.point.get("support"));
  const found = { field: problem.field.words, features: lists, supports, direction: given.direction };
  const alone = `a solution of the limit equation in ${count(entries.length)} tiers, alone in its boxes; it attracts`;
  return { found, field: problem.field, words: `${alone}; its direction is near (${midpoints(direction)})` };
}

const KINDS = { margin_bracket: marginBracket, farkas, separation, finite_run: finiteRun, step_growth: stepGrowth };
for (const kind of ["fixed_point", "several_attractors", "all_fixed_points", "limit_cycle"]) KINDS[kind] = solutions;
KINDS.tiers = inTiers;
const RUNS = { constant_step: constantStep, vanishing_steps: vanishingSteps, vertex };
for (const [kind, run] of Object.entries(RUNS))
  KINDS[kind] = (rows, body, fieldBody) => ofRun(run, rows, body, fieldBody);
function ofRun(run, rows, body, fieldBody) {
  const field = readField(fieldBody, rows.length);
  need(field.name === "inc_adam", "Inc-Adam's field is due for a run");
  return { ...run(rows, body, field), field };
}

const FIELDLESS = new Set([marginBracket, farkas, separation, finiteRun, stepGrowth]);

const STATEMENTS = {
  R1: "The limit equation of FIELD has only one solution.",
  R2: "The data alone decide the limit of FIELD.",
  R3: "The update direction u(c) of FIELD converges.",
  R4: "SignSGD without momentum keeps Adam's l_inf bias at batch size 1: eventually it separates separable data.",
  R5: "Every limit of FIELD has the l_inf max-margin: Adam's bias survives batch size 1.",
  R6: "The l_inf max-margin direction of data without zero entries is unique.",
  R7: "Adam's steps stay bounded without beta1 <= beta2.",
};
/** Whether a parsed JSON value is the one found here. */
function same(given, found) {
  if (Array.isArray(found)) {
    return Array.isArray(given) && given.length === found.length && found.every((v, i) => same(given[i], v));
  }
  if (typeof found !== "object") return given === found;
  const names = Object.keys(found);
  const known = given instanceof Map && given.size === names.length;
  return known && names.every(key => given.has(key) && same(given.get(key), found[key]));
}

const FORMAT = "marginproof-certificate/2";
const DUE = ["format", "claim", "statement", "kind", "data", "field", "witness", "conclusion", "producer"];
function judge(text) {
  const body = keys(parse(text), DUE, ["note"]);
  if (body.format !== FORMAT) throw new Unsupported(`a format unknown to this checker, which reads ${FORMAT}`);
  if (!Object.hasOwn(KINDS, body.kind)) throw new Unsupported("a kind unknown to this checker");
  const known = body.claim === null || Object.hasOwn(STATEMENTS, body.claim);
  if (!known) throw new Unsupported("a claim unknown to this checker");
  const kind = KINDS[body.kind];
  need(!FIELDLESS.has(kind) || body.field === null, "a field is due, or none, as the kind says");
  const rows = readData(body.data);
  const { found, field, words, whole, refutes = {} } = kind(rows, body.witness, body.field, body.kind);
  need(same(body.conclusion, found), "the conclusion is not what was found");
  const where = `${rows.length} x ${rows[0].length} data${field ? `, ${field.words}` : ""}`;
  const sentence = whole ? words : `${where}: ${words}`;
  need(body.claim !== null || body.statement === null, "a statement without a claim");
  if (body.claim === null) return `${sentence}.`;
  const statement = STATEMENTS[body.claim].replace("FIELD", field?.words ?? "");
  need(body.statement === statement, "the claim states otherwise");
  need(refutes[body.claim], "the claim is not refuted by this");
  return `${sentence}. This refutes ${body.claim}: "${statement}"`;
}

/** {verdict, reason} of a certificate's bytes; `progress` is called now and then with a count of work. */
export function check(bytes, { seconds = 60, progress = () => {} } = {}) {
  watch(seconds, progress);
  try {
    need(bytes.length <= 32_000_000, "the file is over 32 MB");
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return { verdict: "VALID", reason: judge(text) };
  } catch (error) {
    if (error.verdict) return { verdict: error.verdict, reason: error.message };
    if (error instanceof RangeError) return { verdict: "UNSUPPORTED", reason: "numbers too long for this checker" };
    if (error.code === "ERR_ENCODING_INVALID_ENCODED_DATA")
      return { verdict: "INVALID", reason: "the file is not UTF-8" };
    throw error;
  }
}

const ascii = text => text.replace(/[^\x20-\x7e]/g, c => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
async function main(paths, fs) {
  if (!paths.length) return console.log("usage: checker.mjs FILE...") ?? 2;
  const verdicts = paths.map(path => {
    const stat = fs.statSync(path, { throwIfNoEntry: false });
    const none = { verdict: "INVALID", reason: "no file that can be read" };
    const answer = stat?.isFile() ? check(fs.readFileSync(path)) : none;
    console.log(ascii(`${path}: ${answer.verdict}(${answer.reason})`));
    return answer.verdict;
  });
  return verdicts.includes("INVALID") ? 1 : verdicts.every(verdict => verdict === "VALID") ? 0 : 2;
}

if (typeof process !== "undefined" && process.versions?.node && process.argv[1]) {
  const fs = await import("node:fs");
  const { pathToFileURL } = await import("node:url");
  const called = import.meta.url === pathToFileURL(fs.realpathSync(process.argv[1])).href;
  if (called) process.exitCode = await main(process.argv.slice(2), fs);
}
