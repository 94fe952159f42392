"""The optimizers of torch and optax against the claims: each check kept or broken as the table says (``make real``)."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import Phase, settings

from benchmarks.expected_conformance import EXAMPLES, SEED, TABLE, Measured, declared, ids, row, table
from marginproof.properties.conformance.foreign import KNOWN
from marginproof.properties.conformance.loading import subject_of
from marginproof.properties.conformance.profiles import DEFAULT
from marginproof.properties.conformance.selection import BY_ID
from marginproof.properties.conformance.suite import CheckStatus, check_optimizer, run_check

DOCS = Path(__file__).resolve().parents[3] / "docs" / "conformance.md"
WANTED = {
    "torch": {"SGD", "Adam", "AdamW", "RMSprop", "Adamax", "NAdam", "RAdam"},
    "optax": {"sgd", "adam", "sign_sgd", "lion", "rmsprop", "adabelief"},
}


@pytest.fixture
def seeded() -> Iterator[None]:
    """The same examples each time: nothing from the database; a failure expected need not be shrunk."""
    before = settings.get_current_profile_name()
    settings.register_profile(
        "measured",
        settings.get_profile(DEFAULT),
        database=None,
        phases=(Phase.explicit, Phase.generate),
    )
    settings.load_profile("measured")
    yield
    settings.load_profile(before)


@pytest.mark.real
@pytest.mark.usefixtures("seeded")
@pytest.mark.parametrize("known", TABLE, ids=lambda known: known.name)
def test_an_optimizer_keeps_and_breaks_what_the_table_says(known: Measured) -> None:
    pytest.importorskip(known.library, reason=f"install the extra {known.library}: make real")
    subject = subject_of(known.factory())
    assert subject.declared == declared(known)
    broken: dict[str, str] = {}
    for check in BY_ID.values():
        result = run_check(check, subject, EXAMPLES, SEED)
        if result.status is CheckStatus.FAILED:
            broken[check.id] = result.report
        elif result.status is CheckStatus.HELD:
            assert result.examples > 0
    assert set(broken) == set(known.breaks), {
        name: broken.get(name, "held") for name in set(broken) ^ set(known.breaks)
    }


QUICK = ("I1", "I3", "I11", "B1", "B2", "B4", "B5")


@pytest.mark.real
@pytest.mark.usefixtures("seeded")
@pytest.mark.parametrize("known", TABLE, ids=lambda known: known.name)
def test_an_optimizer_keeps_its_law_in_float32(known: Measured) -> None:
    """NAdam's state_dict too: what it casts in float64 is float32 here."""
    pytest.importorskip(known.library, reason=f"install the extra {known.library}: make real")
    single = functools.partial(known.factory())
    single.law, single.unit = known.law, 2.0**-24  # type: ignore[attr-defined]
    subject = subject_of(single)
    assert subject.unit == 2.0**-24
    results = [run_check(check, subject, 4, SEED) for check in BY_ID.values() if check.claim in QUICK]
    assert not [result.report for result in results if result.status is CheckStatus.FAILED]
    assert sum(result.status is CheckStatus.HELD for result in results) >= 5


@pytest.mark.real
def test_torchs_centred_rmsprop_takes_the_root_of_a_negative_variance() -> None:
    """As the documentation says; on another gradient it does not."""
    torch = pytest.importorskip("torch", reason="install the extra torch: make real")

    def first_nan(g: float) -> int | None:
        w = torch.zeros(1, dtype=torch.float64, requires_grad=True)
        rmsprop = torch.optim.RMSprop([w], lr=1.0, alpha=0.5, centered=True)
        for t in range(1, 101):
            w.grad = torch.tensor([g], dtype=torch.float64)
            rmsprop.step()
            if not bool(torch.isfinite(w).all()):
                return t
        return None

    assert first_nan(0.625) == 53
    assert first_nan(0.5) is None


