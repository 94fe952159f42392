"""One file a claim: statement, hypotheses, source, proof, checks, mutants.

File names begin with the claim's id (``i04_…`` holds I4).  A module with a ``CLAIM`` is an entry
of the registry as soon as it exists (:mod:`marginproof.theory.registry`).
"""
