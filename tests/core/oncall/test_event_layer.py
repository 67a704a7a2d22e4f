"""Layers of events: overlaps, levels, what is not known, and how they lie among other layers."""

from datetime import date, time
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from gateway.core.oncall.edges import edges
from gateway.core.oncall.event_layer import (
    OVERRIDE_LEVEL,
    DutyEvent,
    EventLayer,
    Segment,
    merge_events,
)
from gateway.core.oncall.members import members_at
from gateway.core.oncall.rota import (
    Gap,
    Handover,
    Layer,
    Override,
    Rota,
    explain,
    gaps,
    next_change,
    on_call,
    shifts,
)
from gateway.core.oncall.secondary import secondary
from gateway.core.oncall.without_effect import hidden_layers
from tests.core.turns import one_each

NOW = 1_795_000_000.0
HOUR, DAY = 3600.0, 86400.0
END = NOW + 70 * DAY

BENEATH = Layer(
    turns=one_each(("dee",)),
    every=1,
    unit="week",
    handover=Handover(time(9)),
    start=date(2026, 1, 5),
)


def layer(*events: DutyEvent) -> EventLayer:
    segments = merge_events(events)
    return EventLayer("calendar.ics", "", "", segments, NOW - 14 * DAY, END)


def rota(*events: DutyEvent, overrides: tuple[Override, ...] = ()) -> Rota:
    return Rota("billing", "Europe/Berlin", (layer(*events),), overrides)


events = st.lists(
    st.builds(
        lambda start, length, person, level: DutyEvent(start, start + length, person, level),
        st.integers(0, 20).map(float),
        st.integers(1, 10).map(float),
        st.sampled_from(("ana", "ben", "cho")),
        st.sampled_from((0, 0, 1, 2, OVERRIDE_LEVEL)),
    ),
    max_size=8,
)


@given(events)
def test_merged_events_are_those_of_the_highest_level_at_each_instant(
    drawn: list[DutyEvent],
) -> None:
    """Compared with an evaluation of every instant by itself."""
    segments = merge_events(drawn)
    for half in range(70):
        at = half / 2
        active = [one for one in drawn if one.start <= at < one.end]
        level = max((one.level for one in active), default=0)
        people = {one.person for one in active if one.level == level}
        merged = [set(one.people) for one in segments if one.start <= at < one.end]
        assert merged == ([people] if people else [])
    assert all(one.start < one.end and len(set(one.people)) == len(one.people) for one in segments)
    assert all(a.end <= b.start for a, b in pairwise(segments))


def test_overlapping_events_put_several_people_on_call() -> None:
    """The one whose event began first is in front."""
    both = rota(DutyEvent(NOW, NOW + DAY, "cho"), DutyEvent(NOW + HOUR, NOW + 2 * HOUR, "ana"))
    assert on_call(both, NOW + HOUR) == ("cho", "ana")
    assert on_call(both, NOW + 2 * HOUR) == ("cho",)


def test_event_of_a_higher_level_hides_the_others() -> None:
    """A priority is an override while it lasts, and nothing more."""
    both = rota(DutyEvent(NOW, NOW + DAY, "ana"), DutyEvent(NOW, NOW + HOUR, "ben", 1))
    assert on_call(both, NOW) == ("ben",)
    assert on_call(both, NOW + HOUR) == ("ana",)


def test_time_without_an_event_is_a_gap_and_unknown_time_is_not() -> None:
    """Known time ends where the calendar was read to: later nobody can say who is on call."""
    one = rota(DutyEvent(NOW, END - DAY, "ana"))
    assert gaps(one, NOW, END + 30 * DAY) == [Gap(END - DAY, END)]
    *_, last = shifts(one, NOW, END + 30 * DAY)
    assert (last.start, last.end, last.people, last.unknown) == (END, END + 30 * DAY, (), True)
    first, *_ = shifts(one, NOW - 30 * DAY, END)
    assert first.unknown
    assert first.end == NOW - 14 * DAY
    assert not any(shift.unknown for shift in shifts(one, NOW, END))


def test_calendar_that_was_never_read_is_unknown_and_not_a_gap() -> None:
    """Before the first read there is neither a gap nor a person."""
    unread = Rota("billing", "UTC", (EventLayer("calendar.ics"),))
    assert gaps(unread, NOW, END) == []
    state = explain(unread, NOW)
    assert (state.people, state.unknown, state.until) == ((), True, None)


