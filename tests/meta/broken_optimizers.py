"""Planted faults: optimizers with one thing wrong each.  Every one must fail at least one check.

``FAULTS`` lists them; the names say what is wrong.  The classes with ``train`` own their loop, which is
where batching faults live.
"""

from __future__ import annotations

import numpy as np

from marginproof.properties.checks.running import batch_gradient
from marginproof.properties.conformance.reference import (
    PlainAdam,
    PlainAdamProxy,
    PlainCorrectedAdam,
    PlainGD,
    PlainSignum,
)
from marginproof.theory.losses import Loss

FAULTS: list[type] = []


def fault(cls: type) -> type:
    FAULTS.append(cls)
    return cls


# --- gradient descent -----------------------------------------------------------------------------


@fault
class GDAscends(PlainGD):
    def step(self, w, grad, lr):
        return w + lr * grad


@fault
class GDDecaysWeights(PlainGD):
    def step(self, w, grad, lr):
        return w * (1 - 1e-3 * lr) - lr * grad


@fault
class GDHeavyBall(PlainGD):
    def __init__(self, dim):
        self.m = np.zeros(dim)

    def step(self, w, grad, lr):
        self.m = 0.5 * self.m + grad
        return w - lr * self.m


@fault
class GDNormalises(PlainGD):
    def step(self, w, grad, lr):
        return w - lr * grad / np.linalg.norm(grad)


@fault
class GDSquaresTheRate(PlainGD):
    def step(self, w, grad, lr):
        return w - lr * lr * grad


@fault
class GDDelaysTheRate(PlainGD):
    rate = 0.0

    def step(self, w, grad, lr):
        lr, self.rate = self.rate, lr
        return w - lr * grad


@fault
class GDClips(PlainGD):
    def step(self, w, grad, lr):
        return w - lr * grad / max(1.0, np.linalg.norm(grad))


@fault
class GDInSinglePrecision(PlainGD):
    def step(self, w, grad, lr):
        return (w - np.float32(lr) * (grad / 3).astype(np.float32) * np.float32(3)).astype(np.float64)


@fault
class GDTakesSigns(PlainGD):
    def step(self, w, grad, lr):
        return w - lr * np.sign(grad)


@fault
class GDForgetsACoordinate(PlainGD):
    def step(self, w, grad, lr):
        new = w - lr * grad
        if len(w) > 1:
            new[-1] = w[-1]
        return new


# --- Signum ---------------------------------------------------------------------------------------


@fault
class SignumSignsBeforeAveraging(PlainSignum):
    def step(self, w, grad, lr):
        return super().step(w, np.sign(grad), lr)


@fault
class SignumWithoutSign(PlainSignum):
    def step(self, w, grad, lr):
        super().step(w, grad, lr)
        return w - lr * self.m


@fault
class SignumWithoutMomentum(PlainSignum):
    def step(self, w, grad, lr):
        return w - lr * np.sign(grad)


@fault
class SignumSwapsBeta(PlainSignum):
    def __init__(self, dim, beta):
        super().__init__(dim, 1 - beta)


@fault
class SignumResetsMomentum(PlainSignum):
    t = 0

    def step(self, w, grad, lr):
        if self.t % 3 == 0:
            self.m[:] = 0
        self.t += 1
        return super().step(w, grad, lr)


@fault
class SignumL2Normaliser(PlainSignum):
    def step(self, w, grad, lr):
        super().step(w, grad, lr)
        return w - lr * self.m / (np.linalg.norm(self.m) or 1.0)


@fault
class SignumLinfNormaliser(PlainSignum):
    def step(self, w, grad, lr):
        super().step(w, grad, lr)
        return w - lr * self.m / (np.abs(self.m).max() or 1.0)


@fault
class SignumHalfPrecisionState(PlainSignum):
    def step(self, w, grad, lr):
        new = super().step(w, grad, lr)
        self.m = self.m.astype(np.float16).astype(np.float64)
        return new


@fault
class SignumSinglePrecisionState(PlainSignum):
    def step(self, w, grad, lr):
        self.m = (self.beta * self.m + (1 - self.beta) * grad).astype(np.float32).astype(np.float64)
        return w - np.float32(lr / 3) * np.float32(3) * np.sign(self.m)


@fault
class SignumSoftSign(PlainSignum):
    def step(self, w, grad, lr):
        super().step(w, grad, lr)
        return w - lr * np.tanh(self.m / 1e-3)


