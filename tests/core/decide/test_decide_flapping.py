"""E36: what ends and begins again and again is told so, and then quietly."""

from dataclasses import replace
from itertools import pairwise

from gateway.core.plan.flapping import Flapping
from tests.core.story import (
    HOUR,
    MINUTE,
    SLACK,
    START,
    Said,
    Story,
    brief,
    knows_firing,
    without_escalation,
)


def flapping_story(**changes: float) -> Story:
    plan = without_escalation()
    return Story(replace(plan, flapping=Flapping(**changes)))  # type: ignore[arg-type]


def flap(story: Story, turns: int, severity: str = "warning") -> list[Said]:
    """Ten minutes of burning and two of peace, so many times: each turn would be told."""
    before = len(story.said)
    for _ in range(turns):
        story.fire("RenewalCronSlow", severity)
        story.advance(6 * MINUTE)
        story.resolve("RenewalCronSlow", severity)
        story.advance(6 * MINUTE)
    return story.said[before:]


def test_told_once_that_it_flaps_and_then_now_and_then() -> None:
    """The fourth beginning within an hour says so; then one word each half an hour."""
    story = flapping_story()
    said = flap(story, 20)
    told = knows_firing(said, SLACK)
    flapping = [at for at, reason in told if reason == "flapping"]
    assert [reason for _, reason in told][:7] == ["first", "resolved"] * 3 + ["first"]
    gaps = [later - at for at, later in pairwise(flapping)]
    assert flapping
    assert min(gaps) >= 30 * MINUTE
    assert len(told) <= 7 + 20 * 12 // 30 + 1
    notes = [str(d.facts["note"]) for d in story.decisions if d.facts]
    assert any("flapping: it began 4 times" in note for note in notes)


def test_its_end_is_told_when_it_is_calm() -> None:
    """The end waits for a quarter of an hour of peace, and is then told to whoever was told."""
    story = flapping_story()
    flap(story, 5)
    over = story.now - 6 * MINUTE - START
    said = knows_firing(story.advance(2 * HOUR), SLACK)
    assert said == [(over + 15 * MINUTE, "resolved")]


def test_the_worst_severity_is_told_each_time() -> None:
    """Never silent on critical: each beginning is told, and says that it flaps."""
    story = flapping_story()
    said = knows_firing(flap(story, 10, "critical"), SLACK)
    begun = [reason for _, reason in said if reason in ("first", "flapping")]
    assert len(begun) == 10
    assert begun[3:] == ["first", *["flapping"] * 6]


def test_an_alert_nobody_heard_of_is_told_at_once() -> None:
    """While a group flaps, an alert that is new in it is no turn of the others."""
    story = flapping_story()
    flap(story, 5)
    story.fire("RenewalCronSlow", "warning", instance="new")
    assert [reason for _, reason in brief(story.advance(5 * MINUTE))] == ["new alerts"]


def test_seldom_is_not_flapping() -> None:
    """Four beginnings in four hours are four incidents, each with its end."""
    story = flapping_story()
    for _ in range(6):
        story.fire("RenewalCronSlow", "warning")
        story.advance(10 * MINUTE)
        story.resolve("RenewalCronSlow", "warning")
        story.advance(40 * MINUTE)
    assert [reason for _, reason in knows_firing(story.said, SLACK)] == ["first", "resolved"] * 6


def test_switched_off() -> None:
    """`times: 0`, and without severities: every turn is told, as in Alertmanager."""
    story = flapping_story(times=0)
    said = knows_firing(flap(story, 8), SLACK)
    assert [reason for _, reason in said] == ["first", "resolved"] * 8
