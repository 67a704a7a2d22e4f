"""SQL of reports: notices added up by incident, and what else is read of incidents."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    bindparam,
    case,
    exists,
    func,
    not_,
    or_,
    select,
    tuple_,
)

from gateway.core.incidents.outbox import PRINTED, NoticeState
from gateway.core.plan.plan import SHIFT_RANK, UNKNOWN_RANK
from gateway.core.report.selection import Selection
from gateway.store.db.json_field import JsonField
from gateway.store.db.statement import InList, Statement, literal
from gateway.store.queries.accepted import IS_ACCEPTED, IS_PAGE
from gateway.store.schema.tables import acks, alerts, incidents, members, notices

_NUMBERS = InList(notices.c.incident, "numbers")
_sums = (
    select(
        notices.c.incident,
        func.min(notices.c.sent_at).label("first"),
        func.count().label("messages"),
        func.count(case((IS_PAGE, 1))).label("pages"),
    )
    .where(_NUMBERS, IS_ACCEPTED)
    .group_by(notices.c.incident)
    .subquery("sums")
)
INCIDENTS = Statement(
    select(
        incidents.c.number,
        incidents.c.opened_at,
        incidents.c.severity,
        incidents.c.team,
        incidents.c.receiver,
        incidents.c.route_id,
        JsonField(incidents.c.group_labels, "alertname", text=True),
        incidents.c.resolved_at,
        JsonField(incidents.c.memory, "since"),
        JsonField(incidents.c.memory, "missed_at"),
        JsonField(incidents.c.memory, "flapping_told_at"),
        _sums.c.first,
        _sums.c.messages,
        _sums.c.pages,
    )
    .select_from(incidents)
    .outerjoin(_sums, _sums.c.incident == incidents.c.number)
    .where(InList(incidents.c.number, "numbers"), not_(incidents.c.test))
    .order_by(incidents.c.number)
)
_digest = notices.alias("digest")
IN_DIGESTS = Statement(
    select(notices.c.incident, func.min(_digest.c.sent_at))
    .join(_digest, _digest.c.id == notices.c.folded_into)
    .where(
        _NUMBERS,
        notices.c.folded_into.is_not(None),
        _digest.c.state == literal(NoticeState.SENT.value),
        _digest.c.outcome != literal(PRINTED),
    )
    .group_by(notices.c.incident)
)
_urgent_at = case(
    (
        or_(
            notices.c.rank <= bindparam("urgent_rank"),
            notices.c.rank.between(UNKNOWN_RANK, SHIFT_RANK - 1),
        ),
        notices.c.sent_at,
    )
)
# Named in a subquery, because PostgreSQL takes the parameters of a repeated expression for others.
_to_people = (
    select(
        notices.c.person,
        _urgent_at.label("urgent_at"),
        case((IS_PAGE, 1)).label("is_page"),
    )
    .where(_NUMBERS, IS_ACCEPTED, notices.c.person.is_not(None))
    .subquery("to_people")
)
# One row for each instant of urgent notices, and one for all others of a person.
TO_PEOPLE = Statement(
    select(_to_people.c.person, _to_people.c.urgent_at, func.count(_to_people.c.is_page)).group_by(
        _to_people.c.person, _to_people.c.urgent_at
    )
)
ACTIONS = Statement(
    select(acks.c.incident, acks.c.action, acks.c.at, acks.c.person, acks.c.kind)
    .where(InList(acks.c.incident, "numbers"))
    .order_by(acks.c.id)
)
MEMBERS = Statement(
    select(members.c.incident, members.c.alert).where(InList(members.c.incident, "numbers"))
)
ALERTNAME = 6
"""The position of the alertname in a row of `INCIDENTS`."""
ALERTNAMES = Statement(
    select(alerts.c.id, JsonField(alerts.c.labels, "alertname", text=True)).where(
        InList(alerts.c.id, "ids")
    )
)


def incidents_of(selection: Selection) -> Select[Any]:
    """Return the query of a piece, in the order of opening."""
    opened, number = incidents.c.opened_at, incidents.c.number
    conditions: list[ColumnElement[bool]] = [
        tuple_(opened, number) > tuple_(bindparam("opened_at"), bindparam("last_number")),
        opened < selection.end,
    ]
    for column, value in (
        (incidents.c.team, selection.team),
        (incidents.c.severity, selection.severity),
        (incidents.c.receiver, selection.receiver),
        (incidents.c.route_id, selection.route),
    ):
        if value is not None:
            conditions.append(column == value)
    if selection.receivers is not None:
        conditions.append(InList(incidents.c.receiver, "receivers"))
    if selection.person is not None:
        to_person = notices.c.person == selection.person
        conditions.append(exists().where(notices.c.incident == number, to_person, IS_ACCEPTED))
    query = select(opened, number).where(*conditions).order_by(opened, number)
    return query.limit(bindparam("most"))
