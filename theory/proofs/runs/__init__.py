"""Runs of the algorithm itself: steps of Inc-Adam enclosed in balls, and proofs that a run converges."""
