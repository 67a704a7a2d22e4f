"""`gateway test`: exit status, text, JSON, JUnit, coverage, and its first file."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.cli.console import SHIPPED, fine, fine_json, gateway
from tests.flow.world import ROUTES
from tests.stories.files import BILLING, story

PASSES = story(f"{{at: 0s, fires: {BILLING}, expect_some: [{{person: ana}}]}}")
FAILS = story(f"{{at: 0s, fires: {BILLING}, expect_some: [{{person: ben}}]}}")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a routes.yaml and two files of tests of it."""
    (tmp_path / "routes.yaml").write_text(ROUTES)
    (tmp_path / "good.yaml").write_text(f"routes: routes.yaml\n{PASSES}")
    (tmp_path / "bad.yaml").write_text(f"routes: routes.yaml\n{FAILS}")
    return tmp_path


def test_passing_tests_exit_0(folder: Path) -> None:
    """No secret needs to be set: nothing is sent."""
    assert fine("test", str(folder / "good.yaml")).endswith("good.yaml: 1 test passed\n")


def test_failing_test_exits_1_with_its_timeline(folder: Path) -> None:
    """The failure has file and line, and everything that happened."""
    result = gateway("test", str(folder / "good.yaml"), str(folder / "bad.yaml"))
    assert result.exit_code == 1
    assert "bad.yaml:5: not sent: person ben" in result.stdout
    assert "e-mail ana@example.com for ana: first (firing) #1001" in result.stdout
    assert "bad.yaml: 0 tests passed, 1 failed" in result.stdout


def test_invalid_file_exits_1_and_the_others_run(folder: Path) -> None:
    """All errors are printed with their positions."""
    (folder / "typo.yaml").write_text("routes: routes.yaml\ntests: [{nam: x}]\n")
    result = gateway("test", str(folder / "typo.yaml"), str(folder / "good.yaml"))
    assert result.exit_code == 1
    assert 'typo.yaml:2:10: unknown key "nam" in test' in result.stderr
    assert "1 test passed" in result.stdout


def test_invalid_routes_are_named(folder: Path) -> None:
    """A fault of the routes.yaml under test has its own file and line."""
    (folder / "routes.yaml").write_text("route: {receiver: none}\n")
    result = gateway("test", str(folder / "good.yaml"))
    assert result.exit_code == 1
    assert "routes.yaml:1" in result.stderr


def test_nothing_to_run_is_wrong_usage() -> None:
    """Without a file the command says how to begin."""
    result = gateway("test")
    assert result.exit_code == 2
    assert "--init" in result.stderr


def test_json_has_each_test(folder: Path) -> None:
    """Programs get the differences and the timeline."""
    result = gateway("test", str(folder / "bad.yaml"), "--json", "--coverage")
    answer = json.loads(result.stdout)
    assert (answer["passed"], answer["failed"]) == (0, 1)
    (file,) = answer["files"]
    (test,) = file["tests"]
    assert test["differences"] == [
        {"at": "2026-01-07T12:00:00.000Z", "line": 5, "text": "not sent: person ben"}
    ]
    assert file["coverage"]["missed"]["inhibit rules"]


def test_junit_file_counts_failures(folder: Path) -> None:
    """Continuous builds read it."""
    target = folder / "junit.xml"
    gateway("test", str(folder / "good.yaml"), str(folder / "bad.yaml"), "--junit", str(target))
    suites = ET.parse(target).getroot()
    counts = [(one.get("tests"), one.get("failures")) for one in suites]
    assert counts == [("1", "0"), ("1", "1")]
    (failure,) = suites.iter("failure")
    assert failure.get("message") == "line 5: not sent: person ben"


def test_coverage_lists_what_no_test_touches(folder: Path) -> None:
    """Routes by their line, escalation steps, inhibit rules."""
    printed = fine("test", str(folder / "good.yaml"), "--coverage")
    assert '{}/{severity="info"}/0 (line 36)' in printed
    assert "billing, step 2" in printed
    assert 'rule 1: {alertname="BillingDatabaseDown"} inhibits {severity="warning"}' in printed
    assert "billing, step 1" not in printed


@pytest.mark.parametrize("routes", ["shipped", "world"])
def test_first_file_passes_and_touches_every_route(folder: Path, routes: str) -> None:
    """--init writes tests of what the file does today."""
    path = SHIPPED if routes == "shipped" else folder / "routes.yaml"
    text = fine("test", "--init", "--config", str(path))
    file = folder / "today.yaml"
    file.write_text(text.replace("routes: routes.yaml", f"routes: {path}"))
    answer = fine_json("test", str(file), "--coverage")
    assert answer["failed"] == 0
    assert "routes" not in answer["files"][0]["coverage"]["missed"]


def test_many_tests_run_in_processes_with_the_same_results(folder: Path) -> None:
    """In their order, also those that fail."""
    body = "".join(text.removeprefix("tests:\n") for text in [PASSES, FAILS] * 30)
    (folder / "many.yaml").write_text(f"routes: routes.yaml\ntests:\n{body}")
    answer = json.loads(gateway("test", str(folder / "many.yaml"), "--json").stdout)
    passed = [one["passed"] for one in answer["files"][0]["tests"]]
    assert passed == [True, False] * 30
