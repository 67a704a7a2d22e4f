"""Revisions of events: they change with the event and with nothing else."""

from dataclasses import replace

from gateway.calendars.planned import PlannedEvent
from gateway.flow.feeds.revisions import KEEP_GONE, revise

EVENT = PlannedEvent("one@on-call", 1000, 2000, "Ana (billing)", "Ana is on call.", "ana")
OTHER = PlannedEvent("two@on-call", 2000, 3000, "Ben (billing)", "Ben is on call.", "ben")


def test_unchanged_events_keep_their_revisions() -> None:
    """Asked again later, the same schedule has the same numbers and times."""
    first = revise({}, [EVENT, OTHER], 100.5)
    again = revise(first.revisions, [EVENT, OTHER], 9000.0)
    assert again == first
    assert [(one.sequence, one.changed_at) for one in first.events] == [(0, 100), (0, 100)]
    assert again.changed_at == 100


def test_changed_event_gets_the_next_number_and_the_present_time() -> None:
    """Another person or another end raises SEQUENCE of that event, and of no other."""
    first = revise({}, [EVENT, OTHER], 100.0)
    second = revise(first.revisions, [replace(EVENT, person="cho"), OTHER], 200.0)
    third = revise(second.revisions, [replace(EVENT, end=1500), OTHER], 300.0)
    assert [(one.sequence, one.changed_at) for one in second.events] == [(1, 200), (0, 100)]
    assert [(one.sequence, one.changed_at) for one in third.events] == [(2, 300), (0, 100)]
    assert third.changed_at == 300


def test_event_that_returns_continues_its_number() -> None:
    """A shift that is gone and comes back is newer than what programs remember of it."""
    first = revise({}, [EVENT, OTHER], 100.0)
    gone = revise(first.revisions, [OTHER], 200.0)
    assert [one.uid for one in gone.events] == [OTHER.uid]
    assert gone.changed_at == 200
    assert revise(gone.revisions, [OTHER], 250.0) == gone
    back = revise(gone.revisions, [EVENT, OTHER], 300.0)
    assert [(one.sequence, one.changed_at) for one in back.events] == [(1, 300), (0, 100)]


def test_what_is_long_gone_is_forgotten() -> None:
    """What is stored of a feed does not grow for ever."""
    gone = revise(revise({}, [EVENT, OTHER], 100.0).revisions, [OTHER], 200.0)
    later = revise(gone.revisions, [OTHER], 201.0 + KEEP_GONE)
    assert set(later.revisions) == {OTHER.uid}
