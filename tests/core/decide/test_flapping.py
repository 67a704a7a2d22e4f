"""Flapping groups: notified as flapping, then rarely (E36)."""

from dataclasses import replace
from itertools import pairwise

from gateway.core.plan.flapping import Flapping
from tests.core.group_simulation import (
    HOUR,
    MINUTE,
    SLACK,
    START,
    GroupSimulation,
    TimedNotice,
    notices_to,
    summary,
    without_escalation,
)


def flapping_group(**changes: float) -> GroupSimulation:
    """Return a simulation with these settings of flapping and without escalation."""
    plan = without_escalation()
    return GroupSimulation(replace(plan, flapping=Flapping(**changes)))  # type: ignore[arg-type]


def flap(group: GroupSimulation, cycles: int, severity: str = "warning") -> list[TimedNotice]:
    """Fire and resolve for six minutes each, `cycles` times, and return the notices."""
    before = len(group.notices)
    for _ in range(cycles):
        group.fire("RenewalCronSlow", severity)
        group.advance(6 * MINUTE)
        group.resolve("RenewalCronSlow", severity)
        group.advance(6 * MINUTE)
    return group.notices[before:]


def test_flapping_group_is_notified_as_flapping_then_every_half_hour() -> None:
    """The fourth start within an hour is notified as flapping, then one notice per 30 min."""
    group = flapping_group()
    notices = flap(group, 20)
    slack_notices = notices_to(notices, SLACK)
    flapping_times = [at for at, reason in slack_notices if reason == "flapping"]
    assert [reason for _, reason in slack_notices][:7] == ["first", "resolved"] * 3 + ["first"]
    gaps = [later - at for at, later in pairwise(flapping_times)]
    assert flapping_times
    assert min(gaps) >= 30 * MINUTE
    assert len(slack_notices) <= 7 + 20 * 12 // 30 + 1
    notes = [str(d.facts["note"]) for d in group.decisions if d.facts]
    assert any("flapping: it began 4 times" in note for note in notes)


def test_flapping_group_is_resolved_after_fifteen_calm_minutes() -> None:
    """The resolved notification of a flapping group waits for 15 calm minutes."""
    group = flapping_group()
    flap(group, 5)
    resolved_at = group.now - 6 * MINUTE - START
    notices = notices_to(group.advance(2 * HOUR), SLACK)
    assert notices == [(resolved_at + 15 * MINUTE, "resolved")]


def test_flapping_critical_notifies_each_start() -> None:
    """Every start of a critical alert is notified, and marked as flapping."""
    group = flapping_group()
    notices = notices_to(flap(group, 10, "critical"), SLACK)
    start_reasons = [reason for _, reason in notices if reason in ("first", "flapping")]
    assert len(start_reasons) == 10
    assert start_reasons[3:] == ["first", *["flapping"] * 6]


def test_new_alert_in_a_flapping_group_is_notified() -> None:
    """An alert that is new in a flapping group does not count as flapping."""
    group = flapping_group()
    flap(group, 5)
    group.fire("RenewalCronSlow", "warning", instance="new")
    assert [reason for _, reason in summary(group.advance(5 * MINUTE))] == ["new alerts"]


def test_starts_far_apart_are_not_flapping() -> None:
    """Six starts in five hours are six incidents, each with a resolved notification."""
    group = flapping_group()
    for _ in range(6):
        group.fire("RenewalCronSlow", "warning")
        group.advance(10 * MINUTE)
        group.resolve("RenewalCronSlow", "warning")
        group.advance(40 * MINUTE)
    assert [reason for _, reason in notices_to(group.notices, SLACK)] == ["first", "resolved"] * 6


def test_flapping_switched_off_notifies_every_cycle() -> None:
    """With `times: 0` every start and resolve is notified, as in Alertmanager."""
    group = flapping_group(times=0)
    notices = notices_to(flap(group, 8), SLACK)
    assert [reason for _, reason in notices] == ["first", "resolved"] * 8
