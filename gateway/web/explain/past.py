"""Sentences about the messages that an incident has sent so far, or why it sent none."""

from collections.abc import Sequence

from gateway.core.incidents.incident import Incident
from gateway.core.incidents.outbox import PRINTED_TEXT, NoticeState
from gateway.core.incidents.suppression import to_json
from gateway.core.incidents.timeline import TimelineEntry, TimelineKind
from gateway.core.plan.target_name import target_name
from gateway.store.queries.deliveries import NoticeSummary
from gateway.web.explain.answers import Sentence
from gateway.web.explain.context import ExplainContext


def past_sentences(
    context: ExplainContext,
    incident: Incident,
    timeline: Sequence[TimelineEntry],
    notices: Sequence[NoticeSummary],
) -> list[Sentence]:
    """Return how many messages were delivered since when, or why none was."""
    sent = [notice for notice in notices if notice.state is NoticeState.SENT]
    delivered = [notice for notice in sent if notice.reached]
    if delivered:
        texts = [_delivered(context, delivered)]
    elif len(notices) > len(sent):
        texts = ["Messages are queued; none is delivered yet."]
    elif incident.open and not incident.flushed:
        texts = []  # the present sentences say until when the group waits
    else:
        texts = ["Nobody was notified."]
        texts += [
            f"Not notifying since {context.clock(entry.at)}: {entry.text}."
            for entry in timeline
            if entry.kind is TimelineKind.SUPPRESSED and not _is_current(entry, incident)
        ]
    if len(sent) > len(delivered):
        texts.append(f"Messages {PRINTED_TEXT}: {len(sent) - len(delivered)}.")
    texts += [
        f"Given up: {target_name(notice.target)} ({notice.outcome}: {notice.detail})."
        for notice in notices
        if notice.state is NoticeState.DEAD
    ]
    return [Sentence(text) for text in texts]


def _is_current(entry: TimelineEntry, incident: Incident) -> bool:
    """Return whether the line records what suppresses the incident now."""
    return bool(incident.suppressions) and entry.data.get("suppressions") == [
        to_json(one) for one in incident.suppressions
    ]


def _delivered(context: ExplainContext, delivered: Sequence[NoticeSummary]) -> str:
    first_at = min(notice.sent_at or notice.created_at for notice in delivered)
    count = len({notice.target.key for notice in delivered})
    targets = "1 target" if count == 1 else f"{count} targets"
    first = context.clock(first_at)
    return f"Messages delivered: {len(delivered)}, to {targets}, the first at {first}."
