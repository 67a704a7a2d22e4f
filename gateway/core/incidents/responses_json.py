"""What people have done with an incident, as JSON. Only what differs from nothing is stored."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from gateway.core.incidents.responses import (
    NO_RESPONSES,
    Closing,
    Comment,
    Offer,
    Previous,
    Rating,
    Responses,
    Snooze,
)


def to_json(responses: Responses) -> dict[str, Any]:
    """Return the fields that are set; empty for nothing."""
    if responses is NO_RESPONSES:
        return {}
    return {name: value for name, value in asdict(responses).items() if value not in (None, ())}


def from_json(saved: Mapping[str, Any]) -> Responses:
    """Undo `to_json`."""
    if not saved:
        return NO_RESPONSES
    offer, snooze, closing = saved.get("offer"), saved.get("snooze"), saved.get("closing")
    return Responses(
        offer=Offer(**offer) if offer else None,
        snooze=Snooze(**snooze) if snooze else None,
        closing=Closing(**closing) if closing else None,
        merged_into=saved.get("merged_into"),
        merged=tuple(saved.get("merged", ())),
        related=tuple(saved.get("related", ())),
        comments=tuple(Comment(**one) for one in saved.get("comments", ())),
        ratings=tuple(Rating(**one) for one in saved.get("ratings", ())),
        reminded_of=saved.get("reminded_of"),
    )


def previous_to_json(previous: Previous | None) -> dict[str, Any] | None:
    """Return the previous incident as JSON."""
    return None if previous is None else asdict(previous)


def previous_from_json(saved: Mapping[str, Any] | None) -> Previous | None:
    """Undo `previous_to_json`."""
    return Previous(**saved) if saved else None
