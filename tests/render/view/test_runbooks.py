"""Which runbook an incident has."""

from dataclasses import replace
from typing import Any

import pytest

from gateway.core.plan.plan import Plan
from gateway.core.plan.runbooks import Runbooks, runbook
from gateway.render.view.runbooks import runbook_of
from tests.config.texts import REST, loaded

GATEWAY = "https://alerts.example.com"
CHARGE, REFUNDS = (f"{GATEWAY}/runbooks/{name} {name}" for name in ("double-charge", "refunds"))
PAGES = {name: runbook(name, "# T\n## Immediate\nx") for name in ("double-charge", "refunds")}


def plan(**runbooks: Any) -> Plan:
    """A plan with runbooks."""
    return replace(loaded(REST).plan, runbooks=Runbooks(**runbooks))


def url_of(plan: Plan, alertname: str, **annotations: str) -> str:
    """The link for an alert, and behind it the file that the gateway serves."""
    facts = {"common_labels": {"alertname": alertname}, "common_annotations": annotations}
    result = runbook_of(facts, plan, GATEWAY)
    page = f" {result.page.name}" if result.page else ""
    return (result.link.url if result.link else "") + page


@pytest.mark.parametrize(
    ("alertname", "annotations", "expected"),
    [
        ("DoubleCharge", {}, CHARGE),
        ("Other", {}, ""),
        ("Other", {"runbook": "refunds"}, REFUNDS),
        ("Other", {"runbook": "docs/runbooks/refunds.md"}, REFUNDS),
        (
            "DoubleCharge",
            {"runbook_url": "https://wiki.example.com/x"},
            "https://wiki.example.com/x",
        ),
        ("Other", {"runbook_url": f"{GATEWAY}/runbooks/refunds"}, REFUNDS),
        ("DoubleCharge", {"runbook": "see the wiki"}, CHARGE),
    ],
)
def test_own_url_wins_then_the_named_file_then_the_alerts_name(
    alertname: str, annotations: dict[str, str], expected: str
) -> None:
    """The rule's author knows best."""
    assert url_of(plan(folder="x", pages=PAGES), alertname, **annotations) == expected


def test_url_has_the_alerts_name_behind_it_or_in_it() -> None:
    """A wiki has one page for each alert."""
    base = plan(url="https://wiki.example.com/runbooks/")
    assert (
        url_of(base, "Double Charge/x") == "https://wiki.example.com/runbooks/Double%20Charge%2Fx"
    )
    assert url_of(base, "") == ""
    template = plan(url="https://wiki.example.com/{{ alertname | lower }}.html")
    assert url_of(template, "DoubleCharge") == "https://wiki.example.com/doublecharge.html"
