"""`gateway route` says beforehand what would happen to an alert, by the code that decides."""

from pathlib import Path

import pytest

from tests.cli.console import fine, fine_json, gateway

TWICE_THE_ROTA = """\
business_hours: {timezone: Europe/Berlin}
channels: {email: {provider: console, from: alerts@example.com}}
people:
  ana: {name: Ana, email: ana@example.com}
  ben: {name: Ben, email: ben@example.com}
rotas:
  office:
    timezone: Europe/Berlin
    layers: [{members: [ana, ben], rotate: weekly, handover: "Mon 09:00", start: 2026-01-05}]
escalations:
  office: [{notify: ["rota:office"], wait: 15m}, {notify: ["rota:office"]}]
receivers: [{name: office, escalate: office}]
route: {receiver: office}
"""
CRITICAL = ("alertname=DoubleCharge", "severity=critical", "team=billing")


def test_it_names_receiver_group_and_intervals_with_their_origins() -> None:
    """Each value says which place set it: the severity, the route itself, or a parent."""
    answer = fine_json("route", *CRITICAL)
    assert answer["receivers"] == ["billing-critical"]
    [way] = answer["routes"]
    assert way["group_labels"] == {"alertname": "DoubleCharge", "team": "billing"}
    assert (way["group_wait"], way["repeat_interval"]) == (0.0, 7200.0)
    assert way["origins"]["repeat_interval"] == "severity critical"
    assert way["origins"]["group_interval"] == "inherited from the root route"
    assert way["receiver_origin"] == "this route"
    assert answer["severity"] == {
        "name": "critical",
        "rank": 1,
        "respond_by": "2026-11-20T04:15:00Z",
        "ack_expires": 86400.0,
    }


def test_escalation_steps_are_resolved_to_people_at_their_time(tmp_path: Path) -> None:
    """A handover between two steps changes whom the later one reaches (Mon 09:00 in Berlin)."""
    file = tmp_path / "routes.yaml"
    file.write_text(TWICE_THE_ROTA)
    answer = fine_json("route", "a=b", "--config", str(file), "--at", "2026-11-23 08:50")
    steps = answer["routes"][0]["steps"]
    assert [step["at"] for step in steps] == ["2026-11-23T07:50:30Z", "2026-11-23T08:05:30Z"]
    assert [step["targets"][0]["person"] for step in steps] == ["ben", "ana"]
    said = fine("route", *CRITICAL)
    assert "1. after 0s: Ben by slack (U012BEN); Ben by email (ben@example.com)" in said
    assert "2. after 15m: Ana by slack" in said


def test_a_muted_route_says_by_what_and_until_when() -> None:
    """Times without a zone are on the wall clock of business_hours."""
    labels = ("alertname=RenewalCronSlow", "severity=warning", "team=billing")
    said = fine("route", *labels, "--at", "2026-12-01 03:00")
    assert "yes, by monthly-renewals, until 06:00 CET" in said
    answer = fine_json("route", *labels)
    assert not answer["routes"][0]["muted"]
    assert answer["routes"][0]["mute_changes_at"] == "2026-12-01T01:00:00Z"


def test_the_trace_says_why_each_route_took_it_or_not() -> None:
    """Every node that was looked at, with the matcher that failed and what the alert has."""
    said = fine("route", *CRITICAL)
    assert '✗ {team="platform"}  team is "billing"' in said
    assert '→ {severity="critical"}  selected: receiver billing-critical' in said
    assert "1 later route not evaluated" in said
    trace = fine_json("route", *CRITICAL)["trace"]
    assert [step["chosen"] for step in trace] == [False, False, False, False, True]
    assert trace[1]["why_not"] == 'alertname is "DoubleCharge"'


def test_inhibition_is_told_where_it_can_come_true() -> None:
    """A rule whose `equal` label the alert lacks, and the source must have, cannot apply."""
    labels = ("severity=warning", "team=billing")
    assert fine_json("route", *labels)["may_be_inhibited_by"] == []
    [rule] = fine_json("route", *labels, "subsystem=cards")["may_be_inhibited_by"]
    assert rule["equal"] == ["team", "component", "subsystem"]
    assert "inhibited while one of these fires" in fine("route", *labels, "subsystem=cards")


