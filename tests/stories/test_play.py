"""Stories: what each event does, and what differs from what is expected."""

from pathlib import Path

import pytest

from tests.flow.world import ROUTES
from tests.stories.files import BILLING, differences, results, story

FIRES = f"{{at: 0s, fires: {BILLING}}}"
ESCALATION = "{person: ben, reason: escalation}"


def test_story_of_an_escalation_passes(tmp_path: Path) -> None:
    """Nobody acknowledges, so the next person is paged; an acknowledgement stops what follows."""
    assert not differences(
        tmp_path,
        FIRES,
        "{at: 0s, expect_some: [{receiver: billing, channel: pagerduty, reason: first}]}",
        f"{{at: 15m, expect_some: [{ESCALATION}]}}",
        "{at: 16m, ack: ana}",
        "{at: 6h, expect: []}",
    )


def test_message_that_is_not_sent_differs_with_its_line(tmp_path: Path) -> None:
    """The line is that of the expectation."""
    differing = differences(tmp_path, FIRES, "{at: 14m, expect_some: [{person: ben}]}")
    assert differing == ["5: not sent: person ben"]


def test_message_that_was_not_expected_differs(tmp_path: Path) -> None:
    """`expect` lists every message; `nothing` is the empty list."""
    differing = differences(tmp_path, f"{{at: 0s, fires: {BILLING}, expect: nothing}}")
    assert len(differing) == 4
    assert "4: not expected: e-mail ana@example.com for ana: first (firing) #1001" in differing


def test_expectation_counts_from_the_last_earlier_instant(tmp_path: Path) -> None:
    """Two steps at one instant see the same messages; a later one does not see them."""
    assert not differences(
        tmp_path,
        FIRES,
        "{at: 0s, expect_some: [{person: ana}]}",
        "{at: 1m, expect: []}",
    )


@pytest.mark.parametrize(
    ("notice", "count"),
    [
        ("{channel: slack, within: 1m}", 0),
        ("{person: ben, within: 14m}", 1),
        ("{person: ben, within: 15m}", 0),
        ("{reason: repeat, at_most: 0}", 1),
        ("{reason: escalation, at_most: 1}", 0),
        ("{text: DoubleCharge, channel: email}", 0),
        ("{text: [DoubleCharge, never written]}", 1),
        ("{to: '#billing-alerts', kind: firing, severity: critical}", 0),
        ("{incident: {alertname: DoubleCharge}}", 0),
        ("{incident: {alertname: Other}}", 1),
    ],
)
def test_expected_notice_is_compared_by_what_it_says(
    tmp_path: Path, notice: str, count: int
) -> None:
    """Within 3 hours, in which it fired, escalated once and was repeated."""
    step = f"{{at: 3h, expect_some: [{notice}]}}"
    first = f"{{at: 0s, fires: {BILLING}}}"
    differing = differences(tmp_path, "{at: 0s}", first, step)
    # Messages of the first instant count for its steps alone.
    if "channel" in notice or "to:" in notice or "incident: {alertname: D" in notice:
        differing = differences(tmp_path, first, f"{{at: 0s, expect_some: [{notice}]}}")
    assert len(differing) == count


def test_alert_resolves(tmp_path: Path) -> None:
    """All alerts with the labels end; everyone who was notified is notified of it."""
    assert not differences(
        tmp_path,
        FIRES,
        "{at: 10m, resolves: {alertname: DoubleCharge}}",
        "{at: 10m, expect_some: [{person: ana, reason: resolved}, {channel: pagerduty}]}",
    )


def test_end_of_an_alert_that_does_not_fire_is_a_difference(tmp_path: Path) -> None:
    """A story with a mistyped label must not pass."""
    differing = differences(tmp_path, FIRES, "{at: 5m, resolves: {alertname: DoubleCharged}}")
    assert differing == ["2: line 5: no alert with alertname=DoubleCharged fires"]


def test_silence_suppresses_and_ends(tmp_path: Path) -> None:
    """What still fires at its end is notified."""
    assert not differences(
        tmp_path,
        "{at: 0s, silence: {matchers: ['team=\"billing\"'], for: 1h}}",
        f"{{at: 1m, fires: {BILLING}, expect: nothing}}",
        "{at: 59m, expect: nothing}",
        "{at: 61m, expect_some: [{person: ana}]}",
    )


