import re

import pytest

from marginproof.theory.formal import files, kernel
from marginproof.theory.formal.mutants import CHANGES, changed, statements_only
from marginproof.theory.registry import claim

STEMS = sorted(path.stem for path in files.FOLDER.glob("*.v"))


def test_every_formal_claim_is_in_the_registry_and_its_theorems_in_its_file():
    for entry in files.FORMAL:
        assert claim(entry.claim).id == entry.claim
        assert {files.theorem(name).file for name in entry.theorems} == {entry.file}
        assert (files.FOLDER.parents[1] / entry.path).exists()


def test_the_files_hold_no_forbidden_word_and_stay_small():
    assert not [stem for stem in STEMS if kernel.forbidden(files.source(stem))]
    assert sum(len(files.source(stem).splitlines()) for stem in STEMS) <= 1500


@pytest.mark.parametrize(
    "text", ["Proof. Admitted.", "Axiom a : False.", "Parameter b : R.", "Unset Guard Checking."]
)
def test_a_planted_word_is_found_and_its_comment_is_not(text):
    assert kernel.forbidden(text)
    assert not kernel.forbidden(f"(* {text} (* nested *) {text} *)")


def test_files_compile_in_the_order_they_need():
    assert files.required("b5") == ["sums", "setting", "b6", "hoeffding", "b5"]
    for stem in STEMS:
        assert files.required(stem)[-1] == stem


def test_a_statement_is_the_theorems_text_to_its_full_stop():
    text = files.theorem("I11_at_least_1").statement
    assert text == "Theorem I11_at_least_1 (β1 β2 : R) : β1 * β1 < β2 < 1 -> 1 <= A β1 β2."


def test_every_mutant_applies_once_and_changes_a_statement():
    for change in CHANGES:
        assert statements_only(changed(change)) != statements_only(files.source(change.file))
    kinds = {name: {c.kind for c in CHANGES if c.theorem == name} for name in {c.theorem for c in CHANGES}}
    assert {name for entry in files.FORMAL for name in entry.theorems} <= set(kinds)


def test_a_proof_is_left_out_whole():
    text = statements_only(files.source("b6"))
    assert "Qed" not in text
    assert len(re.findall(r"^Proof. Admitted.", text, re.MULTILINE)) == files.source("b6").count("Qed.")
