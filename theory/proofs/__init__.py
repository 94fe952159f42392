"""Proofs by interval arithmetic: that a solution exists, that the list is complete, that a flow is trapped."""
