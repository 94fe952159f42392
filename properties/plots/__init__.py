"""The figures, one module each; every function takes results and returns a matplotlib ``Figure``.

==============================  ========================================================================
module                          figure
==============================  ========================================================================
:mod:`marginproof.properties.plots.portrait`     N = 3: flow, fixed points, basins and cycle on the simplex; N = 2: F_1 - F_2
:mod:`marginproof.properties.plots.convergence`  1 - cosine against Σ η, log-log, with the theory's rate
:mod:`marginproof.properties.plots.margins`      normalised ℓ₂ and ℓ∞ margins against Σ η
:mod:`marginproof.properties.plots.sweeps`       cosine to the ℓ₂, ℓ∞ and Mahalanobis directions against b or β2
:mod:`marginproof.properties.plots.steps`        constant steps: angles, contraction and speed against η
:mod:`marginproof.properties.plots.certificate`  a picture of any certificate; of those without a field, ``certificate_rational``
:mod:`marginproof.properties.plots.style`        colours, fonts, saving
:mod:`marginproof.properties.plots.labels`       labels at the ends of lines, kept apart
==============================  ========================================================================

What they draw is computed in :mod:`marginproof.properties.plots.flows` (the replicator flow of a whole grid of starts at
once) and :mod:`marginproof.properties.plots.measure` (runs), :mod:`marginproof.properties.plots.sweep_data` (sweeps).  No pyplot, no global state.
"""
