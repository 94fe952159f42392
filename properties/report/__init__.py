"""``marginproof report``: one page on the claims and on data sets, with its figures and certificates.

==============================  =====================================================================
module                          part
==============================  =====================================================================
:mod:`properties.report.claims`   the table of claims: kept verdicts, or a quick run where there are none
:mod:`properties.report.data`     a data set: margins, limits, runs, figures
:mod:`properties.report.inline`   figures inside the page, in the page's own colours
:mod:`properties.report.page`     the template and its numbers
:mod:`properties.report.build`    the whole, written at once or not at all
==============================  =====================================================================
"""
