"""scikit-learn estimators (the extra ``sklearn``): see :mod:`marginproof.properties.sklearn`."""

from marginproof.properties.sklearn import LimitClassifier as LimitClassifier
from marginproof.properties.sklearn import MaxMarginClassifier as MaxMarginClassifier
from marginproof.properties.sklearn import NotSeparableWarning as NotSeparableWarning

__all__ = ["LimitClassifier", "MaxMarginClassifier", "NotSeparableWarning"]
