"""`gateway route`: previews of decisions, by the code that decides."""

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


def test_route_prints_each_value_with_its_origin() -> None:
    """Each value names what set it: the severity, the route itself, or a parent."""
    answer = fine_json("route", *CRITICAL)
    assert answer["receivers"] == ["billing-critical"]
    [route] = answer["routes"]
    assert route["group_labels"] == {"alertname": "DoubleCharge", "team": "billing"}
    assert (route["group_wait"], route["repeat_interval"]) == (0.0, 7200.0)
    assert route["origins"]["repeat_interval"] == "severity critical"
    assert route["origins"]["group_interval"] == "inherited from the root route"
    assert route["receiver_origin"] == "this route"
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
    text = fine("route", *CRITICAL)
    assert "1. after 0s: Ben by slack (U012BEN); Ben by email (ben@example.com)" in text
    assert "2. after 15m: Ana by slack" in text


def test_muted_route_names_the_interval_and_its_end() -> None:
    """Times without a zone are on the wall clock of business_hours."""
    labels = ("alertname=RenewalCronSlow", "severity=warning", "team=billing")
    text = fine("route", *labels, "--at", "2026-12-01 03:00")
    assert "yes, by monthly-renewals, until 06:00 CET" in text
    answer = fine_json("route", *labels)
    assert not answer["routes"][0]["muted"]
    assert answer["routes"][0]["mute_changes_at"] == "2026-12-01T01:00:00Z"


def test_trace_explains_each_evaluated_route() -> None:
    """Every evaluated route, with the matcher that failed and the alert's own value."""
    text = fine("route", *CRITICAL)
    assert '✗ {team="platform"}  team is "billing"' in text
    assert '→ {severity="critical"}  selected: receiver billing-critical' in text
    assert "1 later route not evaluated" in text
    trace = fine_json("route", *CRITICAL)["trace"]
    assert [step["chosen"] for step in trace] == [False, False, False, False, True]
    assert trace[1]["why_not"] == 'alertname is "DoubleCharge"'


def test_possible_inhibitions_are_printed() -> None:
    """A rule whose `equal` label the alert lacks, and the source must have, cannot apply."""
    labels = ("severity=warning", "team=billing")
    assert fine_json("route", *labels)["may_be_inhibited_by"] == []
    [rule] = fine_json("route", *labels, "subsystem=cards")["may_be_inhibited_by"]
    assert rule["equal"] == ["team", "component", "subsystem"]
    assert "inhibited while one of these fires" in fine("route", *labels, "subsystem=cards")


def test_repeats_on_the_group_interval_print_the_rounded_interval(tmp_path: Path) -> None:
    """E6: the configured and the rounded interval, if they differ."""
    file = tmp_path / "routes.yaml"
    routes = "receivers: [{name: all}]\nroute: {receiver: all, group_interval: 15m, "
    routes += "repeat_interval: "
    file.write_text(f"repeats: on the group interval\n{routes}20m}}\n")
    arguments = ("route", "a=b", "--config", str(file))
    text = fine(*arguments)
    assert "repeat_interval  20m   (this route)" in text
    assert "repeats come every 30m, on the group interval" in text
    [route] = fine_json(*arguments)["routes"]
    assert (route["repeat_interval"], route["repeats_every"]) == (1200.0, 1800.0)
    file.write_text(f"{routes}20m}}\n")
    assert "repeats come" not in fine(*arguments)
    [route] = fine_json(*arguments)["routes"]
    assert (route["repeat_interval"], route["repeats_every"]) == (1200.0, 1200.0)


def test_receiver_without_targets_is_printed_as_such() -> None:
    """A receiver without targets may be intended, and is shown."""
    assert "nobody (the receiver has no targets)" in fine("route", "alertname=Watchdog")


