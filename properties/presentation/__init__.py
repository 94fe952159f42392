"""One name, symbol, sentence and colour for each thing, wherever people see it: terminal, report, docs, figures.

==================================================  =============================================================
module                                              what it gives
==================================================  =============================================================
:mod:`marginproof.properties.presentation.notation`     plain text set for a medium: Unicode, HTML, mathtext, ASCII
:mod:`marginproof.properties.presentation.names`        the reference directions by name, plurals, vectors
:mod:`marginproof.properties.presentation.conclusions`  what a certificate proves, as an English sentence
:mod:`marginproof.properties.presentation.colours`      one colour for each direction and optimizer, light and dark
==================================================  =============================================================

Prose is written once, in plain text (``l_inf``, ``beta1``, ``gamma_2``, or the Unicode signs), and set by ``notation`` where it
is shown.  JSON keeps its keys, ``l2`` and ``linf``.
"""