@fault
class SignumEpsilon(PlainSignum):
    def step(self, w, grad, lr):
        super().step(w, grad, lr)
        return w - lr * self.m / (np.abs(self.m) + 1e-8)


@fault
class SignumDeadZone(PlainSignum):
    def step(self, w, grad, lr):
        super().step(w, grad, lr)
        return w - lr * np.where(np.abs(self.m) < 1e-6, 0.0, np.sign(self.m))


@fault
class SignumStartsFull(PlainSignum):
    first = True

    def step(self, w, grad, lr):
        if self.first:
            self.m, self.first = grad.copy(), False
            return w - lr * np.sign(self.m)
        return super().step(w, grad, lr)


@fault
class SignumNesterov(PlainSignum):
    def step(self, w, grad, lr):
        super().step(w, grad, lr)
        return w - lr * np.sign(self.beta * self.m + (1 - self.beta) * grad)


@fault
class SignumUsesStaleMomentum(PlainSignum):
    def step(self, w, grad, lr):
        stale = self.m.copy()
        super().step(w, grad, lr)
        return w - lr * np.sign(stale)


@fault
class SignumDecaysWeights(PlainSignum):
    def step(self, w, grad, lr):
        return super().step(w * (1 - 0.01 * lr), grad, lr)


@fault
class SignumSharesMomentum(PlainSignum):
    def step(self, w, grad, lr):
        super().step(w, grad, lr)
        return w - lr * np.sign(self.m + 0.5 * self.m.mean())


@fault
class SignumZeroCountsAsPositive(PlainSignum):
    def step(self, w, grad, lr):
        super().step(w, grad, lr)
        return w - lr * np.where(self.m >= 0, 1.0, -1.0)


@fault
class SignumSquaresBeta(PlainSignum):
    def __init__(self, dim, beta):
        super().__init__(dim, beta * beta)


@fault
class SignumCapsBeta(PlainSignum):
    def __init__(self, dim, beta):
        super().__init__(dim, min(beta, 0.9))


@fault
class SignumStepsTwice(PlainSignum):
    def step(self, w, grad, lr):
        return super().step(super().step(w, grad, lr), grad, lr)


@fault
class SignumLooksAtTwoBetas(PlainSignum):
    """Lion: the direction averages with one β, the state with another."""

    def step(self, w, grad, lr):
        direction = self.beta * self.m + (1 - self.beta) * grad
        slow = (1 + self.beta) / 2
        self.m = slow * self.m + (1 - slow) * grad
        return w - lr * np.sign(direction)


# --- Adam -----------------------------------------------------------------------------------------


@fault
class AdamWithoutRoot(PlainAdam):
    def direction(self, grad):
        super().direction(grad)
        return self.m / np.where(self.v > 0, self.v, 1.0)


@fault
class AdamSwapsBetas(PlainAdam):
    def __init__(self, dim, beta1, beta2):
        super().__init__(dim, beta2, beta1)


@fault
class AdamVarianceOfMomentum(PlainAdam):
    def direction(self, grad):
        self.m = self.beta1 * self.m + (1 - self.beta1) * grad
        self.v = self.beta2 * self.v + (1 - self.beta2) * self.m**2
        return self.m / np.sqrt(np.where(self.v > 0, self.v, 1.0))


@fault
class AdamAbsoluteInsteadOfSquare(PlainAdam):
    def direction(self, grad):
        self.m = self.beta1 * self.m + (1 - self.beta1) * grad
        self.v = self.beta2 * self.v + (1 - self.beta2) * np.abs(grad)
        return self.m / np.where(self.v > 0, self.v, 1.0)


@fault
class AdamEpsilonOutside(PlainAdam):
    def direction(self, grad):
        super().direction(grad)
        return self.m / (np.sqrt(self.v) + 1e-8)


@fault
class AdamEpsilonInsideTheRoot(PlainAdam):
    def direction(self, grad):
        super().direction(grad)
        return self.m / np.sqrt(self.v + 1e-8)


@fault
class AdamAddsEpsilonToTheState(PlainAdam):
    def direction(self, grad):
        u = super().direction(grad)
        self.v = self.v + 1e-8
        return u


@fault
class AdamKeepsTheMaximum(PlainAdam):
    """AMSGrad."""

    def direction(self, grad):
        super().direction(grad)
        self.top = np.maximum(getattr(self, "top", 0.0), self.v)
        return self.m / np.sqrt(np.where(self.top > 0, self.top, 1.0))


@fault
class AdamWithoutMomentum(PlainAdam):
    def direction(self, grad):
        super().direction(grad)
        return grad / np.sqrt(np.where(self.v > 0, self.v, 1.0))


