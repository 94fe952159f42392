"""The mathematics: arrays in, frozen results out; no files, no randomness, no printing.

Every optimizer is a direction field u(c) on the simplex (:mod:`marginproof.theory.fields`), and every
limit solves one complementarity problem (:mod:`marginproof.theory.limit.problem`).  This package imports neither
``constructions`` nor ``properties``.
"""
