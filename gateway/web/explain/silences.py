"""Sentences about the silences over an incident's alerts: by whom, until when and why."""

from collections.abc import Sequence

from gateway.core.incidents.incident import Member
from gateway.core.incidents.silence import Silence, SilenceIndex
from gateway.render.view.clean import clean
from gateway.store import Tx
from gateway.store.state import silences
from gateway.web.explain.answers import Sentence
from gateway.web.explain.context import ExplainContext

ID_PREFIX = 8
"""Characters of an id that identify a silence to `gateway silence expire`, nearly always."""


def current_silences(tx: Tx, now: float) -> SilenceIndex:
    """Return an index of the silences that are active at `now`."""
    return SilenceIndex(silences.ending_after(tx, now))


def silence_sentences(
    context: ExplainContext, index: SilenceIndex, members: Sequence[Member]
) -> list[Sentence]:
    """Return a sentence for each silence over firing alerts among `members`."""
    firing = [member for member in members if member.firing(context.now)]
    counts: dict[str, tuple[Silence, int]] = {}
    for member in firing:
        for silence in index.silencing(member.alert.labels, context.now):
            count = counts.get(silence.id, (silence, 0))[1]
            counts[silence.id] = (silence, count + 1)
    sentences = []
    for silence, count in counts.values():
        part = f"{count} of its {len(firing)} firing alerts: silenced"
        start = "Silenced" if count == len(firing) else part
        sentences.append(Sentence(f"{start} {_details(context, silence)}.", silence.id))
    return sentences


def _details(context: ExplainContext, silence: Silence) -> str:
    name = context.name(silence.created_by) or "somebody"
    comment = f" ({clean(silence.comment, 200)})" if silence.comment else ""
    until = context.clock(silence.ends_at)
    return (
        f"by {name} until {until}{comment}; "
        f"to end it: gateway silence expire {silence.id[:ID_PREFIX]}"
    )
