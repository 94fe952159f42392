"""Mutants of the claims' formulas: a fast subset here; all of them under ``slow`` and ``make mutants``."""

from dataclasses import replace

import pytest
from click.testing import CliRunner

from marginproof.properties.cli.mutants import command, survivors
from marginproof.theory.claims.claim import Mutant
from marginproof.theory.claims.mutation import attack, kill_table
from marginproof.theory.registry import claim, claims

FAST = [
    (name, entry.mutants[k].kind) for name, entry in claims().items() for k in (0, len(entry.mutants) // 2)
]


@pytest.mark.parametrize(("name", "kind"), FAST)
def test_a_mutant_is_killed(name, kind):
    entry = claim(name)
    (mutant,) = [m for m in entry.mutants if m.kind == kind]
    kill = attack(entry, mutant)
    assert kill.killer is not None
    assert kill.why


@pytest.mark.slow
def test_every_mutant_is_killed():
    kills = kill_table(claims().values())
    assert len(kills) >= 5 * len(claims())
    assert survivors(kills) == []


def test_the_formula_itself_survives():
    entry = claim("I8")
    assert attack(entry, Mutant("none", entry.formula)).killer is None


def test_a_survivor_is_reported():
    entry = replace(
        claim("I4"), checks=claim("I4").checks[2:], mutants=(Mutant("none", claim("I4").formula),)
    )
    (kill,) = survivors(kill_table([entry]))
    assert (kill.claim, kill.kind) == ("I4", "none")


def test_the_kill_table_is_printed_with_its_share():
    found = CliRunner().invoke(command, ["I4"])
    assert found.exit_code == 0
    assert "7 of 7 mutants killed (100.0 %)" in found.output
