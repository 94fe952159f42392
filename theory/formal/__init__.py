"""The bounds for every N and d in Coq: one small ``.v`` file a statement, and what compiles and compares them.

Nothing here is needed to use the package.  Where ``coqc`` is on the path, :mod:`.kernel` compiles the
files afresh and lists what each theorem assumes; where it is not, nothing is claimed.
"""
