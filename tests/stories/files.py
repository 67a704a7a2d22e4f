"""Files of tests in tests: written beside a routes.yaml, run, and their results."""

from pathlib import Path

import pytest

from gateway.config.load import Config, load
from gateway.config.source.problem import ConfigError
from gateway.stories.load import load_tests
from gateway.stories.run import Surroundings, TestResult, run_tests
from gateway.stories.story import TestFile
from tests.flow.world import ENV, ROUTES

BILLING = "{alertname: DoubleCharge, severity: critical, team: billing}"


def config(path: Path | None = None, routes: str = ROUTES) -> Config:
    """Return the routes of a path, or these."""
    return load(path or routes, env=ENV)


def loaded(folder: Path, text: str, routes: str = ROUTES) -> TestFile:
    """Return the tests of a file with this text."""
    file = folder / "tests.yaml"
    file.write_text(text)
    return load_tests(file, lambda path: config(path, routes))


def problems(folder: Path, text: str) -> list[str]:
    """Return what is wrong with a file: line, column and message."""
    with pytest.raises(ConfigError) as caught:
        loaded(folder, text)
    return [f"{one.line}:{one.column}: {one.message}" for one in caught.value.problems]


def results(folder: Path, text: str, routes: str = ROUTES) -> list[TestResult]:
    """Run the tests of a file; return their results."""
    tests = loaded(folder, text, routes).tests
    return run_tests(tests, Surroundings(config(None, routes), config, folder, ()))


def story(*steps: str) -> str:
    """Return a file with one story of these steps."""
    lines = "".join(f"      - {step}\n" for step in steps)
    return f"tests:\n  - name: a story\n    story:\n{lines}"


def differences(folder: Path, *steps: str, routes: str = ROUTES) -> list[str]:
    """Return what differs in a story of these steps."""
    (result,) = results(folder, story(*steps), routes)
    return [f"{one.line}: {one.text}" for one in result.differences]
