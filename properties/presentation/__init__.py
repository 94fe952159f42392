"""One name, symbol, sentence and colour for each thing, wherever people see it: terminal, report, docs, figures.

Prose is written once, in plain text (``l_inf``, ``beta1``, ``gamma_2``, or the Unicode signs), and set by ``notation`` where it
is shown.  JSON keeps its keys, ``l2`` and ``linf``.
"""
