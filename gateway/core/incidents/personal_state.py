"""How far the notification of one person about one incident has come."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from gateway.core.incidents.notice import NotifyReason

NO_TIMES: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class PersonalState:
    """The state of one person: which contacts were used for the present reason, and since when.

    It names contacts, and no rules: what is due is decided by the rules in force at each due time.
    A person for whom the rules have ended or wait for an acknowledgement has `since` None.
    """

    person: str
    since: float | None  # Unix seconds from which the rules' delays count
    reason: NotifyReason  # what began them
    by: tuple[str, ...] = ()  # the step's contacts, for a person without rules; empty: all
    used: tuple[str, ...] = ()  # contacts notified, or skipped as not usable
    earlier: Mapping[str, float] = field(default_factory=lambda: NO_TIMES)
    """Contacts not used for an earlier reason, with the instant from which their delay counts.

    A further reason must not postpone them: with one a minute they would never be due.
    """
    waiting: tuple[str, ...] = ()  # contacts with something to notify after the quiet hours
    unreached: tuple[str, ...] = ()  # used contacts whose message did not arrive


def state_of(states: Iterable[PersonalState], person: str) -> PersonalState | None:
    """Return the state of a person by id, None if nothing has reached the person."""
    return next((state for state in states if state.person == person), None)


def to_json(state: PersonalState) -> dict[str, Any]:
    """Return a state as JSON for the store."""
    return {
        "person": state.person,
        "since": state.since,
        "reason": state.reason.value,
        "by": state.by,
        "used": state.used,
        "earlier": dict(state.earlier),
        "waiting": state.waiting,
        "unreached": state.unreached,
    }


def from_json(saved: Mapping[str, Any]) -> PersonalState:
    """Undo `to_json`."""
    return PersonalState(
        saved["person"],
        saved["since"],
        NotifyReason(saved["reason"]),
        tuple(saved["by"]),
        used=tuple(saved["used"]),
        earlier=MappingProxyType(saved["earlier"]) if saved["earlier"] else NO_TIMES,
        waiting=tuple(saved["waiting"]),
        unreached=tuple(saved.get("unreached", ())),
    )
