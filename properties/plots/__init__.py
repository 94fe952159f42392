"""The figures, one module each; every function takes results and returns a matplotlib ``Figure``.

What they draw is computed in :mod:`marginproof.properties.plots.flows` (the replicator flow of a whole grid of starts at
once) and :mod:`marginproof.properties.plots.measure` (runs), :mod:`marginproof.properties.plots.sweep_data` (sweeps).  No pyplot, no global state.
"""