def test_end_of_what_is_known_is_a_change() -> None:
    """An event that lasts beyond it ends there, and what follows is unknown, not nobody."""
    one = rota(DutyEvent(NOW, END + 100 * DAY, "ana"))
    assert next_change(one, NOW) == END
    state = explain(one, NOW)
    assert (state.people, state.until, state.next_people) == (("ana",), END, ())
    assert (state.unknown, state.next_unknown) == (False, True)


def test_gap_before_unknown_time_ends_there() -> None:
    """Nobody, then unknown: the people are the same, the answer is not."""
    one = rota(DutyEvent(NOW, NOW + DAY, "ana"))
    state = explain(one, NOW + 2 * DAY)
    assert (state.unknown, state.until, state.next_unknown) == (False, END, True)


def test_earlier_layer_shows_through_where_there_is_no_event() -> None:
    """As with any layer; but never where the calendar is not known."""
    both = Rota("billing", "Europe/Berlin", (BENEATH, layer(DutyEvent(NOW, NOW + DAY, "ana"))))
    assert on_call(both, NOW) == ("ana",)
    assert on_call(both, NOW + DAY) == ("dee",)
    assert on_call(both, END) == ()
    assert explain(both, END).unknown


def test_later_layer_decides_where_it_applies_also_in_unknown_time() -> None:
    """What is on top is known."""
    both = Rota("billing", "Europe/Berlin", (layer(), BENEATH))
    assert on_call(both, END + DAY) == ("dee",)


def test_overrides_lie_on_top_of_events() -> None:
    """Replacing, away, beside and nobody read the events like turns, and unknown time too."""
    ana = DutyEvent(NOW, NOW + DAY, "ana")
    swap = Override("ben", NOW, NOW + HOUR, replaces="ana")
    assert on_call(rota(ana, overrides=(swap,)), NOW) == ("ben",)
    away = Override(None, NOW, NOW + HOUR, replaces="ana")
    assert on_call(rota(ana, overrides=(away,)), NOW) == ()
    cover = Override("cho", END, END + DAY)
    assert on_call(rota(ana, overrides=(cover,)), END) == ("cho",)
    beside = Override("cho", NOW, END + DAY, beside=True)
    assert on_call(rota(ana, overrides=(beside,)), NOW) == ("ana", "cho")


def test_secondary_is_the_next_event_with_somebody_else() -> None:
    """People on call already are passed over, as in a rotation."""
    following = rota(
        DutyEvent(NOW, NOW + DAY, "ana"),
        DutyEvent(NOW + DAY, NOW + 2 * DAY, "ana", 1),
        DutyEvent(NOW + 3 * DAY, NOW + 4 * DAY, "ben"),
    )
    assert secondary(following, NOW) == ("ben",)
    assert secondary(rota(DutyEvent(NOW, NOW + DAY, "ana")), NOW) == ()


def test_members_are_everybody_in_the_known_events() -> None:
    """`members:NAME` notifies all of them, on call or not."""
    one = rota(DutyEvent(NOW, NOW + DAY, "ben"), DutyEvent(NOW + DAY, NOW + 2 * DAY, "ana"))
    assert members_at(one, NOW + 5 * DAY) == ("ben", "ana")
    assert members_at(one, END) == ()


def test_layer_beneath_a_calendar_is_never_called_hidden() -> None:
    """Nobody knows what the calendar will hold."""
    always = layer(DutyEvent(NOW - 10 * DAY, END + 1000 * DAY, "ana"))
    assert hidden_layers(Rota("billing", "UTC", (BENEATH, always))) == []


def test_edges_hold_the_ends_of_what_is_known() -> None:
    """A proof evaluates each stretch between two edges once."""
    one = rota(DutyEvent(NOW, NOW + DAY, "ana"))
    assert edges(one, NOW - DAY, END + DAY) == [NOW - DAY, NOW, NOW + DAY, END]


def test_segments_beyond_what_is_known_are_not_on_call() -> None:
    """Events that reach over an edge count only inside."""
    known = EventLayer(
        "x.ics", segments=(Segment(0, 100, ("ana",)),), known_from=10, known_until=20
    )
    one = Rota("billing", "UTC", (known,))
    assert [(s.start, s.end, s.people) for s in shifts(one, 0, 100)] == [
        (0, 10, ()),
        (10, 20, ("ana",)),
        (20, 100, ()),
    ]
