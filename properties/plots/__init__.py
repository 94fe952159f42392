"""The figures, one module each; every function takes results and returns a matplotlib ``Figure``.

==============================  ========================================================================
module                          figure
==============================  ========================================================================
:mod:`properties.plots.portrait`     N = 3: flow, fixed points, basins and cycle on the simplex; N = 2: F_1 - F_2
:mod:`properties.plots.convergence`  1 - cosine against Σ η, log-log, with the theory's rate
:mod:`properties.plots.margins`      normalised l2 and l_inf margins against Σ η
:mod:`properties.plots.sweeps`       cosine to the l2, l_inf and Mahalanobis directions against b or β2
:mod:`properties.plots.certificate`  a picture of any certificate; of those without a field, ``certificate_rational``
:mod:`properties.plots.style`        colours, fonts, saving
:mod:`properties.plots.labels`       labels at the ends of lines, kept apart
==============================  ========================================================================

What they draw is computed in :mod:`properties.plots.flows` (the replicator flow of a whole grid of starts at
once) and :mod:`properties.plots.measure` (runs), :mod:`properties.plots.settings_swept` (sweeps).  No pyplot, no global state.
"""
