// Direction fields u(c) on data X, rows x_i with labels folded in, and their derivatives by the loss weights c.
// A field is a function c -> { u: [d], du: [d][N] }; the formulas are those of theory/fields.py.

export const sum = list => list.reduce((a, b) => a + b, 0);
export const dot = (a, b) => sum(a.map((v, k) => v * b[k]));
export const times = (X, w) => X.map(row => dot(row, w));
export const back = (X, c) => X[0].map((_, k) => sum(X.map((row, i) => row[k] * c[i])));
export const length = v => Math.hypot(...v);
export const unit = v => v.map(x => x / length(v));

/** Gradient descent: u = m = Xᵀc. */
export const gradient = X => c => ({ u: back(X, c), du: X[0].map((_, k) => X.map(row => row[k])) });

/** Sign descent and full-batch Adam: u = sign(m); it jumps, so it has no derivative. */
export const signs = X => c => ({ u: back(X, c).map(Math.sign), du: null });

/** v = (1-θ) q + θ m², u = m / √v: AdamProxy at θ = 0, reshuffled batches of b at θ = (b-1)/(N-1), sign(m) at θ = 1. */
export function theta(X, share) {
  if (share === 1) return signs(X);
  return c => {
    const m = back(X, c);
    const v = m.map((mk, k) => (1 - share) * sum(X.map((row, i) => (row[k] * c[i]) ** 2)) + share * mk * mk);
    const u = m.map((mk, k) => mk / Math.sqrt(v[k]));
    const slope = (x, n, k) =>
      x / Math.sqrt(v[k]) - (u[k] / v[k]) * ((1 - share) * c[n] * x * x + share * m[k] * x);
    return { u, du: m.map((_, k) => X.map((row, n) => slope(row[k], n, k))) };
  };
}

/** Adam with one sample a step, in cyclic order: u = Σ_i (W₁G)_i / √(W₂(G∘G))_i with W_ij = β^((i-j) mod N). */
export function incAdam(X, beta1, beta2) {
  const N = X.length;
  const powers = beta => Array.from({ length: N }, (_, lag) => beta ** lag);
  const [first, second] = [powers(beta1), powers(beta2)];
  const lag = (i, j) => (i - j + N) % N;
  return c => {
    const u = X[0].map(() => 0);
    const du = X[0].map(() => X.map(() => 0));
    for (let k = 0; k < u.length; k++) {
      for (let i = 0; i < N; i++) {
        const m = sum(X.map((row, j) => first[lag(i, j)] * c[j] * row[k]));
        const v = sum(X.map((row, j) => second[lag(i, j)] * (c[j] * row[k]) ** 2));
        const root = Math.sqrt(v);
        u[k] += m / root;
        X.forEach((row, n) => {
          const fall = ((m / (v * root)) * second[lag(i, n)] * c[n]) * row[k] ** 2;
          du[k][n] += (first[lag(i, n)] * row[k]) / root - fall;
        });
      }
    }
    return { u, du };
  };
}

/** F = X u, and its derivatives by c, shape (N, N). */
export function slopes(X, field, c) {
  const { u, du } = field(c);
  return { u, F: times(X, u), J: du && X.map(row => X.map((_, n) => sum(row.map((x, k) => x * du[k][n])))) };
}
