"""Notices about shifts as rows of the outbox."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import orjson

from gateway.core.incidents.notice import NoticeKind, NotifyReason, Subject, SubjectKind
from gateway.core.incidents.outbox import NewRow
from gateway.core.plan.channels import Capability, spec_of
from gateway.core.plan.person import Person
from gateway.core.plan.plan import SHIFT_RANK, Plan, Target
from gateway.core.plan.recipients import person_targets
from gateway.store import Tx, outbox

ON_CALL_STATUS = "on call"
"""The status that messages about shifts show in place of an incident's."""


class ShiftMessage(NamedTuple):
    """One message about shifts, before it is stored. `shift` is what its template shows."""

    subject: Subject
    kind: NoticeKind
    reason: NotifyReason
    shift: Mapping[str, Any]


def rota_subject(rota: str) -> Subject:
    """Return the subject of messages about who is on call in a rota."""
    return Subject(SubjectKind.ROTA, rota)


def person_subject(person: str) -> Subject:
    """Return the subject of messages about a person's shifts."""
    return Subject(SubjectKind.PERSON, person)


def notify_person(
    tx: Tx,
    plan: Plan,
    person: str,
    message: ShiftMessage,
    now: float,
    latest: float | None = None,
) -> None:
    """Queue a message to one contact of a person; nothing if they have none for it.

    In the person's quiet hours it waits until they end, but not until `latest` (unix seconds),
    when it would be of no use any more: then it is sent at once.
    """
    known = plan.people.get(person)
    target = None if known is None else shift_target(plan, known)
    if known is None or target is None:
        return
    until = known.quiet_until(now, urgent=False)
    waits = until is not None and (latest is None or until < latest)
    add(tx, [target], message, now, until if waits else None)


def notify_targets(tx: Tx, targets: Iterable[Target], message: ShiftMessage, now: float) -> None:
    """Queue a message to those of the targets whose channel has messages about shifts."""
    add(tx, [target for target in targets if _can(target)], message, now)


def shift_target(plan: Plan, person: Person) -> Target | None:
    """Return the first contact that can show a message about shifts; None without any.

    The person's own rules for what is not urgent say which is the first.
    """
    return next(filter(_can, person_targets(plan, person, urgent=False)), None)


def add(
    tx: Tx,
    targets: list[Target],
    message: ShiftMessage,
    now: float,
    not_before: float | None = None,
) -> None:
    """Store one notice for each target; they are sent from `not_before` on."""
    rows = [
        NewRow(
            None,
            target,
            message.kind,
            message.reason,
            SHIFT_RANK,
            0,
            quiet=False,
            subject=message.subject,
            not_before=not_before,
        )
        for target in targets
    ]
    if rows:
        outbox.add(tx, rows, [orjson.dumps(shift_facts(message, now))], now)


def shift_facts(message: ShiftMessage, now: float) -> dict[str, Any]:
    """Return the facts of a message; mails about one subject make one thread."""
    return {
        "incident": None,
        "status": ON_CALL_STATUS,
        "severity": "",
        "rank": None,
        "title": "Shifts",
        "group_key": str(message.subject),
        "opened_at": 0.0,
        "shift": dict(message.shift),
        "alerts": [],
        "at": now,
        "since": now,
    }


def _can(target: Target) -> bool:
    return spec_of(target.channel).can(Capability.SHIFT_MESSAGES)
