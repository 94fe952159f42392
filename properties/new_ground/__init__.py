"""New ground: the questions of ``docs/new-ground.md``, hunted again by ``python -m marginproof.properties.new_ground``.

* :mod:`marginproof.properties.new_ground.attractors`: how many directions attract;
* :mod:`marginproof.properties.new_ground.cycles`: the smallest integers with a limit cycle;
* :mod:`marginproof.properties.new_ground.cycle_runs`: real runs that follow the certified cycles;
* :mod:`marginproof.properties.new_ground.averages`: where w/‖w‖ goes along a cycle, in a proved box;
* :mod:`marginproof.properties.new_ground.poor_margins`: limits that are poor in both margins;
* :mod:`marginproof.properties.new_ground.words`: how a find is shown.

Each prints what was searched and what was found; a find is certified before it is printed.
"""
