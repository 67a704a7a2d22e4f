"""What templates see of what people did with an incident."""

from collections.abc import Mapping
from typing import Any

from gateway.core.text.escape import one_line
from gateway.render.view.clean import clean
from gateway.render.view.numbers import number

RESPONSE_NAMES: Mapping[str, str] = {
    "comments": "the last comments, oldest first: by, name, at, text of each",
    "offered_to": "to whom it is handed over and who has not accepted: id, name; or none",
    "snoozed_until": "until when it is snoozed, or none",
    "previous": "the last incident of the same group: number, ended_at, lately (how many there "
    "were in the last seven days); or none",
    "related": "the numbers of linked incidents",
}
"""The names, with what each is."""


def responses_view(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return these names; facts of another release may lack any of them."""
    related = facts.get("related")
    return {
        "comments": _comments(facts.get("comments")),
        "offered_to": _person(facts.get("offered_to")),
        "snoozed_until": number(facts.get("snoozed_until")),
        "previous": _previous(facts.get("previous")),
        "related": tuple(one for one in related if isinstance(one, int))
        if isinstance(related, list | tuple)
        else (),
    }


def _comments(value: object) -> tuple[dict[str, Any], ...]:
    if not isinstance(value, list | tuple):
        return ()
    return tuple(
        {
            "by": one_line(clean(one.get("by")), 100),
            "name": one_line(clean(one.get("name")), 100),
            "at": number(one.get("at")),
            "text": one_line(clean(one.get("text")), 500),
        }
        for one in value
        if isinstance(one, Mapping)
    )


def _person(value: object) -> dict[str, str] | None:
    if not isinstance(value, Mapping) or not value:
        return None
    id_ = one_line(clean(value.get("id")), 100)
    return {"id": id_, "name": one_line(clean(value.get("name")), 100) or id_}


def _previous(value: object) -> dict[str, Any] | None:
    if not isinstance(value, Mapping) or not isinstance(value.get("number"), int):
        return None
    lately = number(value.get("lately"))
    return {
        "number": value["number"],
        "ended_at": number(value.get("ended_at")),
        "lately": int(lately) if lately is not None else 0,
    }