def test_repeats_on_the_group_interval_say_what_they_come_to(tmp_path: Path) -> None:
    """E6: the interval that was asked for and the one that it comes to, where they differ."""
    file = tmp_path / "routes.yaml"
    text = "receivers: [{name: all}]\nroute: {receiver: all, group_interval: 15m, repeat_interval: "
    file.write_text(f"repeats: on the group interval\n{text}20m}}\n")
    asked = ("route", "a=b", "--config", str(file))
    said = fine(*asked)
    assert "repeat_interval  20m   (this route)" in said
    assert "repeats come every 30m, on the group interval" in said
    [way] = fine_json(*asked)["routes"]
    assert (way["repeat_interval"], way["repeats_every"]) == (1200.0, 1800.0)
    file.write_text(f"{text}20m}}\n")
    assert "repeats come" not in fine(*asked)
    [way] = fine_json(*asked)["routes"]
    assert (way["repeat_interval"], way["repeats_every"]) == (1200.0, 1200.0)


def test_a_receiver_for_nobody_says_so() -> None:
    """Silence on purpose is shown as what it is."""
    assert "nobody (the receiver has no targets)" in fine("route", "alertname=Watchdog")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("severity",), "is not a label: write NAME=VALUE"),
        (("severity!=x",), "is not a label"),
        (("=x",), "is not a label"),
        (("a=1", "a=2"), "given twice"),
        (("a=1", "--at", "tomorrow"), "is not a time"),
        (("a=1", "--at", "2026-02-30 10:00"), "is not a time"),
        ((), "Missing argument"),
    ],
)
def test_what_cannot_be_read_is_wrong_usage(arguments: tuple[str, ...], said: str) -> None:
    """Exit status 2, and the message says what to write."""
    result = gateway("route", *arguments)
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_faulty_file_is_told_not_guessed_around() -> None:
    """Promise 6: no answer from a file with faults."""
    result = gateway("route", "a=b", "--config", "/nowhere/routes.yaml")
    assert result.exit_code == 1
    assert "/nowhere/routes.yaml:1:1" in result.stderr
    assert result.stdout == ""


def test_without_severities_it_does_not_call_one_unknown(tmp_path: Path) -> None:
    """A file that declares none, as an import makes it, knows nothing of bad or worse."""
    file = tmp_path / "routes.yaml"
    file.write_text(TWICE_THE_ROTA)
    said = fine("route", "severity=info", "--config", str(file))
    assert "routes.yaml declares no severities, firing from" in said


ALL_SETTINGS = """\
channels: {email: {provider: console, from: alerts@example.com}}
severities:
  critical: {rank: 1, respond_within: 15m, ack_expires: 6h}
  warning: {rank: 2}
people: {ana: {name: Ana, email: ana@example.com}}
escalations:
  billing: {steps: [{notify: ["person:ana"], by: [email], wait: 5m}], repeat: 2}
receivers:
  - name: billing
    email: [{to: billing@example.com, send_resolved: false}]
    escalate: billing
    fallback: everyone
  - {name: everyone, email: [{to: everyone@example.com}]}
route: {receiver: billing, labels: {tier: gold}}
"""


def test_every_setting_that_applies_to_an_alert_is_shown(tmp_path: Path) -> None:
    """What an admin wrote for such an alert is in the answer, in words and as JSON."""
    file = tmp_path / "routes.yaml"
    file.write_text(ALL_SETTINGS)
    asked = ("route", "severity=critical", "--config", str(file))
    text = fine(*asked)
    for part in (
        'adds labels      {tier="gold"}',
        "email billing@example.com (not when resolved)",
        "1. after 30s: Ana by email",
        "then again from step 1, 2 times, first after 5m30s",
        "if not reached   receiver everyone",
        "acknowledged     for 6h at most",
        "flapping         after 4 times within 1h: notified at once, resolved after 15m of calm",
    ):
        assert part in text
    assert "notified every 30m" in fine("route", "severity=warning", "--config", str(file))
    answer = fine_json(*asked)
    assert answer["severity"]["ack_expires"] == 6 * 3600
    assert answer["flapping"] == {"times": 4, "within": 3600, "every": 1800, "calm_after": 900}
    [way] = answer["routes"]
    assert (way["labels"], way["fallback"]) == ({"tier": "gold"}, "everyone")
    assert (way["repeat"], way["steps_begin_again_at"]) == (2, "2026-11-20T04:05:30Z")
    assert (way["steps"][0]["by"], way["steps"][0]["wait"]) == (["email"], 300)
    assert way["targets"][0]["send_resolved"] is False


def test_steps_that_do_not_begin_again_are_not_said_to(tmp_path: Path) -> None:
    """Without `repeat:`, and where the last step reaches nobody and the fallback is notified."""
    for change in ((", repeat: 2", ""), ("by: [email]", "by: [slack]")):
        file = tmp_path / "routes.yaml"
        file.write_text(ALL_SETTINGS.replace(*change))
        asked = ("route", "severity=critical", "--config", str(file))
        assert "then again" not in fine(*asked)
        [way] = fine_json(*asked)["routes"]
        assert (way["repeat"], way["steps_begin_again_at"]) == (0, None)
