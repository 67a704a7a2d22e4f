"""Merged incidents: the one that they were merged into decides for them, and ends with them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from gateway.core.actions.merge import end_merged
from gateway.core.decide.result import Decision
from gateway.core.incidents.incident import Incident, Member, State
from gateway.core.incidents.suppression import Suppression, SuppressReason
from gateway.store import Tx
from gateway.store.state import incidents, members


def members_with_merged(tx: Tx, several: Sequence[Incident]) -> dict[int, list[Member]]:
    """Return the members of incidents by number, with those of incidents merged into them.

    An alert that is in both counts once, as the incident's own.
    """
    merged = [number for one in several for number in one.responses.merged]
    stored = members.by_incident(tx, [*(one.number for one in several), *merged])
    if not merged:
        return stored
    result = {}
    for one in several:
        by_identity = {m.alert.identity: m for m in stored[one.number]}
        for number in one.responses.merged:
            for member in stored[number]:
                by_identity.setdefault(member.alert.identity, member)
        result[one.number] = list(by_identity.values())
    return result


def follow_merged(
    tx: Tx, before: Sequence[Incident], decisions: Sequence[Decision], now: float
) -> list[Decision]:
    """Decide for merged incidents what follows from decisions about those they were merged into.

    They end with them, open again with them, and follow them into a third one. `before` are the
    incidents as they were.
    """
    known = {one.number: one for one in before}
    followers: list[Decision] = []
    for decision in decisions:
        after, old = decision.incident, known.get(decision.incident.number)
        if old is None or not old.responses.merged:
            continue
        merged = incidents.by_number(tx, old.responses.merged)
        into = after.responses.merged_into
        if into is not None:
            followers += [_moved(one, into) for one in merged.values()]
        elif old.open and not after.open:
            followers += [end_merged(one, after, now) for one in merged.values() if one.open]
        elif after.open and not old.open:
            decided = {one.incident.group_key for one in decisions if one.incident.open}
            followers += _opened_again(tx, merged, after.number, decided)
    return followers


def _moved(incident: Incident, into: int) -> Decision:
    responses = replace(incident.responses, merged_into=into)
    suppressions = (Suppression(SuppressReason.MERGED, f"#{into}"),)
    after = replace(incident, responses=responses, suppressions=suppressions)
    return Decision(after, (), (), (), None, ())


def _opened_again(
    tx: Tx, merged: Mapping[int, Incident], into: int, decided: set[str]
) -> list[Decision]:
    """Return merged incidents as open again, except those whose group has another open one.

    `decided` are the groups of incidents that are open by decisions not stored yet.
    """
    taken = {*incidents.open_by_key(tx, [one.group_key for one in merged.values()]), *decided}
    suppressions = (Suppression(SuppressReason.MERGED, f"#{into}"),)
    followers = []
    for one in merged.values():
        if one.open or one.group_key in taken:
            continue
        taken.add(one.group_key)
        after = replace(one, state=State.FIRING, resolved_at=None, suppressions=suppressions)
        followers.append(Decision(after, (), (), (), None, ()))
    return followers
