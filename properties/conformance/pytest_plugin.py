"""``pytest --marginproof-optimizer module:name``: the claims collected as tests, with a coverage table at the end.

Loaded by the entry module ``marginproof.pytest_plugin`` only when one of the options is used.
"""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from _pytest.runner import collect_one_node
from hypothesis import settings

from marginproof.properties.checks.check import Check
from marginproof.properties.checks.subjects import OptimizerUnderTest
from marginproof.properties.conformance.coverage import table, versions
from marginproof.properties.conformance.identify import with_diagnosis
from marginproof.properties.conformance.interruption import between_examples
from marginproof.properties.conformance.loading import found_at, load
from marginproof.properties.conformance.one_check import examples_of
from marginproof.properties.conformance.pace import pace
from marginproof.properties.conformance.profiles import ours_or
from marginproof.properties.conformance.report_place import refuse_report
from marginproof.properties.conformance.results import CheckResult, CheckStatus
from marginproof.properties.conformance.resume import Store, key_of, run_in_slices
from marginproof.properties.conformance.selection import (
    against_expectation,
    family_in,
    refuse_unknown,
    select,
)
from marginproof.properties.conformance.trial import tried
from marginproof.properties.writing import write_atomically
from marginproof.theory.errors import MarginproofError
from marginproof.theory.laws.settings import read


class NonconformingItemError(Exception):
    """Carries the report of a failed check to the terminal."""


