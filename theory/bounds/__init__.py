"""Finite-time inequalities along a run (B1–B8), with derived rounding allowances."""
