"""SQL of verifications: incidents of a time span in pages, and all that belongs to them."""

from sqlalchemy import bindparam, func, or_, select, tuple_

from gateway.core.incidents.incident import NotifiedState, State
from gateway.core.incidents.outbox import ACCEPTED, PRINTED, NoticeState
from gateway.store.db.statement import InList, Statement, literal
from gateway.store.outbox.claims import IS_HEAD
from gateway.store.outbox.rows import IS_UNFINISHED
from gateway.store.schema.tables import (
    alerts,
    attempts,
    episodes,
    incidents,
    members,
    notices,
    timeline,
)

OPENED = Statement(
    select(incidents.c.opened_at, incidents.c.number)
    .where(
        tuple_(incidents.c.opened_at, incidents.c.number)
        > tuple_(bindparam("instant"), bindparam("last_number")),
        incidents.c.opened_at < bindparam("end"),
    )
    .order_by(incidents.c.opened_at, incidents.c.number)
    .limit(bindparam("most"))
)
"""Incidents that opened in the span, in the order of opening."""

RESOLVED = Statement(
    select(incidents.c.resolved_at, incidents.c.number)
    .where(
        incidents.c.resolved_at.is_not(None),
        incidents.c.resolved_at >= bindparam("instant"),
        or_(
            incidents.c.resolved_at > bindparam("instant"),
            incidents.c.number > bindparam("last_number"),
        ),
        incidents.c.opened_at < bindparam("start"),
    )
    .order_by(incidents.c.resolved_at, incidents.c.number)
    .limit(bindparam("most"))
)
"""Incidents that opened before the span and were resolved in it or later."""

UNRESOLVED = Statement(
    select(incidents.c.opened_at, incidents.c.number)
    .where(
        incidents.c.state == bindparam("in_state"),
        incidents.c.number > bindparam("last_number"),
        incidents.c.opened_at < bindparam("start"),
    )
    .order_by(incidents.c.number)
    .limit(bindparam("most"))
)
"""Incidents of one state that opened before the span."""

INCIDENTS = Statement(
    select(
        incidents.c.number,
        incidents.c.state,
        incidents.c.opened_at,
        incidents.c.resolved_at,
        incidents.c.due_at,
        incidents.c.memory,
        incidents.c.route_id,
        incidents.c.severity,
    )
    .where(InList(incidents.c.number, "numbers"))
    .order_by(incidents.c.number)
)
LAST_ENDS = Statement(
    select(members.c.incident, func.max(alerts.c.ends_at))
    .join(alerts, alerts.c.id == members.c.alert)
    .where(InList(members.c.incident, "numbers"))
    .group_by(members.c.incident)
    .having(func.count() == func.count(alerts.c.ends_at))
)
"""When the last alert of incidents ended in which all alerts have an end."""

UNNOTIFIED = Statement(
    select(members.c.incident, alerts.c.labels)
    .join(alerts, alerts.c.id == members.c.alert)
    .where(
        InList(members.c.incident, "numbers"),
        or_(alerts.c.ends_at.is_(None), alerts.c.ends_at > bindparam("now")),
        or_(
            members.c.told == literal(NotifiedState.NONE.value),
            members.c.told == literal(NotifiedState.RESOLVED.value),
            members.c.told_starts_at < alerts.c.starts_at,
        ),
    )
    .limit(bindparam("most"))
)
"""Alerts that fire at an instant, and of whose present firing nobody was notified."""

TIMELINE = Statement(
    select(timeline.c.incident, timeline.c.at, timeline.c.kind, timeline.c.text, timeline.c.data)
    .where(InList(timeline.c.incident, "numbers"))
    .order_by(timeline.c.id)
)
NOTICES = Statement(
    select(
        notices.c.incident,
        notices.c.id,
        notices.c.target,
        notices.c.kind,
        notices.c.reason,
        notices.c.state,
        notices.c.created_at,
        notices.c.sent_at,
        notices.c.facts_id,
        notices.c.perhaps,
        notices.c.fell_back,
        notices.c.folded_into,
        notices.c.detail,
    )
    .where(InList(notices.c.incident, "numbers"))
    .order_by(notices.c.id)
)
FOLDED_INTO = Statement(
    select(notices.c.id, notices.c.sent_at, notices.c.folded_into).where(
        InList(notices.c.id, "ids")
    )
)
_IS_ACCEPTED = or_(attempts.c.outcome == literal(ACCEPTED), attempts.c.outcome == literal(PRINTED))
# An attempt that was recorded twice, because a commit seemed to fail, has one instant.
_ARRIVALS = func.count(attempts.c.at.distinct())
UNUSUAL_ATTEMPTS = Statement(
    select(attempts.c.notice, _ARRIVALS, func.min(attempts.c.at))
    .select_from(notices)
    .join(attempts, attempts.c.notice == notices.c.id)
    .where(InList(notices.c.incident, "numbers"), _IS_ACCEPTED)
    .group_by(attempts.c.notice)
    .having(
        or_(
            _ARRIVALS > 1,
            func.min(notices.c.state) != literal(NoticeState.SENT.value),
        )
    )
)
"""Accepted attempts of notices that were accepted more than once, or do not count as sent."""

