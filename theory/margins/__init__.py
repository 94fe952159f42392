"""Max-margins (ℓ₂, ℓ∞, Mahalanobis) with exact brackets, and certificates that data are not separable."""
