"""Sentences about the alerts that inhibit those of an incident."""

from collections import Counter
from collections.abc import Sequence

from gateway.core.incidents.incident import Member
from gateway.core.matching.text import write_labels
from gateway.flow.queries.mute_snapshot import MuteSnapshot
from gateway.render.view.clean import clean
from gateway.store import Tx
from gateway.store.queries import lists
from gateway.store.state import alerts
from gateway.web.explain.answers import Sentence

MOST_NAMED = 3
"""Inhibiting alerts that are named; each may have hundreds of characters of labels."""


def inhibition_sentences(
    tx: Tx, mute_snapshot: MuteSnapshot, members: Sequence[Member], now: float
) -> list[Sentence]:
    """Return a sentence for each alert that inhibits firing alerts among `members`."""
    firing = [member for member in members if member.firing(now)]
    counts = Counter(
        identity
        for member in firing
        if (identity := mute_snapshot.inhibited_by(member.alert.labels)) is not None
    )
    most_common = counts.most_common(MOST_NAMED)
    inhibiting = alerts.by_identity(tx, [identity for identity, _ in most_common])
    sentences = []
    for identity, count in most_common:
        if identity not in inhibiting:
            continue
        text = f"inhibited by {clean(write_labels(inhibiting[identity].labels), 300)}"
        latest = lists.history_of_alert(tx, identity, 1)
        if latest:
            text += f" (incident #{latest[0].incident.number})"
        if len(firing) == 1:
            sentences.append(Sentence(f"Its alert is {text}."))
        elif count == len(firing):
            sentences.append(Sentence(f"Its alerts are {text}."))
        else:
            sentences.append(Sentence(f"{count} of its {len(firing)} firing alerts: {text}."))
    return sentences