@pytest.mark.parametrize(
    ("arguments", "text"),
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
def test_wrong_usage_of_route_is_refused(arguments: tuple[str, ...], text: str) -> None:
    """Exit status 2, and the message says what to write."""
    result = gateway("route", *arguments)
    assert result.exit_code == 2
    assert text in result.stderr


def test_invalid_file_is_refused_by_route() -> None:
    """Promise 6: no preview from an invalid file."""
    result = gateway("route", "a=b", "--config", "/nowhere/routes.yaml")
    assert result.exit_code == 1
    assert "/nowhere/routes.yaml:1:1" in result.stderr
    assert result.stdout == ""


def test_file_without_severities_has_no_unknown_severity(tmp_path: Path) -> None:
    """A file without `severities:`, such as an imported one, ranks nothing."""
    file = tmp_path / "routes.yaml"
    file.write_text(TWICE_THE_ROTA)
    text = fine("route", "severity=info", "--config", str(file))
    assert "routes.yaml declares no severities, firing from" in text


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


def test_every_setting_that_applies_to_an_alert_is_printed(tmp_path: Path) -> None:
    """In words and as JSON."""
    file = tmp_path / "routes.yaml"
    file.write_text(ALL_SETTINGS)
    arguments = ("route", "severity=critical", "--config", str(file))
    text = fine(*arguments)
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
    answer = fine_json(*arguments)
    assert answer["severity"]["ack_expires"] == 6 * 3600
    assert answer["flapping"] == {"times": 4, "within": 3600, "every": 1800, "calm_after": 900}
    [route] = answer["routes"]
    assert (route["labels"], route["fallback"]) == ({"tier": "gold"}, "everyone")
    assert (route["repeat"], route["steps_begin_again_at"]) == (2, "2026-11-20T04:05:30Z")
    assert (route["steps"][0]["by"], route["steps"][0]["wait"]) == (["email"], 300)
    assert route["targets"][0]["send_resolved"] is False


def test_time_to_acknowledge_is_printed_with_its_origin(tmp_path: Path) -> None:
    """A route's respond_within wins over the severity's, and the output says which one counts."""
    file = tmp_path / "routes.yaml"
    text = ALL_SETTINGS.replace("route: {", "route: {respond_within: 45m, ")
    file.write_text(text)
    arguments = ("route", "severity=critical", "--config", str(file))
    [route] = fine_json(*arguments)["routes"]
    assert (route["respond_within"], route["origins"]["respond_within"]) == (2700, "this route")
    assert route["respond_by"] == "2026-11-20T04:45:30Z"
    assert "respond_within   45m: acknowledge by " in fine(*arguments)
    file.write_text(text.replace("45m", "next business day"))
    [route] = fine_json(*arguments)["routes"]
    assert route["respond_within"] == "next business day"


def test_steps_without_repeat_are_not_printed_as_repeated(tmp_path: Path) -> None:
    """Without `repeat:`, and where the last step reaches nobody and the fallback is notified."""
    for change in ((", repeat: 2", ""), ("by: [email]", "by: [slack]")):
        file = tmp_path / "routes.yaml"
        file.write_text(ALL_SETTINGS.replace(*change))
        arguments = ("route", "severity=critical", "--config", str(file))
        assert "then again" not in fine(*arguments)
        [route] = fine_json(*arguments)["routes"]
        assert (route["repeat"], route["steps_begin_again_at"]) == (0, None)


def test_step_that_does_not_apply_is_printed_as_skipped(tmp_path: Path) -> None:
    """A step whose `when` does not hold then says why, and takes no time."""
    file = tmp_path / "routes.yaml"
    text = TWICE_THE_ROTA.replace("wait: 15m", "wait: 15m, when: {severities: [critical]}")
    file.write_text("severities: {critical: {rank: 1}, warning: {rank: 2}}\n" + text)
    answer = fine_json("route", "severity=warning", "--config", str(file))
    first, second = answer["routes"][0]["steps"]
    assert first["skipped"] == "it is only for severity critical"
    assert (first["targets"], first["wait"], first["at"]) == ([], 0.0, second["at"])
    assert second["skipped"] is None
    assert second["targets"]
    assert "1. after 30s: skipped: it is only for severity critical" in fine(
        "route", "severity=warning", "--config", str(file)
    )


PERSONAL_RULES = """
severities: {critical: {rank: 1}, warning: {rank: 2}}
people:
  ana:
    name: Ana
    email: ana@example.com
    contacts: {home: {account: email, to: ana@home.example.com}}
    timezone: Europe/Berlin
    notify: {urgent: [{by: email}, {by: home, after: 5m}], other: [{by: email}]}
    quiet_hours: {from: "22:00", to: "07:00"}
channels: {email: {provider: console}}
escalations: {billing: [{notify: ["person:ana"], wait: 15m}]}
receivers: [{name: billing, escalate: billing}]
route: {receiver: billing}
"""


def test_preview_shows_how_a_person_would_be_notified(tmp_path: Path) -> None:
    """Urgent: with delays. Other, in quiet hours: when these end. In words and as JSON."""
    file = tmp_path / "routes.yaml"
    file.write_text(PERSONAL_RULES)
    night = ("--at", "2026-11-20T23:00:00Z", "--config", str(file))
    assert (
        "1. after 30s: Ana by email (ana@example.com); Ana by home (ana@home.example.com) after 5m"
        " more"
    ) in fine("route", "severity=critical", *night)
    assert (
        "1. after 30s: Ana by email (ana@example.com) at Sat 21 Nov, 06:00 UTC, after their quiet"
        " hours"
    ) in fine("route", "severity=warning", *night)
    [route] = fine_json("route", "severity=warning", *night)["routes"]
    assert route["steps"][0]["contacts"] == [
        {
            "person": "ana",
            "name": "Ana",
            "contact": "email",
            "channel": "email",
            "address": "ana@example.com",
            "at": "2026-11-21T06:00:00Z",
            "delay": 25170.0,
            "quiet_hours": True,
            "usable": True,
            "why_unusable": None,
        }
    ]


def test_step_with_round_robin_lists_those_who_take_turns(tmp_path: Path) -> None:
    """Whose turn it will be is not known in advance, so everyone is listed as one of them."""
    file = tmp_path / "routes.yaml"
    step = '{notify: ["members:office"], wait: 15m, round_robin: true}'
    file.write_text(TWICE_THE_ROTA.replace('{notify: ["rota:office"], wait: 15m}', step))
    answer = fine_json("route", "a=b", "--config", str(file))
    first, second = answer["routes"][0]["steps"]
    assert (first["round_robin"], second["round_robin"]) == (True, False)
    assert {target["person"] for target in first["targets"]} == {"ana", "ben"}
    assert "1. after 30s: one of, by round robin: " in fine("route", "a=b", "--config", str(file))


COPIED = """
channels: {email: {provider: console, from: alerts@example.com}}
receivers:
  - name: billing
    email:
      - to: admin@example.com
        cc: lead@example.com
        headers: {X-Team: "{{ labels.team }}"}
route: {receiver: billing}
"""


def test_target_by_label_is_printed_with_the_reason_for_the_declared_one(tmp_path: Path) -> None:
    """The target for these labels, or which label leads to the declared one."""
    file = tmp_path / "routes.yaml"
    file.write_text(
        "channels: {slack: {provider: console}}\n"
        "receivers:\n"
        "  - name: teams\n"
        '    slack: [{channel: "#{{ labels.team }}", allow: "#[a-z]+", otherwise: "#all"}]\n'
        "route: {receiver: teams, group_by: [team]}\n"
    )
    text = fine("route", "team=billing", "--config", str(file))
    assert "#billing" in text
    assert "notified instead" not in text
    text = fine("route", "a=b", "--config", str(file))
    assert "label team is missing: Slack #all is notified instead" in text
    [route] = fine_json("route", "team=B1", "--config", str(file))["routes"]
    assert route["targets"][0]["address"] == "#all"
    assert route["declared_targets"][0]["why"] == "#B1 is not allowed"


def test_copies_and_headers_are_printed(tmp_path: Path) -> None:
    """Who else reads the mail, and what is added to it."""
    file = tmp_path / "routes.yaml"
    file.write_text(COPIED)
    text = fine("route", "a=b", "--config", str(file))
    assert "email admin@example.com, cc lead@example.com" in text
    assert "header X-Team: {{ labels.team }}" in text
    [route] = fine_json("route", "a=b", "--config", str(file))["routes"]
    [target] = route["targets"]
    assert target["cc"] == ["lead@example.com"]
    assert target["headers"] == {"X-Team": "{{ labels.team }}"}


OUTSIDE = """
time_intervals:
  - {name: nights, time_intervals: [{times: [{start_time: "20:00", end_time: "24:00"}]}]}
receivers: [{name: all}]
route: {receiver: all, routes: [{receiver: all, active_time_intervals: [nights]}]}
"""


def test_route_outside_of_its_active_times_names_the_interval(tmp_path: Path) -> None:
    """As text, and in JSON apart from the interval's name."""
    file = tmp_path / "routes.yaml"
    file.write_text(OUTSIDE)
    arguments = ("route", "a=b", "--config", str(file))
    assert "yes, outside of nights, until 20:00 UTC" in fine(*arguments)
    [route] = fine_json(*arguments)["routes"]
    assert route["mute"] == {"kind": "outside active", "names": "nights"}


def test_without_a_gateway_the_file_is_read_and_says_so() -> None:
    """No gateway answers: the file alone is printed, and standard error says what it lacks."""
    result = gateway("route", *CRITICAL, GATEWAY_LISTEN="127.0.0.1:9")
    assert result.exit_code == 0
    assert "receiver billing-critical" in result.stdout
    assert "reading the file, without run-time changes; turns as if new" in result.stderr
    result = gateway("route", *CRITICAL, "--file", GATEWAY_LISTEN="127.0.0.1:9")
    assert "reading the file" not in result.stderr
    result = gateway("route", *CRITICAL, "--url", "http://127.0.0.1:9")
    assert result.exit_code == 1
    assert "no gateway answers" in result.stderr