class Conformance:
    """The plugin: options in, items collected, table and JSON out."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.results: list[CheckResult] = []
        self.subject: OptimizerUnderTest | None = None
        self.claims: str | None = config.getoption("marginproof_claims")
        self.expected: dict[str, str] = {}
        self.store: Store | None = None
        self.slow = ""
        self.budget: int | None = config.getoption("marginproof_max_examples")
        try:
            self._prepare()
        except MarginproofError as error:
            raise pytest.UsageError(str(error)) from error

    def _prepare(self) -> None:
        for check in select(self.claims):
            examples_of(check, self.budget)
        if report := self.config.getoption("marginproof_report"):
            refuse_report(Path(report), self.config.getoption("marginproof_resume"))
        target = self.config.getoption("marginproof_optimizer")
        xfails = self.config.getoption("marginproof_xfails")
        if xfails:
            self.expected = read_expected(Path(xfails))
        if target:
            sys.path.append(str(self.config.invocation_params.dir))  # last, so that it hides nothing
            stated = self.config.getoption("marginproof_law", default=None)
            begun = perf_counter()
            self.subject = load(target, family_in(self.claims), read(stated) if stated else None)
            tried(self.subject)
            self.slow = pace(self.subject, perf_counter() - begun)
            settings.load_profile(ours_or(self.config.getoption("--hypothesis-profile", default=None)))
            self._open_store(self.config.getoption("marginproof_resume"))
        else:
            raise MarginproofError(
                "--marginproof-optimizer is missing; name the optimizer to check, as module:name"
            )

    def _open_store(self, path: str | None) -> None:
        """The file of ``--marginproof-resume``; its seed is ``--hypothesis-seed``, or the file's own."""
        if path is None or self.subject is None:
            return
        given = self.config.getoption("--hypothesis-seed", default=None)
        seed = int(given) if given is not None and str(given).isdigit() else None
        self.store = Store(Path(path), key_of(self.subject, self.budget, versions()), seed)

    def pytest_report_header(self) -> list[str]:
        """Implementation, versions, profile."""
        lines = [f"marginproof {version('marginproof')}, python {platform.python_version()}, {versions()}"]
        if self.subject:
            name = (
                f"{self.subject.origin}, law {self.subject.declared or 'none'}, family {self.subject.family}"
            )
            lines.append(f"marginproof optimizer: {name}; profile {settings.get_current_profile_name()}")
        lines += [self.slow] if self.slow else []
        if self.store:
            kept = len(self.store.slices)
            lines.append(
                f"marginproof resume: {self.store.path}, seed {self.store.seed}, {kept} slices done before"
            )
        return lines

    def pytest_collection(self, session: pytest.Session) -> None:
        """No files are collected unless some were named."""
        if not _names_files(session.config):
            session.config.args = []

    def pytest_collection_modifyitems(self, session: pytest.Session, items: list[pytest.Item]) -> None:
        """The checks, as items of a collector of their own."""
        assert self.subject is not None
        if all(check.reason_to_skip(self.subject) for check in select(self.claims)):
            subject = f"optimizer={self.subject.name} of family={self.subject.family}"
            raise pytest.UsageError(f"claims={self.claims}: none applies to {subject}")
        report = collect_one_node(CheckCollector.from_parent(session, name="marginproof", plugin=self))
        session.ihook.pytest_collectreport(report=report)
        items.extend(item for item in report.result if isinstance(item, pytest.Item))

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """The coverage table."""
        if not self.results:
            return
        terminalreporter.section("marginproof coverage")
        for line in table(self.results):
            terminalreporter.write_line(line)

    @pytest.hookimpl(trylast=True)
    def pytest_keyboard_interrupt(self) -> None:
        """Say how to go on."""
        if self.store:
            self.say(f"marginproof: interrupted; the same command goes on from {self.store.path}")

    def run(self, check: Check) -> CheckResult:
        """One check, slice by slice, in the light of what is expected to fail."""
        assert self.subject is not None
        with between_examples():
            made = run_in_slices(check, self.subject, self.budget, self.store, self.say)
            made = with_diagnosis(made, found_at(self.subject.origin)) if self.subject.origin else made
        judged = against_expectation(made, self.expected)
        if judged.status is CheckStatus.FAILED:  # at once, so that a time limit leaves it
            self.say(judged.report)
        return judged

    def say(self, line: str) -> None:
        """A line of progress, past pytest's capture."""
        reporter = self.config.pluginmanager.get_plugin("terminalreporter")
        capture = self.config.pluginmanager.get_plugin("capturemanager")
        if reporter is None:
            return
        with capture.global_and_fixture_disabled() if capture else nullcontext():
            reporter.ensure_newline()
            reporter.write_line(line)
            reporter.flush()

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the report; no check run is no success."""
        path = self.config.getoption("marginproof_report")
        if path and self.subject:
            write_atomically(Path(path), json.dumps(self.to_dict(), indent=2) + "\n")
        ran = [r for r in self.results if r.status is not CheckStatus.SKIPPED]
        if self.subject and session.exitstatus == 0 and not ran:
            session.exitstatus = pytest.ExitCode.NO_TESTS_COLLECTED

    def to_dict(self) -> dict[str, Any]:
        """The JSON report."""
        assert self.subject is not None
        return {
            "marginproof": version("marginproof"),
            "versions": versions(),
            "optimizer": self.subject.origin,
            "family": self.subject.family,
            "law": str(self.subject.declared) if self.subject.declared else None,
            "profile": settings.get_current_profile_name(),
            "checks": [result.to_dict() for result in self.results],
        }


def _names_files(config: pytest.Config) -> bool:
    """Whether the command line names something to collect beside the optimizer."""
    return (
        any(Path(str(a).split("::")[0]).exists() for a in config.invocation_params.args if a[:1] != "-")
        and config.args_source is not pytest.Config.ArgsSource.TESTPATHS
    )


class CheckCollector(pytest.Collector):
    """Holds the items; there is no file behind it."""

    def __init__(self, plugin: Conformance, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.plugin = plugin

    def collect(self) -> Iterator[pytest.Item]:
        """One item a selected check."""
        for check in select(self.plugin.claims):
            yield Item.from_parent(self, name=check.id, plugin=self.plugin, check=check)


class Item(pytest.Item):
    """One check on the optimizer."""

    def __init__(self, plugin: Conformance, check: Check, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.plugin, self.check = plugin, check

    def runtest(self) -> None:
        """Run it and note the result."""
        result = self.plugin.run(self.check)
        self.plugin.results.append(result)
        if result.status is CheckStatus.SKIPPED:
            pytest.skip(result.reason)
        if result.status is CheckStatus.EXPECTED_FAILURE:
            pytest.xfail(result.reason)
        if result.status is CheckStatus.UNEXPECTED_PASS:
            raise NonconformingItemError(f"{self.check.id} was expected to fail ({result.reason}) and held")
        if result.status is CheckStatus.FAILED:
            raise NonconformingItemError(result.report)

    def repr_failure(self, excinfo: Any, style: Any = None) -> Any:
        """The report alone for a failed check; a traceback for anything else."""
        if isinstance(excinfo.value, NonconformingItemError | MarginproofError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where it came from."""
        return self.config.rootpath, None, f"marginproof {self.check.id}"


def read_expected(path: Path) -> dict[str, str]:
    """The ids in an xfails file, each with the rest of its line as the reason; ``#`` starts a comment.

    Raises:
      MarginproofError: the file cannot be read; an id names no check and no claim.
    """
    try:
        lines = path.read_text().splitlines()
    except OSError as cause:
        raise MarginproofError(f"--marginproof-xfails={path}: cannot be read ({cause.strerror})") from cause
    pairs = [line.split("#")[0].strip().partition(" ") for line in lines]
    expected = {name: reason.strip() or "listed in " + path.name for name, _, reason in pairs if name}
    refuse_unknown(expected)
    return expected
