"""Runs of the algorithm itself: steps of Inc-Adam enclosed in balls, and proofs that a run converges.

* :mod:`marginproof.theory.proofs.runs.inc_adam`: the algorithm on exact data, with its start;
* :mod:`marginproof.theory.proofs.runs.ball_run`: its steps in rigorous balls;
* :mod:`marginproof.theory.proofs.runs.epoch`: the epoch map with its derivative, over any number system;
* :mod:`marginproof.theory.proofs.runs.constant_step`: a constant step: the theorem, and the run into the trap;
* :mod:`marginproof.theory.proofs.runs.contraction`: the ball in which the epoch map contracts, in rigorous balls;
* :mod:`marginproof.theory.proofs.runs.trap_search`: the search for it, in floating point;
* :mod:`marginproof.theory.proofs.runs.vanishing`, :mod:`~marginproof.theory.proofs.runs.vertex`: witnesses that the checker judges.
"""
