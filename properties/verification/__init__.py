"""The verdict on every claim, from evidence: its own checks, checks on optimizers, runs, certificates.

The way of a claim: its statement and own checks (:mod:`marginproof.theory.statements`), all sources of evidence
(:mod:`.sources`), the evidence combined into a verdict (:mod:`.verdict`), the registry run in parallel
(:mod:`.verify`).
"""
