/* Incremental Adam on the exponential loss as one would write it by hand: true units, so it
   underflows once a margin passes 372.  Compiled by benchmarks/trajectories.py with
   gcc -O3 -march=native -ffast-math. */
#include <math.h>

void inc_adam(const double *restrict X, int n, int d, long steps, double eta, double beta1, double beta2,
              double *restrict w, double *restrict m, double *restrict v) {
    int i = 0;
    for (long t = 0; t < steps; t++) {
        const double *restrict x = X + (long)i * d;
        double z = 0.0;
        for (int k = 0; k < d; k++) z += x[k] * w[k];
        const double c = -exp(-z);
        for (int k = 0; k < d; k++) {
            const double g = c * x[k];
            m[k] = beta1 * m[k] + (1.0 - beta1) * g;
            v[k] = beta2 * v[k] + (1.0 - beta2) * g * g;
            w[k] -= eta * m[k] / sqrt(v[k]);
        }
        if (++i == n) i = 0;
    }
}
