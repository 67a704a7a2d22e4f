"""Who is on call, as values that commands print or give as JSON."""

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.core.oncall.rota import Rota, Shift, explain
from gateway.core.plan.plan import Person, Plan
from gateway.core.time.timestamps import format_rfc3339
from gateway.render.view.times import clock_time

DAY = 86400.0
NOBODY = "nobody"


def rfc3339(t: float | None) -> str | None:
    """An instant for JSON."""
    return None if t is None else format_rfc3339(t, milliseconds=t != int(t))


def on_call_json(plan: Plan, rota: Rota, at: float) -> dict[str, Any]:
    """Who has the rota at `at`, since and until when, who is next: for ``--json`` and tables."""
    found = explain(rota, at)
    return {
        "rota": rota.name,
        "timezone": rota.zone,
        "at": rfc3339(at),
        "on_call": [person_json(plan.people, name) for name in found.people],
        "by": str(found.by) if found.by else None,
        "since": rfc3339(found.since),
        "until": rfc3339(found.until),
        "next": person_json(plan.people, found.next_person) if found.next_person else None,
    }


def shift_json(plan: Plan, rota: Rota, shift: Shift) -> dict[str, Any]:
    """One shift for ``--json``; nobody on call is an empty list."""
    return {
        "rota": rota.name,
        "timezone": rota.zone,
        "from": rfc3339(shift.start),
        "to": rfc3339(shift.end),
        "on_call": [person_json(plan.people, name) for name in shift.people],
        "by": str(shift.by) if shift.by else None,
    }


def person_json(people: Mapping[str, Person], name: str) -> dict[str, str]:
    """A person by id and name."""
    return {"id": name, "name": full_name(people, name)}


def full_name(people: Mapping[str, Person], name: str) -> str:
    """What a person is called; the id when routes.yaml does not know them."""
    person = people.get(name)
    return person.name if person else name


def names_of(plan: Plan, people: Sequence[str | None]) -> str:
    """People in a row, or that there is nobody."""
    return ", ".join(full_name(plan.people, one) for one in people if one) or NOBODY


def on_call_line(plan: Plan, rota: Rota, at: float) -> str:
    """The same in one line: "Ana until Mon 23 Nov, 09:00 CET, then Ben"."""
    found = explain(rota, at)
    text = names_of(plan, found.people)
    if found.until is not None:
        following = names_of(plan, found.next_people)
        text += f" until {clock_time(found.until, rota.zone, at)}, then {following}"
    return text
