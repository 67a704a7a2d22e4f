"""The future of an alert as JSON values, for programs, pages and `gateway explain --if`."""

from collections.abc import Iterator
from typing import Any

from gateway.core.decide.route_preview import MatchedRoute, person_of
from gateway.core.incidents.incident import Incident
from gateway.core.incidents.silence import Silence
from gateway.core.matching.text import write_labels, write_matchers
from gateway.core.plan.plan import Plan
from gateway.core.time.timestamps import format_rfc3339
from gateway.render.view.clean import clean
from gateway.render.view.route_preview import route_preview_json
from gateway.render.view.times import clock_time, day_name, duration
from gateway.virtual.future import Future, FutureIncident, Moment
from gateway.virtual.recorder import Delivery

MOST_NAMED = 6
"""Recipients that a sentence names."""


def future_json(plan: Plan, future: Future) -> dict[str, Any]:
    """Return a future with instants as RFC 3339 and durations in seconds."""
    hypothesis, circumstances = future.hypothesis, future.circumstances
    return {
        "labels": dict(hypothesis.labels),
        "at": _instant(hypothesis.at),
        "lasts": hypothesis.lasts,
        "ends_at": _instant(hypothesis.ends_at),
        "cut_at": None if future.cut_at is None else _instant(future.cut_at),
        "timezone": plan.business_hours.zone,
        "answer": list(sentences(plan, future)),
        "route": route_preview_json(plan, future.preview),
        "silenced_by": [_silence_json(one) for one in circumstances.silences],
        "inhibited_by": [dict(labels) for labels in circumstances.inhibitors],
        "joins": [_joined_json(one) for one in circumstances.open_incidents],
        "incidents": [
            {
                "receiver": one.incident.receiver,
                "group_labels": dict(one.incident.group_labels),
                "moments": [_moment_json(plan, future, moment) for moment in one.moments],
            }
            for one in future.incidents
        ],
    }


def sentences(plan: Plan, future: Future) -> Iterator[str]:
    """Yield the answer in short: who is notified first, when, by what, or why nobody is."""
    zone, hypothesis = plan.business_hours.zone, future.hypothesis

    def clock(at: float) -> str:
        return clock_time(at, zone, hypothesis.at)

    day = day_name(hypothesis.at, zone)
    yield f"It fires on {day}, {clock(hypothesis.at)}, for {duration(hypothesis.lasts)}."
    for match in future.preview.matches:
        yield _route_sentence(plan, match)
    for one in future.incidents:
        yield from _incident_sentences(plan, one)
    for silence in future.circumstances.silences:
        yield f"It is silenced by {clean(silence.words(zone), 300)}."
    for labels in future.circumstances.inhibitors:
        yield f"It is inhibited by {clean(write_labels(labels), 300)}, which fires now."
    for incident in future.circumstances.open_incidents:
        yield (
            f"Incident #{incident.number} of its group is {incident.state.value}: the alert would "
            "join it. What follows is for an incident of its own."
        )
    if future.cut_at is not None:
        yield f"Too much falls due: it is shown as if the alert ended at {clock(future.cut_at)}."


def _route_sentence(plan: Plan, match: MatchedRoute) -> str:
    line = f" (routes.yaml:{match.route.line})" if match.route.line else ""
    return f"It goes to receiver {match.receiver.name}{line}."


def _incident_sentences(plan: Plan, one: FutureIncident) -> Iterator[str]:
    receiver = one.incident.receiver
    first = next((moment for moment in one.moments if moment.messages), None)
    if first is None:
        why = next((event.text for moment in one.moments for event in moment.events), "")
        because = f": {clean(why, 300)}" if why else ", because it has no targets"
        yield f"Receiver {receiver}: nobody is notified{because}."
        return
    people: dict[str, list[str]] = {}
    for moment in one.moments:
        for message in moment.messages:
            if message.target.person:
                people.setdefault(message.target.person, []).append(message.target.account)
    count = sum(len(moment.messages) * (moment.times + 1) for moment in one.moments)
    names = [person_of(plan, message.target) for message in first.messages]
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    yield (
        f"First notified, after {duration(first.at - one.incident.opened_at)}: "
        f"{clean('; '.join(names[:MOST_NAMED]), 600)}{more}."
    )
    reached = ", ".join(
        f"{plan.name_of(person)} ({', '.join(dict.fromkeys(accounts))})"
        for person, accounts in people.items()
    )
    yield (
        f"Messages until its end, if nobody acts: {count}. "
        f"People notified: {reached or 'none by name'}."
    )


def _moment_json(plan: Plan, future: Future, moment: Moment) -> dict[str, Any]:
    again = None
    if moment.times:
        again = {"every": moment.every, "times": moment.times, "until": _instant(moment.last_at)}
    return {
        "at": _instant(moment.at),
        "after": round(moment.at - future.hypothesis.at, 3),
        "events": [{"kind": one.kind.label, "text": one.text} for one in moment.events],
        "notices": [_notice_json(plan, one) for one in moment.messages],
        "again": again,
    }


def _notice_json(plan: Plan, sent: Delivery) -> dict[str, Any]:
    target = sent.target
    return {
        "reason": sent.message.reason.value,
        "kind": sent.message.kind.value,
        "channel": target.channel,
        "account": target.account,
        "recipient": person_of(plan, target),
        "person": target.person,
    }


def _silence_json(silence: Silence) -> dict[str, Any]:
    return {
        "id": silence.id,
        "matchers": write_matchers(silence.matchers),
        "starts_at": _instant(silence.starts_at),
        "ends_at": _instant(silence.ends_at),
        "created_by": silence.created_by,
        "comment": silence.comment,
    }


def _joined_json(incident: Incident) -> dict[str, Any]:
    return {
        "number": incident.number,
        "state": incident.state.value,
        "receiver": incident.receiver,
        "acknowledged_by": incident.ack.by if incident.ack else None,
    }


def _instant(at: float) -> str:
    return format_rfc3339(at, milliseconds=at != int(at))
