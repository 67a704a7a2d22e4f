"""Decisions that the gateway shares with Alertmanager and GoAlert, tested with their vectors."""

import importlib.util
import json
import os
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.conformance import adapter
from tests.shared_data import shared

SUITES = (
    "alert_merge",
    "config_validation",
    "dedup_decision",
    "delivery_classification",
    "humanize_duration",
    "inhibition",
    "matcher_parse",
    "matcher_semantics",
    "route_match",
    "scenarios",
    "silences",
    "rota_final_schedule",
    "rota_restrictions",
    "rota_rotations",
    "time_intervals",
    "truncation",
    "webhook_payloads",
)

_TIMERS_STAY = "a reload keeps the timers of a group: a second is not lost by reading a file"
_COUNTED = "a route is counted among siblings with its matchers only: one put before keeps its id"
_CLASSIC = "expected in Alertmanager's classic mode; in its default mode the label's name is valid"
DIFFERENCES = {
    "config_validation/014-testgroupbyinvalidlabel": _CLASSIC,
    "config_validation/015-testroutelabelsinvalidlabelname": _CLASSIC,
    "route_match/054-route-ids-unique-and-stable": _COUNTED,
    "scenarios/008-reload-neither-repeats-nor-loses": _TIMERS_STAY,
}
"""Cases of level "should" and "info" that do not pass, and why (`docs/` says so too)."""


@pytest.mark.parametrize("suite", SUITES)
def test_the_gateway_decides_as_its_peers(suite: str) -> None:
    """All *must* cases pass, and each other difference is listed with its reason."""
    folder = conformance()
    run = runner(folder)
    passed, wrong = 0, []
    for case in json.loads((folder / "vectors" / f"{suite}.json").read_text("utf-8"))["cases"]:
        function = getattr(adapter, case["kind"].replace(".", "_"), None)
        result, why = run.run_case(case, function, False) if function else ("skipped", "")
        passed += result == "passed"
        if (result == "passed") == (case["id"] in DIFFERENCES):
            wrong.append(f"{case['id']} [{case['level']}]: {result} {why}")
        assert case["level"] != "must" or case["id"] not in DIFFERENCES, case["id"]
    assert not wrong, "\n".join(["not as DIFFERENCES has it:", *wrong])
    assert passed > 0


def conformance() -> Path:
    """Return the folder of the vectors: GATEWAY_CONFORMANCE_DIR, else the shared data's."""
    folder = os.environ.get("GATEWAY_CONFORMANCE_DIR")
    return Path(folder) if folder else shared("conformance")


def runner(folder: Path) -> Any:
    """Load the vectors' own runner, which defines what counts as equal."""
    spec = importlib.util.spec_from_file_location("conformance_run", folder / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module: ModuleType = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
