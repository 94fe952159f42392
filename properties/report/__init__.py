"""``marginproof report``: one page on the claims and on data sets, with its figures and certificates.

==============================  =====================================================================
module                          part
==============================  =====================================================================
:mod:`marginproof.properties.report.claims`   the table of claims: kept verdicts, or a quick run where it is asked for
:mod:`marginproof.properties.report.data`     a data set: margins, limits, runs
:mod:`marginproof.properties.report.drawing`  its figures, with captions and words
:mod:`marginproof.properties.report.inline`   figures inside the page, in the page's own colours
:mod:`marginproof.properties.report.page`     the template and its numbers
:mod:`marginproof.properties.report.build`    the whole, written at once or not at all
==============================  =====================================================================
"""
