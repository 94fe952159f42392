// A constant step η: Adam moves as with vanishing steps at effective betas β1 E and β2 E², E = e^{γ̂/N}, where γ̂ is
// the growth of the margins an epoch and γ̂ = κ γ, γ being the level of the field at those betas.
import { incAdam } from "./fields.js";
import { follow } from "./flow.js";
import { judged, newton } from "./fixed_points.js";

/** { beta1, beta2, growth, speedLimit, field, path, limit } at η > 0 from w0; growth is null where nothing settles. */
export function constantStep(X, beta1, beta2, eta, w0) {
  const N = X.length;
  const speedLimit = -0.5 * N * Math.log(beta2);
  const top = Math.sqrt(-Math.expm1(-2 * speedLimit)); // s = √(1-β2'^N) lies in (0, top)
  const at = s => {
    const growth = speedLimit + 0.5 * Math.log1p(-s * s);
    const E = Math.exp(growth / N);
    const kappa = ((eta * (1 - beta1)) / Math.sqrt(1 - beta2)) * (s / (1 - (beta1 * E) ** N));
    return { growth, kappa, beta1: beta1 * E, beta2: beta2 * E * E, field: incAdam(X, beta1 * E, beta2 * E * E) };
  };
  let run = follow(X, incAdam(X, beta1, beta2), w0);
  for (let round = 0; round < 4; round++) {
    if (run.limit.outcome !== "fixed") return { ...at(top), ...run, growth: null, speedLimit };
    const near = follower(X, run.limit);
    const s = bisect(place => near(at(place)), top);
    const found = s && at(s);
    const again = found && follow(X, found.field, w0);
    if (!again) break;
    const same = again.limit.outcome === "fixed" && again.limit.c.every((v, i) => Math.abs(v - near.last.c[i]) < 1e-6);
    if (same) return { ...found, ...again, speedLimit };
    run = again;
  }
  return { ...at(top), ...run, growth: null, speedLimit };
}

/** s -> κγ - γ̂ at the solution followed from one s to the next; null where it is lost. */
function follower(X, first) {
  const near = now => {
    const c = near.last.support.length === 1 ? near.last.c : newton(X, now.field, near.last.c, near.last.support);
    const point = c && judged(X, now.field, c);
    if (!point) return null;
    near.last = point;
    return now.kappa * point.gamma - now.growth;
  };
  near.last = first;
  return near;
}

/** The zero of a difference that is negative at 0 (steps too small for so fast a growth) and positive at `top`. */
function bisect(difference, top) {
  let [low, high] = [0, top];
  for (let step = 0; step < 200 && high - low > 4e-16 * high; step++) {
    const middle = step < 40 && low === 0 ? high / 4 : (low + high) / 2;
    const value = difference(middle);
    if (value === null) return null;
    if (value > 0) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
}
