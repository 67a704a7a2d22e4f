"""E36: what ends and begins again and again is told so, and then quietly."""

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
    plan = without_escalation()
    return GroupSimulation(replace(plan, flapping=Flapping(**changes)))  # type: ignore[arg-type]


def flap(group: GroupSimulation, turns: int, severity: str = "warning") -> list[TimedNotice]:
    """Ten minutes of burning and two of peace, so many times: each turn would be told."""
    before = len(group.notices)
    for _ in range(turns):
        group.fire("RenewalCronSlow", severity)
        group.advance(6 * MINUTE)
        group.resolve("RenewalCronSlow", severity)
        group.advance(6 * MINUTE)
    return group.notices[before:]


def test_told_once_that_it_flaps_and_then_now_and_then() -> None:
    """The fourth beginning within an hour says so; then one word each half an hour."""
    group = flapping_group()
    notices = flap(group, 20)
    notified = notices_to(notices, SLACK)
    flapping = [at for at, reason in notified if reason == "flapping"]
    assert [reason for _, reason in notified][:7] == ["first", "resolved"] * 3 + ["first"]
    gaps = [later - at for at, later in pairwise(flapping)]
    assert flapping
    assert min(gaps) >= 30 * MINUTE
    assert len(notified) <= 7 + 20 * 12 // 30 + 1
    notes = [str(d.facts["note"]) for d in group.decisions if d.facts]
    assert any("flapping: it began 4 times" in note for note in notes)


def test_its_end_is_told_when_it_is_calm() -> None:
    """The end waits for a quarter of an hour of peace, and is then told to whoever was told."""
    group = flapping_group()
    flap(group, 5)
    over = group.now - 6 * MINUTE - START
    notices = notices_to(group.advance(2 * HOUR), SLACK)
    assert notices == [(over + 15 * MINUTE, "resolved")]


def test_the_worst_severity_is_told_each_time() -> None:
    """Never silent on critical: each beginning is told, and says that it flaps."""
    group = flapping_group()
    notices = notices_to(flap(group, 10, "critical"), SLACK)
    begun = [reason for _, reason in notices if reason in ("first", "flapping")]
    assert len(begun) == 10
    assert begun[3:] == ["first", *["flapping"] * 6]


def test_an_alert_nobody_heard_of_is_told_at_once() -> None:
    """While a group flaps, an alert that is new in it is no turn of the others."""
    group = flapping_group()
    flap(group, 5)
    group.fire("RenewalCronSlow", "warning", instance="new")
    assert [reason for _, reason in summary(group.advance(5 * MINUTE))] == ["new alerts"]


def test_seldom_is_not_flapping() -> None:
    """Four beginnings in four hours are four incidents, each with its end."""
    group = flapping_group()
    for _ in range(6):
        group.fire("RenewalCronSlow", "warning")
        group.advance(10 * MINUTE)
        group.resolve("RenewalCronSlow", "warning")
        group.advance(40 * MINUTE)
    assert [reason for _, reason in notices_to(group.notices, SLACK)] == ["first", "resolved"] * 6


def test_switched_off() -> None:
    """`times: 0`, and without severities: every turn is told, as in Alertmanager."""
    group = flapping_group(times=0)
    notices = notices_to(flap(group, 8), SLACK)
    assert [reason for _, reason in notices] == ["first", "resolved"] * 8
