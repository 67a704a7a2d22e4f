"""Who is on call, as text and as JSON."""

from collections.abc import Callable, Sequence
from typing import Any

from gateway.core.oncall.rota import OnCall, Rota, Shift, explain
from gateway.core.plan.plan import Plan
from gateway.core.time.timestamps import format_rfc3339
from gateway.render.view.times import clock_time

DAY = 86400.0
NOBODY, UNKNOWN = "nobody", "unknown"

Names = Callable[[str], str]
"""Returns a person's name by id."""


def rfc3339(t: float | None) -> str | None:
    """Return an instant as RFC 3339, None for None."""
    return None if t is None else format_rfc3339(t, milliseconds=t != int(t))


def on_call_json(name_of: Names, rota: Rota, at: float, shift: OnCall) -> dict[str, Any]:
    """Return who is on call at `at`, since when, until when, and who is next."""
    return {
        "rota": rota.name,
        "timezone": rota.zone,
        "at": rfc3339(at),
        "on_call": [person_json(name_of, name) for name in shift.people],
        "by": str(shift.by) if shift.by else None,
        "since": rfc3339(shift.since),
        "until": rfc3339(shift.until),
        "next": person_json(name_of, shift.next_people[0]) if shift.next_people else None,
        "next_people": [person_json(name_of, name) for name in shift.next_people],
        "unknown": shift.unknown,
        "next_unknown": shift.next_unknown,
    }


def shift_json(name_of: Names, rota: Rota, shift: Shift) -> dict[str, Any]:
    """Return one shift; `on_call` is empty where nobody is on call."""
    return {
        "rota": rota.name,
        "timezone": rota.zone,
        "from": rfc3339(shift.start),
        "to": rfc3339(shift.end),
        "on_call": [person_json(name_of, name) for name in shift.people],
        "by": str(shift.by) if shift.by else None,
        "source": shift.source.value,
        "unknown": shift.unknown,
    }


def person_json(name_of: Names, person: str) -> dict[str, str]:
    """Return a person's id and name."""
    return {"id": person, "name": name_of(person)}


def names_of(name_of: Names, people: Sequence[str]) -> str:
    """Return the names of people, separated by commas, or NOBODY."""
    return ", ".join(map(name_of, people)) or NOBODY


def people_text(name_of: Names, people: Sequence[str], *, unknown: bool) -> str:
    """Return the names of the people on call, NOBODY, or UNKNOWN."""
    return UNKNOWN if unknown else names_of(name_of, people)


def on_call_line(plan: Plan, rota: Rota, at: float) -> str:
    """Return one line such as "Ana until Mon 23 Nov, 09:00 CET, then Ben"."""
    shift = explain(rota, at)
    text = people_text(plan.name_of, shift.people, unknown=shift.unknown)
    if shift.until is not None:
        following = people_text(plan.name_of, shift.next_people, unknown=shift.next_unknown)
        text += f" until {clock_time(shift.until, rota.zone, at)}, then {following}"
    return text
