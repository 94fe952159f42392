"""``marginproof report``: one page on the claims and on data sets, with its figures and certificates."""