OVERDUE = Statement(
    select(
        notices.c.next_at,
        notices.c.id,
        notices.c.incident,
        notices.c.target,
        notices.c.kind,
        notices.c.state,
        notices.c.created_at,
        notices.c.first_attempt_at,
    )
    .where(
        notices.c.channel == bindparam("of_account"),
        IS_UNFINISHED,
        notices.c.next_at < bindparam("before"),
        IS_HEAD,
    )
    .order_by(notices.c.next_at)
    .limit(bindparam("most"))
)
"""Heads of queues of one account that have been due since before an instant."""

TRIED_LONG_AGO = Statement(
    select(
        notices.c.next_at,
        notices.c.id,
        notices.c.incident,
        notices.c.target,
        notices.c.kind,
        notices.c.state,
        notices.c.created_at,
        notices.c.first_attempt_at,
    )
    .where(
        notices.c.channel == bindparam("of_account"),
        IS_UNFINISHED,
        notices.c.next_at >= bindparam("before"),
        notices.c.first_attempt_at < bindparam("tried_before"),
    )
    .order_by(notices.c.next_at)
    .limit(bindparam("most"))
)
"""Unfinished notices of one account that were first tried before an instant."""

_recent = (
    select(attempts.c.notice, attempts.c.at)
    .order_by(attempts.c.id.desc())
    .limit(bindparam("most"))
    .subquery("recent")
)
LATELY_TRIED = Statement(
    select(notices.c.channel, func.max(_recent.c.at))
    .select_from(_recent)
    .join(notices, notices.c.id == _recent.c.notice)
    .group_by(notices.c.channel)
)
"""When the accounts of the latest attempts made theirs."""

ENDED_ALERTS = Statement(
    select(alerts.c.ends_at, alerts.c.serial, alerts.c.id)
    .where(
        tuple_(alerts.c.ends_at, alerts.c.serial)
        > tuple_(bindparam("ends_at"), bindparam("serial"))
    )
    .order_by(alerts.c.ends_at, alerts.c.serial)
    .limit(bindparam("most"))
)
ENDLESS_ALERTS = Statement(
    select(alerts.c.ends_at, alerts.c.serial, alerts.c.id)
    .where(alerts.c.ends_at.is_(None), alerts.c.serial > bindparam("serial"))
    .order_by(alerts.c.serial)
    .limit(bindparam("most"))
)
_ALERT = (alerts.c.id, alerts.c.labels, alerts.c.starts_at, alerts.c.ends_at, alerts.c.updated_at)
_IS_EXPECTED = InList(alerts.c.id, "ids")
FIRING_STRAYS = Statement(
    select(*_ALERT).where(
        _IS_EXPECTED,
        or_(alerts.c.ends_at.is_(None), alerts.c.ends_at > bindparam("now")),
        ~select(members.c.alert)
        .join(incidents, incidents.c.number == members.c.incident)
        .where(
            members.c.alert == alerts.c.id,
            or_(
                incidents.c.state != literal(State.RESOLVED.value),
                incidents.c.due_at.is_not(None),  # resolved by hand, and opens again
            ),
        )
        .exists(),
    )
)
"""Firing alerts without an incident that notifies of them or will."""

ENDED_STRAYS = Statement(
    select(*_ALERT).where(
        _IS_EXPECTED,
        alerts.c.ends_at <= bindparam("now"),
        ~select(members.c.alert).where(members.c.alert == alerts.c.id).exists(),
        # Posted again as resolved already, an alert has an earlier firing and joins nothing.
        ~select(episodes.c.alert).where(episodes.c.alert == alerts.c.id).exists(),
    )
)
"""Alerts that fired once and never belonged to an incident, or only to deleted ones."""

MERGED = Statement(
    select(members.c.alert, incidents.c.memory)
    .join(incidents, incidents.c.number == members.c.incident)
    .where(InList(members.c.alert, "ids"), incidents.c.resolved_at.is_not(None))
)
"""The resolved incidents of alerts, which may be merged into another one."""
