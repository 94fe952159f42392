import pytest

from marginproof.theory.formal import files, kernel
from marginproof.theory.formal.mutants import CHANGES, fates

pytestmark = pytest.mark.skipif(kernel.coqc() is None, reason="coqc is not on the path")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("formal")
    kernel.compile_files(["sums"], place)
    return place


def listed(text, folder, monkeypatch):
    """What Print Assumptions says of the theorem ``planted`` in a file of this text."""
    kernel.compile_text(text, "planted", folder)
    monkeypatch.setattr(kernel, "theorem", lambda name: files.Theorem(name, "planted", ""))
    return kernel.assumptions(["planted"], folder)


def test_a_theorem_about_reals_rests_on_the_standard_axioms(folder, monkeypatch):
    text = "Require Import Reals. Theorem planted : (0 + 0 = 0)%R.\nProof. apply Rplus_0_l. Qed.\n"
    assert set(listed(text, folder, monkeypatch)["planted"]) <= set(kernel.AXIOMS)


def test_a_closed_theorem_has_no_axioms(folder, monkeypatch):
    assert listed("Theorem planted : True.\nProof. exact I. Qed.\n", folder, monkeypatch) == {"planted": ()}


@pytest.mark.parametrize("text", [
    "Theorem planted : 0 = 1.\nProof. Admitted.\n",
    "Axiom a : 0 = 1.\nTheorem planted : 0 = 1.\nProof. exact a. Qed.\n",
    "Hypothesis a : 0 = 1.\nTheorem planted : 0 = 1.\nProof. exact a. Qed.\n",
    "Unset Guard Checking.\nFixpoint a (n : nat) : 0 = 1 := a n.\nTheorem planted : 0 = 1.\nProof. exact (a 0). Qed.\n",
])  # fmt: skip
def test_print_assumptions_alone_catches_what_is_planted(text, folder, monkeypatch):
    with pytest.raises(kernel.Refused, match="planted assumes"):
        listed(text, folder, monkeypatch)


def test_the_words_alone_catch_it_before_compiling(tmp_path):
    (tmp_path / "sums.v").write_text("Theorem planted : 0 = 1.\nProof. Admitted.\n")
    with pytest.raises(kernel.Refused, match=r"sums\.v holds Admitted"):
        kernel.compile_files(["sums"], tmp_path, tmp_path)


def test_a_proof_that_fails_is_refused_with_its_place(folder):
    with pytest.raises(kernel.Refused, match=r"wrong\.v: .*line 2"):
        kernel.compile_text("Theorem wrong : 0 = 1.\nProof. reflexivity. Qed.\n", "wrong", folder)


def test_the_bracket_is_proved_and_two_mutants_of_it_are_not():
    assert {proof.theorem for proof in kernel.prove(["B6_linf", "B6_l2"])} == {"B6_linf", "B6_l2"}
    some = [change for change in CHANGES if change.theorem == "B6_linf"][:2]
    assert all(fate.killed for fate in fates(some))


@pytest.mark.slow
def test_every_theorem_is_proved_and_every_mutant_is_not():
    kernel.prove(name for entry in files.FORMAL for name in entry.theorems)
    assert [fate.change for fate in fates() if not fate.killed] == []
