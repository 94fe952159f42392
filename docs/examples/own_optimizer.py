"""Check an optimizer of one's own, and see a broken one caught: ``python own_optimizer.py``."""

import numpy as np

from marginproof.properties.conformance.suite import CheckStatus, check_optimizer


class MySignum:
    """m ← βm + (1-β)g, w ← w - η sign(m)."""

    family = "signum"

    def __init__(self, dim: int, beta: float) -> None:
        self.beta, self.m = beta, np.zeros(dim)

    def step(self, w: np.ndarray, grad: np.ndarray, lr: float) -> np.ndarray:
        """One step."""
        self.m = self.beta * self.m + (1 - self.beta) * grad
        return w - lr * np.sign(self.m)


class ForgetfulSignum(MySignum):
    """The same with one fault: it averages signs, not gradients."""

    def step(self, w: np.ndarray, grad: np.ndarray, lr: float) -> np.ndarray:
        """One step."""
        return super().step(w, np.sign(grad), lr)


def main() -> None:
    """Run both."""
    for optimizer in (MySignum, ForgetfulSignum):
        results = check_optimizer(optimizer, max_examples=4, fixed_seed=0, on_fail=None)
        for result in results:
            if result.status is CheckStatus.FAILED:
                print(f"{optimizer.__name__}: {result.check.id} failed on {len(result.case.rows)} row(s)")
        held = sum(result.status is CheckStatus.HELD for result in results)
        print(f"{optimizer.__name__}: {held} checks held on {sum(r.examples for r in results)} examples")


if __name__ == "__main__":
    main()
