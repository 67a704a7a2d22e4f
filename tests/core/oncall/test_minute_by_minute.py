"""The final schedule equals an evaluation of every single minute, over two years."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time, timedelta

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from gateway.core.oncall.anchors import keep_turns
from gateway.core.oncall.event_layer import DutyEvent, EventLayer, merge_events
from gateway.core.oncall.rota import Handover, Layer, Override, Rota, Shift, gaps, shifts
from gateway.core.oncall.types import AnyLayer
from gateway.core.time.wallclock import load_zone, wall_time
from tests.core.minute_by_minute import EventWalk, LayerWalk, Walk, midnight, on_call_each_minute
from tests.core.random_rotas import (
    DAY,
    PEOPLE,
    TURNING_POINTS,
    ZONES,
    layers,
    overrides,
    without_deadline,
)
from tests.examples import FULL

DAYS = 731 if FULL else 11
"""Days that are evaluated minute by minute: a million minutes take some seconds."""

BEFORE = 17 * DAY
"""Seconds before the turning point at which the walk begins: no drawn layer starts earlier."""


@st.composite
def event_layers(draw: st.DrawFn, start: float) -> tuple[EventLayer, list[DutyEvent]]:
    """Draw a layer of events that is known for three weeks, and the events themselves."""
    events = draw(
        st.lists(
            st.builds(
                lambda begins, lasts, person, level: DutyEvent(
                    start + begins * 3600.0, start + (begins + lasts) * 3600.0, person, level
                ),
                st.integers(0, 20 * 24),
                st.integers(1, 100),
                st.sampled_from(PEOPLE),
                st.sampled_from((0, 0, 1)),
            ),
            max_size=6,
        )
    )
    known = start + 2 * DAY, start + 23 * DAY
    return EventLayer("calendar.ics", "", "", merge_events(events), *known), events


@st.composite
def stories(draw: st.DrawFn) -> tuple[Rota, Rota, float, list[Walk], float]:
    """Draw a rota, the same with edited layers, when it is edited, its walks, and a beginning."""
    around = date.fromisoformat(draw(st.sampled_from(TURNING_POINTS)))
    start = midnight(around) - BEFORE
    drawn: list[AnyLayer] = []
    walks: list[Walk] = []
    for _ in range(draw(st.integers(1, 3))):
        if draw(st.integers(0, 4)) == 4:
            layer, events = draw(event_layers(start))
            drawn.append(layer)
            walks.append(EventWalk(layer, events))
        else:
            drawn.append(draw(layers(around)))
            walks.append(LayerWalk(drawn[-1]))
    exceptions = st.integers(0, DAYS).flatmap(
        lambda day: overrides(midnight(around) + (day - 14) * DAY)
    )
    rota = Rota(
        "billing",
        draw(st.sampled_from(ZONES)),
        tuple(drawn),
        tuple(draw(st.lists(exceptions, max_size=6))),
        tuple(draw(st.lists(exceptions, max_size=6))),
    )
    edited = tuple(_edited(draw, around, layer) for layer in drawn)
    edited_at = midnight(around) + draw(st.integers(-3 * 1440, (DAYS - 10) * 1440)) * 60.0
    return rota, replace(rota, layers=edited), edited_at, walks, start


def _edited(draw: st.DrawFn, around: date, layer: AnyLayer) -> AnyLayer:
    """Return the layer, or another one with the same start."""
    if isinstance(layer, EventLayer) or draw(st.booleans()):
        return layer
    other = draw(layers(around))
    if draw(st.booleans()):  # the members alone
        return replace(layer, turns=other.turns)
    end = other.end if other.end is None else max(other.end, around + timedelta(days=10))
    return replace(other, start=layer.start, end=end)


@settings(
    parent=without_deadline,
    max_examples=6 if FULL else 5,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking would take hours
)
@given(stories())
def test_final_schedule_equals_every_minute_of_two_years(
    story: tuple[Rota, Rota, float, list[Walk], float],
) -> None:
    """Promise 12: Whichever zone, layers, calendars, overrides, changes and edits there are."""
    rota, text, edited_at, walks, start = story
    end = start + BEFORE + DAYS * DAY
    edited = keep_turns(rota, text, edited_at, [*PEOPLE, "eli"])
    people = _each_minute([*shifts(rota, start, edited_at), *shifts(edited, edited_at, end)])
    by_events = any(isinstance(walk, EventWalk) for walk in walks)
    for t, expected in on_call_each_minute(rota, walks, start, end, text, edited_at):
        result = next(people)
        if result != expected and not (by_events and sorted(result) == sorted(expected)):
            raise AssertionError(f"{wall_time(t, load_zone(rota.zone))}: {result}, not {expected}")


def _each_minute(planned: list[Shift]) -> Iterator[tuple[str, ...]]:
    """Yield the people of each minute; all edges of these rotas are whole minutes."""
    for shift in planned:
        assert shift.start % 60 == shift.end % 60 == 0
        for _ in range(int(shift.end - shift.start) // 60):
            yield shift.people


@st.composite
def unrestricted(draw: st.DrawFn) -> tuple[Rota, float]:
    """Draw a rota of one layer that always applies, whose turns are of different people."""
    around = date.fromisoformat(draw(st.sampled_from(TURNING_POINTS)))
    members = tuple((person,) for person in PEOPLE[: draw(st.integers(2, 4))])
    layer = replace(draw(layers(around)), turns=members, restrictions=(), end=None)
    rota = Rota("billing", draw(st.sampled_from(ZONES)), (layer,))
    return rota, midnight(around) + 5 * DAY


@without_deadline
@given(unrestricted())
def test_unrestricted_layer_without_gap_changes_turns_at_its_wall_clock_time(
    drawn: tuple[Rota, float],
) -> None:
    """Promise 12: Each handover is at the declared time, or right after a jump of the clock."""
    rota, start = drawn
    (layer,) = rota.layers
    assert isinstance(layer, Layer)
    zone, end = load_zone(rota.zone), start + (731 if FULL else 120) * DAY
    planned = shifts(rota, start, end)
    assert gaps(rota, start, end) == []
    for shift in planned[1:]:
        shown, before = wall_time(shift.start, zone), wall_time(shift.start - 60.0, zone)
        is_jump = (shown - before) > timedelta(minutes=1)
        if layer.unit == "hour":
            assert shown.minute == layer.handover.at.minute or is_jump
        else:
            assert shown.time() == layer.handover.at or is_jump


def test_walk_through_the_minutes_knows_the_rules_of_the_handbook() -> None:
    """The reference itself: away shows the layer below, the last change wins, beside is added."""
    start = midnight(date(2026, 10, 20))
    base = Layer((("cho",),), 1, "week", Handover(time(9), 0), date(2026, 10, 5))
    top = Layer((("ana",), ("ben",)), 1, "week", Handover(time(9), 0), date(2026, 10, 5))
    hour = 3600.0
    rota = Rota(
        "billing",
        "UTC",
        (base, top),
        (Override("dee", start, start + hour),),
        (
            Override(None, start + hour, start + 3 * hour, replaces="ana"),
            Override("eli", start + 2 * hour, start + 4 * hour, beside=True),
        ),
    )
    walks: list[Walk] = [LayerWalk(base), LayerWalk(top)]
    begin, end = midnight(date(2026, 10, 5)), start + 5 * hour
    people = dict(on_call_each_minute(rota, walks, begin, end, rota, end))
    hours = [people[int(start + number * hour)] for number in range(5)]
    assert hours == [("dee",), ("cho",), ("cho", "eli"), ("ana", "eli"), ("ana",)]
