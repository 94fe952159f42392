"""Finite-time inequalities along a run (B1–B6), with derived rounding allowances."""