@pytest.mark.real
@pytest.mark.parametrize("shape", [(1, 4), (3, 3)], ids=str)
def test_torchs_muon_does_not_quite_orthogonalise(shape: tuple[int, int]) -> None:
    """As the documentation says: singular values near 1, and not 1."""
    torch = pytest.importorskip("torch", reason="install the extra torch: make real")
    w = torch.zeros(shape, dtype=torch.float64, requires_grad=True)
    muon = torch.optim.Muon([w], lr=1.0, weight_decay=0.0, nesterov=False)
    w.grad = torch.as_tensor(np.random.default_rng(0).normal(size=shape))
    muon.step()
    values = np.linalg.svd(w.detach().numpy(), compute_uv=False)
    assert 0.6 < values.min() < 0.8 and values.max() < 1.2


@pytest.mark.real
@pytest.mark.parametrize("zero", [False, True])
def test_torchs_sparse_adam_is_adam_where_every_coordinate_has_a_gradient(zero: bool) -> None:
    torch = pytest.importorskip("torch", reason="install the extra torch: make real")
    w = torch.nn.Parameter(torch.zeros(4, dtype=torch.float64))
    adam = torch.optim.SparseAdam([w], lr=1.0, eps=1e-2)
    random = np.random.default_rng(0)
    m, v, x = np.zeros((3, 4))
    for t in range(1, 6):
        g = random.normal(size=4)
        g[0] *= not (zero and t == 3)
        w.grad = torch.as_tensor(g).to_sparse()
        adam.step()
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        x = x - np.sqrt(1 - 0.999**t) / (1 - 0.9**t) * m / (np.sqrt(v) + 1e-2)
    assert np.allclose(w.detach().numpy(), x, rtol=0, atol=1e-14) is not zero


@pytest.mark.real
def test_expected_failures_of_a_real_optimizer_are_accepted_with_their_reason() -> None:
    torch = pytest.importorskip("torch", reason="install the extra torch: make real")
    wrong = functools.partial(torch.optim.Adam, amsgrad=True)
    wrong.law = "adam:eps=1e-8,corrected=yes"  # type: ignore[attr-defined]
    results = check_optimizer(
        wrong,
        claims="I1",
        expected_failed_claims={"I1.unrolled": "a maximum", "I1": "a maximum"},
        max_examples=10,
    )
    assert results[0].status is CheckStatus.EXPECTED_FAILURE
    without = functools.partial(torch.optim.Adam, eps=0.0)
    assert {r.status for r in check_optimizer(without, claims="I3", max_examples=10)} == {CheckStatus.HELD}


def test_the_table_has_every_optimizer_and_known_checks_each_with_a_reason() -> None:
    for library, names in WANTED.items():
        assert names <= {known.attribute for known in TABLE if known.library == library}
        assert {f"{library}.{name}" for name in names} <= set(KNOWN)
    for known in TABLE:
        assert set(known.breaks) <= set(BY_ID)
        assert all(len(reason) > 8 for reason in known.breaks.values())
    assert len({known.name for known in TABLE}) == len(TABLE)


def test_the_documentation_shows_the_table() -> None:
    text = DOCS.read_text(encoding="utf-8")
    shown = text.partition("| optimizer | law | keeps |")[2].partition("\n\n")[0].splitlines()
    assert shown[2:] == table(), (
        "python -c 'from benchmarks.expected_conformance import *; print(*table(), sep=chr(10))'"
    )


def test_ids_are_put_together_where_all_of_a_claim_that_apply_are_named() -> None:
    assert ids(["I3.scale", "I1.run"], ["I3.scale", "I3.signs", "I1.run", "I1.steady"]) == "I1.run, I3.scale"
    assert (
        ids(["B1.step", "I11.extremal", "I3.signs"], ["I11.extremal", "I3.signs", "B1.step"]) == "I3, I11, B1"
    )


def test_a_row_says_what_is_kept_and_what_is_broken_and_why() -> None:
    plain = Measured("sign", "optax", "sign_sgd", {}, "signgd", {"B2.norm": "too long"})
    assert row(plain) == "| sign | signgd | I1, I3, B2.margin, B2.strong, B5, B6, L6 | B2.norm: too long |"
    assert row(Measured("x", "torch.optim", "SGD", {}, "gd")) == "| x | gd | I1, I3, B4, B6, L7 | – |"
