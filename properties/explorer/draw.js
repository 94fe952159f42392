// Drawing in SVG: the simplex with its flow, and directions by coordinates.
const SVG = "http://www.w3.org/2000/svg";

/** An SVG element with attributes; children may be text. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

const SIDE = 300;
const HEIGHT = (SIDE * Math.sqrt(3)) / 2;
const [LEFT, TOP] = [50, 36];
const CORNERS = [[LEFT, TOP + HEIGHT], [LEFT + SIDE, TOP + HEIGHT], [LEFT + SIDE / 2, TOP]];
const LINE = TOP + 0.55 * HEIGHT; // where two rows' segment lies

/** A point of the simplex on the page: N = 2 is a segment, c_1 growing to the right. */
export const place = c => (c.length === 2
  ? [LEFT + SIDE * c[0], LINE]
  : [0, 1].map(axis => CORNERS.reduce((all, corner, i) => all + c[i] * corner[axis], 0)));

/** The point of the simplex nearest to a place on the page, kept off the faces. */
export function weightsAt([x, y], N, least = 1e-3) {
  const third = (TOP + HEIGHT - y) / HEIGHT;
  const second = (x - LEFT) / SIDE - third / 2;
  const c = N === 2 ? [(x - LEFT) / SIDE, 1 - (x - LEFT) / SIDE] : [1 - second - third, second, third];
  const kept = c.map(value => Math.max(value, least));
  return kept.map(value => value / kept.reduce((a, b) => a + b));
}

const round = value => value.toFixed(1);
const trace = points => points.map(([x, y], i) => `${i ? "L" : "M"}${round(x)} ${round(y)}`).join("");

/** A path without points closer together than half a unit on the page. */
function thinned(points) {
  const kept = [];
  for (const p of points) {
    const last = kept[kept.length - 1];
    if (!last || Math.hypot(p[0] - last[0], p[1] - last[1]) > 0.5) kept.push(p);
  }
  return trace(kept.length ? kept : points.slice(0, 1));
}

/** A short arrow at c towards where the flow goes. */
function arrow(c, speed) {
  const [x, y] = place(c);
  const to = place(c.map((value, i) => value + 1e-4 * speed[i]));
  const size = Math.hypot(to[0] - x, to[1] - y);
  if (!(size > 0)) return [];
  const [dx, dy] = [(7 * (to[0] - x)) / size, (7 * (to[1] - y)) / size];
  const head = `M${round(x - dx)} ${round(y - dy)}L${round(x + dx)} ${round(y + dy)}`;
  const barbs = `M${round(x + dx / 3 - dy / 2)} ${round(y + dy / 3 + dx / 2)}L${round(x + dx)} ${round(y + dy)}L${round(x + dx / 3 + dy / 2)} ${round(y + dy / 3 - dx / 2)}`;
  return [element("path", { d: head + barbs })];
}

const grid = N => (N === 2
  ? Array.from({ length: 11 }, (_, k) => [(k + 0.5) / 11, 1 - (k + 0.5) / 11])
  : Array.from({ length: 10 }, (_, i) => Array.from({ length: 10 - i }, (_, j) =>
    [(i + 1 / 3) / 10, (j + 1 / 3) / 10, 1 - (i + j + 2 / 3) / 10])).flat());

const SIGNS = {
  attracting: [x => `M${x[0] - 6} ${x[1]}a6 6 0 1 0 12 0a6 6 0 1 0 -12 0Z`, "solid"],
  saddle: [x => `M${x[0]} ${x[1] - 7}l7 7l-7 7l-7 -7Z`, "open"],
  repelling: [x => `M${x[0] - 6} ${x[1]}a6 6 0 1 0 12 0a6 6 0 1 0 -12 0Z`, "open"],
  undecided: [x => `M${x[0] - 5} ${x[1] - 5}h10v10h-10Z`, "open"],
};

/** A fixed point's sign by its stability; also used in the legend. */
export function mark(kind, at) {
  const [shape, style] = SIGNS[kind];
  return element("path", { class: `point ${style}`, d: shape(at) }, element("title", {}, kind));
}

/** The simplex: face, arrows, path, fixed points, rows' names. `speed` gives dc/dτ at c. */
export function simplex(N, { speed, path, points, cycle }) {
  const outline = N === 2 ? `M${LEFT} ${LINE}h${SIDE}` : `${trace(CORNERS)}Z`;
  const ends = N === 2 ? [[LEFT + SIDE, LINE], [LEFT, LINE]] : CORNERS;
  const names = ends.map(([x, y], i) => element("text", {
    x, y: N === 3 && i === 2 ? y - 14 : y + 26, "text-anchor": "middle",
  }, `row ${i + 1}`));
  const half = path.slice(Math.floor(path.length / 2));
  return element("g", {},
    element("path", { class: "face", d: outline }),
    element("g", { class: "arrows" }, ...grid(N).flatMap(c => arrow(c, speed(c)))),
    element("path", { class: "path", d: thinned(path.map(p => place(p.c))) }),
    ...(cycle ? [element("path", { class: "cycle", d: thinned(half.map(p => place(p.c))) })] : []),
    ...points.map(point => mark(point.kind, place(point.c).map(value => +round(value)))),
    ...names);
}

const [WIDE, HIGH] = [400, 230];
const DASHES = { l2: "", linf: "7 4", adamproxy: "2 3", u: "", w: "" };

/** Unit vectors as lines over the features; `shown` lists { key, name, v }. */
export function directions(d, shown) {
  const x = k => 40 + (d === 1 ? 0 : (k * (WIDE - 60)) / (d - 1));
  const y = value => 105 - 90 * value;
  const rules = [-1, 0, 1].flatMap(value => [
    element("path", { class: "rule", d: `M34 ${y(value)}H${WIDE - 12}` }),
    element("text", { x: 28, y: y(value) + 4, "text-anchor": "end" }, String(value).replace("-", "−")),
  ]);
  const features = Array.from({ length: d }, (_, k) =>
    element("text", { x: x(k), y: HIGH - 12, "text-anchor": "middle" }, `w${"₁₂₃₄₅₆₇₈"[k]}`));
  const lines = shown.filter(({ v }) => v).map(({ key, v }) => element("g", { class: `dir ${key}` },
    element("path", { d: trace(v.map((value, k) => [x(k), y(value)])), "stroke-dasharray": DASHES[key] }),
    ...v.map((value, k) => element("circle", { cx: round(x(k)), cy: round(y(value)), r: 3 }))));
  return element("g", {}, ...rules, ...lines, ...features);
}
