"""Which changes made at run time moved the shifts of a person, and who made them."""

from collections.abc import Callable, Iterable, Sequence

from gateway.core.actor import Actor, ActorKind
from gateway.core.oncall.change_text import what_changes
from gateway.core.oncall.changes import RotaChange
from gateway.core.oncall.shift_changes import PersonChange

SLACK = 60.0
"""Seconds before the last comparison in which a change may have been made that it did not know:
replicas' clocks differ. Higher: an older change of the same hours may be named as well."""

FILE_CHANGED = "routes.yaml was changed"


def change_causes(
    stored: Iterable[RotaChange], rota: str, change: PersonChange, since: float
) -> list[RotaChange]:
    """Return the changes made or made void after `since` (unix seconds) in the hours that differ.

    They are in the order of their ids, and may be several.
    """
    stretches = (*change.before, *change.after)
    return sorted(
        (
            one
            for one in stored
            if one.applies_to(rota)
            and _decided_at(one) >= since - SLACK
            and any(one.start < stretch.end and stretch.start < one.end for stretch in stretches)
        ),
        key=lambda one: one.id,
    )


def cause_texts(
    causes: Sequence[RotaChange], name_of: Callable[[str], str], *, file_changed: bool
) -> list[str]:
    """Return a sentence for each cause; the file's, if it changed and nothing else explains it."""
    if not causes:
        return [FILE_CHANGED] if file_changed else []
    return list(dict.fromkeys(_cause_text(one, name_of) for one in causes))


def _decided_at(change: RotaChange) -> float:
    return change.created_at if change.voiding is None else change.voiding.at


def _cause_text(change: RotaChange, name_of: Callable[[str], str]) -> str:
    what = what_changes(change, {one: name_of(one) for one in change.people})
    if change.voiding is not None:
        reason = f" ({change.voiding.reason})" if change.voiding.reason else ""
        who = _who(change.voiding.actor, name_of)
        return f"by {who}: override {change.id} is void, {what}{reason}"
    name = f"override {change.id}" if change.swap is None else f"swap {change.swap}"
    why = f" ({change.why})" if change.why else ""
    return f"by {_who(change.actor, name_of)}: {name}, {what}{why}"


def _who(actor: Actor, name_of: Callable[[str], str]) -> str:
    return f"a {actor.via}" if actor.kind is ActorKind.SYSTEM else name_of(actor.id)
