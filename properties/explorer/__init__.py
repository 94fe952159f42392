"""A page to play with: the flow on the simplex, computed in the reader's browser, offline in one file."""
