"""A recording of what this gateway stored, in pages."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from gateway.core.alerts.source_labels import is_test
from gateway.core.oncall.changes import RotaChange
from gateway.core.time.spans import Span
from gateway.simulate.entries import Entry, action_entry, alert_entry, change_entry, silence_entry
from gateway.store import Tx
from gateway.store.queries import recording
from gateway.store.state import changes, silences

FIRST = "alerts:0"
"""The cursor of the first page."""


@dataclass(frozen=True, slots=True)
class StoredPage:
    """A page of a recording. `cursor` is that of the next page, None for the last."""

    entries: list[Entry]
    cursor: str | None


def page(tx: Tx, span: Span, cursor: str) -> StoredPage:
    """Return a page of what happened in a span. Raises ValueError for an invalid cursor.

    Test alerts are left out, as in all figures.
    """
    part, _, after = cursor.partition(":")
    if part == "alerts":
        alerts, following = recording.alerts_page(tx, span, int(after))
        real = [alert_entry(one) for one in alerts if not is_test(one.labels)]
        return StoredPage(real, "actions:0" if following is None else f"alerts:{following}")
    if part == "actions":
        actions, following = recording.actions_page(tx, span, int(after))
        done = [action_entry(one) for one in actions]
        return StoredPage(done, "rest:0" if following is None else f"actions:{following}")
    if part == "rest":
        return StoredPage([*_silences(tx, span), *_changes(tx, span)], None)
    raise ValueError(cursor)


def _silences(tx: Tx, span: Span) -> Iterator[Entry]:
    for silence in silences.iterate_ending_after(tx, span.start):
        if min(silence.starts_at, silence.updated_at) < span.end:
            yield silence_entry(silence)


def _changes(tx: Tx, span: Span) -> Iterator[Entry]:
    for change in changes.ending_after(tx, span.start):
        in_force = _in_force(change)
        if in_force is not None and in_force.start < span.end:
            yield change_entry(in_force)


def _in_force(change: RotaChange) -> RotaChange | None:
    """Return the change for as long as it was in force; None if it was void before it began."""
    if change.voiding is None or change.voiding.at >= change.end:
        return change
    if change.voiding.at <= change.start:
        return None
    return replace(change, end=change.voiding.at)
