"""`gateway soundness`: the checklist, answered by the machine."""

import json
from pathlib import Path
from typing import Any

import pytest

from gateway.core.actions.table import ActionName
from gateway.core.actor import verified_person
from tests.cli.console import fine_json, gateway
from tests.cli.test_check_rules import TOKENS
from tests.cli.test_commands_of_a_running_gateway import at, fine_at
from tests.flow.world import DAY, HOUR, MINUTE, ROUTES, alert
from tests.web.pages.test_silencing_pages import page_of
from tests.web.real import served

BILLING = Path(__file__).parents[2] / "docs" / "examples" / "billing" / "routes.yaml"
RULES = """groups:
  - name: billing
    rules:
      - alert: DoubleChargeDetected
        labels: {severity: critical, team: billing}
        annotations: {runbook_url: "https://r.example.com/x"}
      - alert: NeverFired
        labels: {severity: critical, team: billing, invariant: PERIOD_MUST_ADVANCE}
      - alert: Watchdog
"""
SOUNDNESS = """
teams: {billing: {matchers: ['team="billing"'], members: [ana]}}
soundness:
  invariants: {NO_DOUBLE_CHARGE: [DoubleChargeDetected], PERIOD_MUST_ADVANCE: [], LEDGER: []}
"""


def checks_of(answer: Any, name: str) -> dict[str, str]:
    """Return the verdicts about one alert by check."""
    (rule,) = (one for one in answer["rules"] if one["name"] == name)
    return {one["check"]: one["verdict"] for one in rule["answers"]}


@pytest.mark.process
def test_billing_example_is_sound_where_the_files_can_say_so() -> None:
    """Each rule has an owner, a recipient and a runbook; invariants and dashboards are declared."""
    answer = fine_json("soundness", "--config", str(BILLING), **TOKENS)
    bad = [
        (rule["name"], one)
        for rule in answer["rules"]
        for one in rule["answers"]
        if one["verdict"] == "bad"
    ]
    bad += [("", one) for one in answer["general"] if one["verdict"] == "bad"]
    assert bad == []
    assert answer["score"] == 100
    names = {rule["name"] for rule in answer["rules"]}
    assert {"DoubleChargeDetected", "StripeWebhookFailures", "RenewalCronMissing"} <= names
    assert "Watchdog" not in names
    general = {(one["check"], one["verdict"]) for one in answer["general"]}
    assert {("invariant", "good"), ("dashboard", "good"), ("sampling", "not checked")} <= general


def test_score_below_the_threshold_exits_1(tmp_path: Path) -> None:
    """A pipeline can require that monitoring does not get worse."""
    file, rules = tmp_path / "routes.yaml", tmp_path / "rules.yml"
    file.write_text("receivers: [{name: nobody}]\nroute: {receiver: nobody}\n")
    rules.write_text(RULES)
    arguments = ("soundness", "--config", str(file), "--rules", str(rules))
    low = gateway(*arguments, "--at-least", "90")
    assert low.exit_code == 1
    assert "at least 90 % are required" in low.stdout
    assert "NeverFired (critical" in low.stdout
    assert "→ give the rule the labels of a team under teams:" in low.stdout
    assert gateway(*arguments).exit_code == 0


def test_rule_file_that_is_missing_is_said(tmp_path: Path) -> None:
    """The answer is not silently about fewer rules."""
    file = tmp_path / "routes.yaml"
    file.write_text(
        "receivers: [{name: nobody}]\nroute: {receiver: nobody}\n"
        "soundness: {rules: [gone.yml, '*.rules.yml'], dashboards: [x.json]}\n"
    )
    (tmp_path / "x.json").write_text("[]")
    answer = fine_json("soundness", "--config", str(file))
    texts = [one["text"] for one in answer["general"] if one["verdict"] == "bad"]
    assert any("gone.yml: the file cannot be read" in text for text in texts)
    assert any("*.rules.yml: no file matches" in text for text in texts)
    assert any("it is no dashboard of Grafana" in text for text in texts)


async def test_history_of_the_gateway_is_judged_with_the_rules_of_here(tmp_path: Path) -> None:
    """What fired and was acknowledged in time is good; a rule that never fired is bad."""
    async with served(tmp_path, ROUTES + SOUNDNESS) as (world, client):
        await world.post(alert(annotations={"trace_id": "4bf92f"}))
        await world.advance(MINUTE)
        await world.ack(1001)
        await world.engine.act(1001, ActionName.USEFUL, verified_person("ana", "cli"))
        await world.advance(HOUR)
        file, rules = tmp_path / "routes.yaml", tmp_path / "rules.yml"
        file.write_text(world.routes)
        rules.write_text(RULES)
        env = {**world.env, "GATEWAY_CONFIG": str(file)}
        result = await at(world, client, "soundness", "--rules", str(rules), "--json", **env)
        answer = json.loads(result.stdout)
        fired = checks_of(answer, "DoubleChargeDetected")
        assert fired["fired or drilled"] == fired["answered"] == fired["noise"] == "good"
        assert fired["reaches a person"] == fired["owner"] == "good"
        assert fired["runbook"] == "unknown"  # its link was not followed
        never = checks_of(answer, "NeverFired")
        assert never["fired or drilled"] == never["runbook"] == "bad"
        invariants = {
            one["text"]: one["verdict"] for one in answer["general"] if one["check"] == "invariant"
        }
        assert invariants == {
            "NO_DOUBLE_CHARGE: DoubleChargeDetected": "good",
            "PERIOD_MUST_ADVANCE: NeverFired": "good",
            "LEDGER: no alert is about it": "bad",
        }


async def test_alerts_that_fired_are_judged_without_any_rule_file(tmp_path: Path) -> None:
    """The running gateway, its API and its page answer alike; a drill is no firing."""
    async with served(tmp_path, ROUTES + SOUNDNESS) as (world, client):
        await world.post(alert("Seen"), alert("Drilled", test="true"))
        await world.advance(2 * HOUR)
        text = await fine_at(world, client, "soundness")
        assert "Seen (critical, billing, it fired)" in text
        answer = await (await client.get("/api/v1/soundness")).json()
        assert checks_of(answer, "Seen")["answered"] == "bad"
        drilled = next(one for one in answer["rules"] if one["name"] == "Drilled")
        assert any("drilled" in one["text"] for one in drilled["answers"])
        page = await page_of(client, "GET", "/soundness")
        assert "Is monitoring sound?" in page
        assert "Seen critical, billing, it fired" in page


async def test_alert_that_fired_long_ago_is_not_exercised(tmp_path: Path) -> None:
    """After 90 days nobody knows whether it still works; a rule file keeps it on the list."""
    async with served(tmp_path, ROUTES) as (world, client):
        await world.post(alert())
        await world.post(alert(ends_at=world.now))
        await world.advance(100 * DAY)
        history = await (await client.get("/api/v1/soundness/history")).json()
        assert history["alerts"] == []
