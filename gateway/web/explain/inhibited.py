"""Which alerts inhibit those of an incident: the rule alone does not say where to look."""

from collections import Counter
from collections.abc import Sequence

from gateway.core.incidents.incident import Member
from gateway.core.matching.text import write_labels
from gateway.flow.queries.mute_snapshot import MuteSnapshot
from gateway.render.view.clean import clean
from gateway.store import Tx
from gateway.store.queries import lists
from gateway.store.state import alerts

MOST_NAMED = 3
"""Inhibiting alerts that are named; each may have hundreds of characters of labels."""


def inhibited(
    tx: Tx, mute_snapshot: MuteSnapshot, members: Sequence[Member], now: float
) -> list[str]:
    """A sentence for each alert that inhibits any of those that fire at `now`."""
    firing = [member for member in members if member.firing(now)]
    over = Counter(
        by
        for member in firing
        if (by := mute_snapshot.inhibited_by(member.alert.labels)) is not None
    )
    most = over.most_common(MOST_NAMED)
    known = alerts.by_identity(tx, [by for by, _ in most])
    said = []
    for by, count in most:
        if by not in known:
            continue
        which = f"inhibited by {clean(write_labels(known[by].labels), 300)}"
        latest = lists.history_of_alert(tx, by, 1)
        if latest:
            which += f" (incident #{latest[0].incident.number})"
        if len(firing) == 1:
            said.append(f"Its alert is {which}.")
        elif count == len(firing):
            said.append(f"Its alerts are {which}.")
        else:
            said.append(f"{count} of its {len(firing)} alerts that fire: {which}.")
    return said
