"""Hunt a conjecture of one's own: ``python own_conjecture.py``.

The conjecture: AdamProxy's limit from w = 0 always keeps at least nine tenths of the l2 max-margin.
"""

import numpy as np

from marginproof import batched
from marginproof.properties.hunt import Hunt, hunt
from marginproof.theory.prediction import Prediction


def keeps_the_margin(X: np.ndarray, prediction: Prediction) -> float:
    """Negative where the conjecture fails: the share of γ_2 that is kept, less 9/10."""
    return prediction.margin_ratios["l2"] - 0.9


@batched
def keeps_half(X: np.ndarray, prediction: Prediction) -> np.ndarray:
    """The same with 1/2, for a whole batch: X has shape (B, N, d), the answer shape (B,)."""
    return prediction.margin_ratios["l2"] - 0.5


def main() -> None:
    """Search, shrink, certify."""
    result = hunt(Hunt("own_conjecture:keeps_the_margin", n=2, d=2, max_entry=9, seconds=30.0, chunk=50))
    if result.certificate is None:
        print(f"searched, not found: {result.tried} data sets")
        return
    verdict, _ = result.certificate.verdict()
    print(f"refuted by {result.shrunk.astype(int).tolist()}; certificate of its limit: {verdict}")
    print(result.certificate.note)


if __name__ == "__main__":
    main()
