"""Research: the questions of ``docs/research.md``, hunted again by ``python -m research``.

* :mod:`research.attractors`: how many directions attract;
* :mod:`research.cycles`: the smallest integers with a limit cycle;
* :mod:`research.cycle_runs`: real runs that follow the certified cycles;
* :mod:`research.averages`: where w/‖w‖ goes along a cycle, in a proved box;
* :mod:`research.poor_margins`: limits that are poor in both margins;
* :mod:`research.words`: how a find is shown.

Each prints what was searched and what was found; a find is certified before it is printed.
"""