@fault
class AdamCorrectsUnasked(PlainCorrectedAdam):
    corrected = False


@fault
class AdamCorrectsHalf(PlainAdam):
    corrected = True
    t = 0

    def step(self, w, grad, lr):
        self.t += 1
        return w - lr * self.direction(grad) / (1 - self.beta1**self.t)


@fault
class AdamSharesVariance(PlainAdam):
    def direction(self, grad):
        super().direction(grad)
        return self.m / np.sqrt(np.where(self.v.mean() > 0, self.v.mean(), 1.0))


@fault
class AdamLagsVariance(PlainAdam):
    last = None

    def direction(self, grad):
        u = super().direction(grad if self.last is None else self.last)
        self.last = grad.copy()
        return u


@fault
class AdamResetsVariance(PlainAdam):
    t = 0

    def direction(self, grad):
        if self.t % 3 == 0:
            self.v[:] = 0
        self.t += 1
        return super().direction(grad)


@fault
class AdamHalfPrecisionVariance(PlainAdam):
    def direction(self, grad):
        super().direction(grad)
        self.v = self.v.astype(np.float16).astype(np.float64)
        return self.m / np.sqrt(np.where(self.v > 0, self.v, 1.0))


@fault
class AdamSinglePrecision(PlainAdam):
    def direction(self, grad):
        return (
            super().direction(grad.astype(np.float32) / np.float32(3)).astype(np.float32).astype(np.float64)
        )


@fault
class AdamMaximumNorm(PlainAdam):
    """Adamax."""

    def direction(self, grad):
        self.m = self.beta1 * self.m + (1 - self.beta1) * grad
        self.v = np.maximum(self.beta2 * self.v, np.abs(grad))
        return self.m / np.where(self.v > 0, self.v, 1.0)


@fault
class AdamForgetsToWeighSquares(PlainAdam):
    def direction(self, grad):
        self.m = self.beta1 * self.m + (1 - self.beta1) * grad
        self.v = self.beta2 * self.v + grad * grad
        return self.m / np.sqrt(np.where(self.v > 0, self.v, 1.0))


@fault
class AdamDecaysWeights(PlainAdam):
    def step(self, w, grad, lr):
        return super().step(w * (1 - 0.01 * lr), grad, lr)


@fault
class AdamRegularises(PlainAdam):
    def step(self, w, grad, lr):
        return super().step(w, grad + 0.01 * w, lr)


@fault
class AdamClipsSteps(PlainAdam):
    def direction(self, grad):
        return np.clip(super().direction(grad), -1, 1)


@fault
class AdamCentresVariance(PlainAdam):
    """AdaBelief."""

    def direction(self, grad):
        self.m = self.beta1 * self.m + (1 - self.beta1) * grad
        self.v = self.beta2 * self.v + (1 - self.beta2) * (grad - self.m) ** 2
        return self.m / np.sqrt(np.where(self.v > 0, self.v, 1.0))


@fault
class AdamNesterov(PlainAdam):
    def direction(self, grad):
        super().direction(grad)
        ahead = self.beta1 * self.m + (1 - self.beta1) * grad
        return ahead / np.sqrt(np.where(self.v > 0, self.v, 1.0))


@fault
class CorrectedAdamCountsFromTwo(PlainCorrectedAdam):
    def __init__(self, dim, beta1, beta2):
        super().__init__(dim, beta1, beta2)
        self.t = 1


@fault
class CorrectedAdamMixesUpBetas(PlainCorrectedAdam):
    def step(self, w, grad, lr):
        self.t += 1
        factor = np.sqrt(1 - self.beta1**self.t) / (1 - self.beta1**self.t)
        return w - lr * (factor * self.direction(grad))


# --- AdamProxy ------------------------------------------------------------------------------------


@fault
class ProxyTakesTheSign(PlainAdamProxy):
    def step(self, w, grad, lr):
        return w - lr * np.sign(grad.sum(axis=0))


@fault
class ProxySumsAbsoluteValues(PlainAdamProxy):
    def step(self, w, grad, lr):
        size = np.abs(grad).sum(axis=0)
        return w - lr * grad.sum(axis=0) / np.where(size > 0, size, 1.0)


@fault
class ProxyAveragesGradients(PlainAdamProxy):
    def step(self, w, grad, lr):
        return super().step(w, grad, lr / len(grad))


# --- loops ----------------------------------------------------------------------------------------


