"""Max-margins (l2, l_inf, Mahalanobis) with exact brackets, and certificates that data are not separable."""