def test_override_puts_another_person_on_call(tmp_path: Path) -> None:
    """It is a change at run time, as by `gateway override add`."""
    assert not differences(
        tmp_path,
        "{at: 0s, override: {rota: billing, person: ben, for: 12h}}",
        f"{{at: 1m, fires: {BILLING}}}",
        "{at: 1m, expect_some: [{person: ben, reason: first}, {person: ana, at_most: 0}]}",
    )


def test_vendor_that_fails_leads_to_the_fallback(tmp_path: Path) -> None:
    """The attempts of an account fail until it works again."""
    assert not differences(
        tmp_path,
        "{at: 0s, fails: {slack: bad recipient}}",
        f"{{at: 1m, fires: {BILLING}, expect_some: [{{to: admin@example.com, reason: fallback}}]}}",
        "{at: 5m, works: slack}",
        "{at: 3h, expect_some: [{channel: slack, reason: repeat}]}",
    )


def test_reload_moves_an_alert(tmp_path: Path) -> None:
    """Another routes.yaml is in force from then on."""
    (tmp_path / "after.yaml").write_text(ROUTES.replace("receiver: billing}", "receiver: quiet}"))
    assert not differences(
        tmp_path,
        "{at: 0s, reload: after.yaml}",
        f"{{at: 1m, fires: {BILLING}, expect: [{{receiver: quiet, channel: slack}}]}}",
    )


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("ack: ana", "acknowledged"),
        ("comment: {by: ana, text: refunding}", "comment"),
        ("escalate: ana", "escalation"),
        ("page: {by: ana, notify: ['person:ben']}", "paged"),
        ("snooze: {by: ana, for: 1h}", "snoozed"),
        ("resolve: {by: ana, text: a false alarm}", "resolved by hand"),
    ],
)
def test_action_is_announced(tmp_path: Path, action: str, expected: str) -> None:
    """Actions are those of the API, with the same consequences."""
    assert not differences(
        tmp_path,
        FIRES,
        f"{{at: 1m, {action}, expect_some: [{{reason: {expected}}}]}}",
    )


def test_refused_action_is_a_difference(tmp_path: Path) -> None:
    """Unless the story expects it."""
    step = "{at: 1m, unack: ana}"
    (differing,) = differences(tmp_path, FIRES, step)
    assert differing == "2: line 5: unack was refused: incident #1001 is not acknowledged"
    assert not differences(tmp_path, FIRES, "{at: 1m, unack: {by: ana, refused: true}}")
    (differing,) = differences(tmp_path, FIRES, "{at: 1m, ack: {by: ana, refused: true}}")
    assert "was expected to be refused" in differing


def test_action_finds_its_incident_by_labels(tmp_path: Path) -> None:
    """Without labels it is the newest open one."""
    other = "{alertname: Slow, severity: warning, team: billing}"
    assert not differences(
        tmp_path,
        f"{{at: 0s, fires: [{BILLING}]}}",
        f"{{at: 1m, fires: [{other}]}}",
        "{at: 2m, ack: {by: ana, incident: {alertname: DoubleCharge}}}",
        "{at: 3m, merge: {by: ana, incident: {alertname: Slow}, other: {alertname: DoubleCharge}}}",
        "{at: 3m, expect_some: [{reason: merged, at_most: 9}]}",
        "{at: 4m, unmerge: {by: ana, incident: {alertname: Slow}}}",
    )


def test_failed_story_has_a_timeline_of_everything(tmp_path: Path) -> None:
    """Events, messages and differences are in the order of time."""
    (result,) = results(tmp_path, story(FIRES, "{at: 15m, expect: []}"))
    marks = [(one.mark, one.at - result.test.at) for one in result.timeline]
    assert marks[0] == ("", 0.0)
    assert ("→", 900.0) in marks
    assert ("✗", 900.0) in marks
    assert marks == sorted(marks, key=lambda one: one[1])


def test_routes_of_alerts_that_fire_together(tmp_path: Path) -> None:
    """Inhibition is decided among the alerts of a test."""
    text = """
tests:
  - name: what the database inhibits
    alerts:
      - labels: {alertname: BillingDatabaseDown, severity: critical, team: billing}
        expect: {receivers: [billing], inhibited: false, group_wait: 0s, severity: critical}
      - labels: {alertname: Slow, severity: warning, team: billing}
        expect: {inhibited: true, repeat_interval: 5h, team: none}
"""
    (result,) = results(tmp_path, text)
    assert [f"{one.line}: {one.text}" for one in result.differences] == [
        "7: repeat_interval: expected 5h, but it is 4h"
    ]
