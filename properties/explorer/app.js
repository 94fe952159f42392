// The controls: they change one setting, and everything is computed and drawn again from it.
import { unit } from "./fields.js";
import { angle } from "./margins.js";
import { OPTIMIZERS, explore, startAt, velocity, weightsOf } from "./model.js";
import { directions, element, mark, place, simplex, weightsAt } from "./draw.js";

const NAMES = { l2: "ℓ₂", linf: "ℓ∞", adamproxy: "Mahalanobis" };
const KINDS = { attracting: "attracting", saddle: "saddle", repelling: "repelling", undecided: "stability undecided" };
const MOST_FEATURES = 8;
const short = (v, digits = 4) => `(${v.map(x => String(+x.toFixed(digits)).replace("-", "−")).join(", ")})`;
const degrees = value => (value === null || Number.isNaN(value) ? "–" : value < 5e-7 ? "0°" : `${+value.toPrecision(3)}°`);

/** Make the explorer below `root` work; `presets` lists { name, X }, the first one shown, with `optimizer`. */
export function begin(root, { presets, optimizer }) {
  const find = name => root.querySelector(`[data-part="${name}"]`);
  const setting = { X: [], optimizer, beta1: 0.9, beta2: 0.95, theta: 0, eta: 0, start: [] };
  let result = {};
  let moment = 0; // which point of the path is shown
  let timer = null;

  const take = preset => {
    Object.assign(setting, { X: preset.X.map(row => row.slice()), start: preset.X[0].map(() => 0) });
    setting.data = preset.name;
    matrix();
    update();
  };

  /** The table of entries, one field each. */
  function matrix() {
    const rows = setting.X.map((row, i) => {
      const cells = row.map((value, k) => {
        const input = Object.assign(document.createElement("input"), { type: "number", step: "any", value });
        input.setAttribute("aria-label", `row ${i + 1}, feature ${k + 1}`);
        input.addEventListener("input", () => {
          setting.X[i][k] = input.value === "" ? NaN : +input.value;
          setting.data = null;
          later();
        });
        const cell = document.createElement("td");
        cell.append(input);
        return cell;
      });
      const line = document.createElement("tr");
      const head = Object.assign(document.createElement("th"), { scope: "row", textContent: `row ${i + 1}` });
      line.append(head, ...cells);
      return line;
    });
    find("matrix").replaceChildren(...rows);
    const [N, d] = [setting.X.length, setting.X[0].length];
    for (const [name, off] of [["row+", N === 3], ["row-", N === 2], ["column+", d === MOST_FEATURES], ["column-", d === 2]])
      find(name).disabled = off;
  }

  /** Add or take away a row or a feature; new entries are 1. */
  function resize(N, d) {
    const old = setting.X;
    setting.X = Array.from({ length: N }, (_, i) => Array.from({ length: d }, (_, k) => old[i]?.[k] ?? (k === i ? 3 : 1)));
    setting.start = Array.from({ length: d }, () => 0);
    setting.data = null;
    matrix();
    update();
  }

  let waiting = null;
  /** One computation for a burst of changes. */
  function later() {
    waiting ??= setTimeout(() => {
      waiting = null;
      update();
    }, 30);
  }

  function update() {
    stop();
    result = explore(setting);
    moment = result.path ? result.path.length - 1 : 0;
    controls();
    const failed = Boolean(result.error);
    find("pictures").hidden = failed;
    find("error").textContent = result.error ?? "";
    find("answer").textContent = failed ? "" : sentence();
    if (!failed) draw();
    root.dataset.result = JSON.stringify({ ...result, path: undefined, field: undefined, start: setting.start });
  }

  function controls() {
    const kind = OPTIMIZERS[setting.optimizer];
    for (const name of ["beta1", "beta2", "eta"]) find(name).closest("label").hidden = !kind.betas;
    find("theta").closest("label").hidden = !kind.theta;
    find("eta-value").textContent = setting.eta ? setting.eta.toPrecision(2) : "vanishing";
    find("theta-value").textContent = setting.theta.toFixed(3);
    const shown = result.error ? null : command();
    find("command").textContent = shown ?? "";
    find("same").hidden = !shown;
    find("no-command").hidden = shown !== null || Boolean(result.error);
  }

  /** The command that says the same; null for a θ between 0 and 1. */
  function command() {
    const { data, optimizer: name, start, theta: share, eta } = setting;
    if (name === "theta" && share !== 0) return null;
    const options = [`--optimizer ${name === "theta" ? "adamproxy" : name}`];
    if (name === "adam") options.push(`--beta1 ${setting.beta1} --beta2 ${setting.beta2}`, ...(eta ? [`--lr ${eta}`] : []));
    if (start.some(x => x)) options.push(`--start=${start.join(",")}`);
    return `marginproof predict ${data ?? "mine.csv --folded"} ${options.join(" ")}`;
  }

  const listed = names => [names.slice(0, -1).join(", "), names.at(-1)].filter(Boolean).join(" and ");

  function sentence() {
    const { limit, angles, direction } = result;
    if (limit.outcome === "cycle")
      return `The loss weights circle (swing ${limit.swing.toFixed(3)}): u(c) does not converge, and w/‖w‖ goes to its mean direction, ${short(direction)}.`;
    if (limit.outcome === "not unique") return "The margin goes to γ∞; the ℓ∞ max-margin direction is not unique here.";
    if (!direction) return "The flow has not settled within this computation.";
    const near = Object.keys(NAMES).filter(key => angles[key] !== null && angles[key] < 1e-5);
    const which = near.length ? `the ${listed(near.map(key => NAMES[key]))} max-margin direction` : "a direction of its own";
    return `w/‖w‖ goes to ${which}, ${short(direction)}.${steps()}`;
  }

  function steps() {
    if (!result.constant) return "";
    if (result.growth === null) return " No run whose margins all grow alike was found at this step size.";
    const share = (100 * result.growth) / result.speedLimit;
    return ` Effective betas: β₁′ = ${result.beta1.toPrecision(5)}, β₂′ = ${result.beta2.toPrecision(7)}; margins grow by ${result.growth.toPrecision(4)} an epoch, ${share.toFixed(0)} % of the speed limit.`;
  }

  function draw() {
    const N = setting.X.length;
    const svg = find("simplex");
    svg.setAttribute("viewBox", N === 2 ? "0 120 400 150" : "0 0 400 340");
    svg.setAttribute("aria-label", `The simplex of the loss weights: ${sentence()} ${listing().join("; ")}.`);
    const picture = { speed: velocity(setting.X, result.field), cycle: result.limit.outcome === "cycle", ...result };
    find("scene").replaceChildren(simplex(N, picture));
    find("points").replaceChildren(...listing().map(text => Object.assign(document.createElement("li"), { textContent: text })));
    const [x, y] = place(weightsOf(setting.X, setting.start));
    find("start").setAttribute("transform", `translate(${x} ${y})`);
    find("start").setAttribute("aria-valuetext", `c = ${short(weightsOf(setting.X, setting.start), 3)}, w = ${short(setting.start)}`);
    find("start-value").textContent = short(setting.start);
    find("tau").max = result.path.length - 1;
    show();
  }

  const listing = () => (result.points.length
    ? result.points.map(p => `${KINDS[p.kind]}: c = ${short(p.c)}, u/‖u‖ = ${short(unit(p.u))}`)
    : ["none listed: the field jumps, and its limit comes from duality"]);

  /** The moment shown: its place on the simplex, u(c) and w/‖w‖ beside the references, angles. */
  function show() {
    const now = result.path[moment];
    const [x, y] = place(now.c);
    find("now").setAttribute("transform", `translate(${x} ${y})`);
    find("tau").value = moment;
    find("tau").setAttribute("aria-valuetext", `τ = ${now.tau.toPrecision(3)}`);
    find("tau-value").textContent = now.tau.toPrecision(3);
    const w = now.w.some(value => value) ? unit(now.w) : null;
    const u = unit(now.u);
    const shown = [...Object.entries(result.known).map(([key, v]) => ({ key, v })), { key: "u", v: u }, { key: "w", v: w }];
    find("lines").replaceChildren(directions(setting.X[0].length, shown));
    const row = (name, v) => Object.keys(NAMES).map(key => degrees(v && result.known[key] && angle(v, result.known[key])));
    for (const [name, v] of [["w", w], ["u", u]])
      row(name, v).forEach((text, k) => (find(`angles-${name}`).cells[k + 1].textContent = text));
    const told = row("w", w).map((text, k) => `${text} from ${Object.values(NAMES)[k]}`).join(", ");
    find("directions").setAttribute("aria-label", `Directions by coordinates: w/‖w‖ is ${told}.`);
  }

  function stop() {
    clearInterval(timer);
    timer = null;
    find("play").textContent = "Play";
  }

  function play() {
    if (timer) return stop();
    if (moment === result.path.length - 1) moment = 0;
    find("play").textContent = "Pause";
    const stride = Math.max(1, Math.round(result.path.length / 300));
    timer = setInterval(() => {
      moment = Math.min(moment + stride, result.path.length - 1);
      show();
      if (moment === result.path.length - 1) stop();
    }, 40);
  }

  /** Move the start to these loss weights, as far as some w has them. */
  function moveStart(c) {
    const w = startAt(setting.X, c);
    if (!w) return;
    setting.start = w;
    later();
  }

  function dragging() {
    const [svg, handle] = [find("simplex"), find("start")];
    const at = event => {
      const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
      return weightsAt([point.x, point.y], setting.X.length);
    };
    svg.addEventListener("pointerdown", event => {
      svg.setPointerCapture(event.pointerId);
      event.preventDefault();
      handle.focus();
      moveStart(at(event));
    });
    svg.addEventListener("pointermove", event => svg.hasPointerCapture(event.pointerId) && moveStart(at(event)));
    const keys = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    handle.addEventListener("keydown", event => {
      if (event.key === "Home") setting.start = setting.start.map(() => 0);
      const way = keys[event.key];
      if (!way && event.key !== "Home") return;
      event.preventDefault();
      const [x, y] = place(weightsOf(setting.X, setting.start));
      const size = event.shiftKey ? 20 : 4;
      if (way) moveStart(weightsAt([x + size * way[0], y + size * way[1]], setting.X.length));
      else later();
    });
  }

  find("preset").append(...presets.map(({ name }) => new Option(name)));
  find("preset").addEventListener("change", event => take(presets[event.target.selectedIndex]));
  find("optimizer").append(...Object.entries(OPTIMIZERS).map(([key, { name }]) => new Option(name, key)));
  find("optimizer").value = optimizer;
  find("optimizer").addEventListener("change", event => {
    setting.optimizer = event.target.value;
    update();
  });
  for (const name of ["beta1", "beta2"])
    find(name).addEventListener("input", event => {
      const value = +event.target.value;
      const fits = value >= 0 && value < 1;
      event.target.setCustomValidity(fits ? "" : "a number in [0, 1)");
      if (fits) Object.assign(setting, { [name]: value });
      later();
    });
  find("theta").addEventListener("input", event => {
    setting.theta = +event.target.value;
    later();
  });
  find("eta").addEventListener("input", event => {
    const place = +event.target.value;
    setting.eta = place <= -4.05 ? 0 : +(10 ** place).toPrecision(3);
    later();
  });
  find("tau").addEventListener("input", event => {
    stop();
    moment = +event.target.value;
    show();
  });
  find("play").addEventListener("click", play);
  find("reset").addEventListener("click", () => {
    setting.start = setting.start.map(() => 0);
    update();
  });
  const shape = (rows, columns) => () => resize(setting.X.length + rows, setting.X[0].length + columns);
  for (const [name, rows, columns] of [["row+", 1, 0], ["row-", -1, 0], ["column+", 0, 1], ["column-", 0, -1]])
    find(name).addEventListener("click", shape(rows, columns));
  for (const sign of root.querySelectorAll("[data-kind]"))
    sign.append(element("svg", { viewBox: "0 0 18 18", "aria-hidden": "true" }, mark(sign.dataset.kind, [9, 9])));
  dragging();
  take(presets[0]);
}