class SignumLoop:
    """A correct loop of Signum's; the faults below change one line of it."""

    family = "signum"
    make = PlainSignum

    def __init__(self, dim, **hyper):
        self.optimizer = self.make(dim, **hyper)

    def rows(self, batches, t, n):
        return batches[t]

    def gradient(self, X, W, t, rows, loss):
        return batch_gradient(X, W[t], rows, loss)

    def train(self, X, batches, lrs, loss):
        W = np.zeros((len(lrs) + 1, X.shape[1]))
        for t, lr in enumerate(lrs):
            grad = self.gradient(X, W, t, self.rows(batches, t, len(X)), loss)
            W[t + 1] = self.optimizer.step(W[t], grad, lr)
        return W


class AdamLoop(SignumLoop):
    """The same with Adam."""

    family = "adam"
    make = PlainAdam


@fault
class LoopResetsEveryEpoch(SignumLoop):
    def gradient(self, X, W, t, rows, loss):
        if t % max(1, len(X) // len(rows)) == 0:
            self.optimizer.m[:] = 0
        return super().gradient(X, W, t, rows, loss)


@fault
class LoopOffByOneBatch(SignumLoop):
    def rows(self, batches, t, n):
        return batches[min(t + 1, len(batches) - 1)]


@fault
class LoopOffByOneRow(SignumLoop):
    def rows(self, batches, t, n):
        return (batches[t] + 1) % n


@fault
class LoopDropsTheLastRow(SignumLoop):
    def gradient(self, X, W, t, rows, loss):
        kept = rows[rows < len(X) - 1] if len(X) > 1 else rows
        return super().gradient(X, W, t, kept if len(kept) else rows[:1] * 0, loss)


@fault
class LoopUsesStaleGradients(SignumLoop):
    def gradient(self, X, W, t, rows, loss):
        return batch_gradient(X, W[max(t - 1, 0)], rows, loss)


@fault
class LoopMixesUpTheLoss(AdamLoop):
    def gradient(self, X, W, t, rows, loss):
        return super().gradient(X, W, t, rows, Loss.EXPONENTIAL if loss is Loss.LOGISTIC else Loss.LOGISTIC)


@fault
class LoopMislabelsARow(SignumLoop):
    def gradient(self, X, W, t, rows, loss):
        X = X.copy()
        X[0] = -X[0]
        return super().gradient(X, W, t, rows, loss)


@fault
class LoopForgetsLossWeights(SignumLoop):
    def gradient(self, X, W, t, rows, loss):
        return -X[rows].mean(axis=0)


@fault
class LoopDelaysTheSchedule(SignumLoop):
    def train(self, X, batches, lrs, loss):
        return super().train(X, batches, np.r_[lrs[:1] * 2, lrs[:-1]], loss)


@fault
class LoopAveragesIterates(SignumLoop):
    def train(self, X, batches, lrs, loss):
        W = super().train(X, batches, lrs, loss)
        return np.cumsum(W, axis=0) / np.arange(1, len(W) + 1)[:, None]


@fault
class LoopTakesTheFullBatch(AdamLoop):
    def rows(self, batches, t, n):
        return np.arange(n)


@fault
class LoopVarianceFromTheFullBatch(AdamLoop):
    def train(self, X, batches, lrs, loss):
        b1, b2 = self.optimizer.beta1, self.optimizer.beta2
        W, m, v = np.zeros((len(lrs) + 1, X.shape[1])), 0.0, 0.0
        for t, lr in enumerate(lrs):
            full = batch_gradient(X, W[t], np.arange(len(X)), loss)
            m = b1 * m + (1 - b1) * batch_gradient(X, W[t], batches[t], loss)
            v = b2 * v + (1 - b2) * full**2
            W[t + 1] = W[t] - lr * m / np.sqrt(np.where(v > 0, v, 1.0))
        return W


@fault
class LoopVariancePerSample(AdamLoop):
    def train(self, X, batches, lrs, loss):
        b1, b2 = self.optimizer.beta1, self.optimizer.beta2
        W, m, v = np.zeros((len(lrs) + 1, X.shape[1])), 0.0, 0.0
        for t, lr in enumerate(lrs):
            each = -loss.slopes(X[batches[t]] @ W[t])[:, None] * X[batches[t]]
            m = b1 * m + (1 - b1) * each.mean(axis=0)
            v = b2 * v + (1 - b2) * (each**2).mean(axis=0)
            W[t + 1] = W[t] - lr * m / np.sqrt(np.where(v > 0, v, 1.0))
        return W
