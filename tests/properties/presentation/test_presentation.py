"""The presentation layer: notation in each medium, English conclusions of the whole corpus, one colour an object."""

import json

import pytest

from marginproof.constructions.corpus import corpus
from marginproof.properties.presentation import colours
from marginproof.properties.presentation.conclusions import conclusion, refuted
from marginproof.properties.presentation.names import listed, plural
from marginproof.properties.presentation.notation import in_ascii, in_html, in_unicode
from marginproof.theory.optimizers import GD, Adam, AdamProxy, SignGD, Signum


@pytest.mark.parametrize(
    ("plain", "shown"),
    [
        ("the l_inf margin", "the ℓ∞ margin"),
        ("linf and l2", "ℓ∞ and ℓ₂"),
        ("beta1 <= beta2", "β₁ ≤ β₂"),
        ("‖w‖_∞ of γ_∞", "‖w‖∞ of γ∞"),
        ("3 x 5 data", "3 × 5 data"),
        ("c_12 = 0.5, u_3", "c₁₂ = 0.5, u₃"),
        ("u1, F1 and w2", "u1, F1 and w2"),
        ("l2.json", "l2.json"),
        ("proofs/l2", "proofs/l2"),
        ("--beta1", "--beta1"),
        ("beta2=0.99", "beta2=0.99"),
        ("all2all", "all2all"),
    ],
)
def test_text_is_set_for_a_terminal_and_names_of_files_and_options_are_left(plain: str, shown: str) -> None:
    assert in_unicode(plain) == shown


def test_every_medium_has_its_one_notation_from_each_spelling() -> None:
    for spelling in ("l_inf", "linf", "ℓ∞", "ℓ_∞"):
        assert in_unicode(spelling) == "ℓ∞"
        assert str(in_html(spelling)) == "ℓ<sub>∞</sub>"
        assert in_ascii(spelling) == "linf"


def test_a_formula_is_set_as_a_whole() -> None:
    for names in ("mine:gamma", "beta1:eta", "my_gamma:l2"):
        assert in_unicode(f"Hunted {names}, about gamma_inf") == f"Hunted {names}, about γ∞"
    assert in_unicode("1/sqrt(1 - beta2) <= 2, sqrt(v) and beta1^2") == "1/√(1 - β₂) ≤ 2, √v and β₁²"


def test_html_is_escaped() -> None:
    assert str(in_html("<l2>")) == "&lt;ℓ<sub>2</sub>&gt;"


@pytest.mark.parametrize("entry", corpus(), ids=lambda entry: entry.name)
def test_every_certificate_has_one_sentence(entry) -> None:
    text = conclusion(entry.path)
    assert text.endswith(".") and text[0].isupper()
    assert "l_inf" not in text and "beta1" not in text and "{" not in text
    body = json.loads(entry.path.read_text())
    assert bool(refuted(body)) == bool(body["claim"])
    assert f"{len(body['data'])} × {len(body['data'][0])}" in text or "gradients" in text


def test_a_conclusion_follows_the_facts() -> None:
    body = json.loads(next(e for e in corpus() if e.name == "R1-three-solutions").path.read_text())
    assert "exactly three solutions; two of them attract" in conclusion(body)
    body["conclusion"] |= {"complete": False, "unstable_directions": [1]}
    assert "has a solution, alone in its box, which repels" in conclusion(body)


def test_an_object_has_one_colour() -> None:
    assert colours.of_optimizer(AdamProxy(), 4, 4) == colours.DIRECTIONS["adamproxy"]
    assert colours.of_optimizer(GD(), 1, 4) == colours.DIRECTIONS["l2"]
    for optimizer in (Adam(), SignGD()):
        assert colours.of_optimizer(optimizer, 4, 4) == colours.DIRECTIONS["linf"]
    own = {colours.of_optimizer(one, 1, 4) for one in (Adam(), Signum())}
    assert len(own) == 2 and not own & set(colours.DIRECTIONS.values())


def test_counts_agree_with_their_nouns() -> None:
    assert [plural(n, "batch") for n in (0, 1, 2)] == ["0 batches", "1 batch", "2 batches"]
    assert listed(["a", "b", "c"]) == "a, b and c"


def test_names_to_be_typed_stay_as_they_are():
    assert in_unicode("beta2=2: choose 0 <= beta2 < 1") == "beta2=2: choose 0 ≤ β₂ < 1"
    assert in_unicode("study=x: choose one of gaussian, beta2, cycle").endswith("of gaussian, beta2, cycle")


@pytest.mark.parametrize(
    ("upper", "said"),
    [
        ("18669056740000001/10000000000000000", "is about 1.866905674, enclosed to 1e-15."),
        ("18669056740000002/10000000000000000", "is about 1.866905674, enclosed to 1e-15."),
        ("18669056740000011/10000000000000000", "is about 1.866905674, enclosed to 1e-14."),
        ("18669056760000000/10000000000000001", "lies between about 1.866905674 and about 1.866905676."),
    ],
)
def test_a_bracket_is_not_said_to_lie_between_a_number_and_itself(upper, said):
    facts = {"norm": "2", "lower": "18669056740000000000/10000000000000000001", "upper": upper}
    assert conclusion({"data": [[1, 2]], "conclusion": facts}).endswith(said)
