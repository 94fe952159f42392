"""The limit equation F_j(c) >= γ, equal where c_j > 0, and one way of solving it a file (floating point)."""
