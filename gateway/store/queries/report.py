"""Facts of reports: incidents with their notices and actions, read in pieces.

The database adds up notices by incident, because a million rows in Python would stop the event
loop for seconds. Each piece is one short read, so other readers take their turn in between.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    tuple_,
)

from gateway.core.actor import ActorKind
from gateway.core.decide.result import ActionOutcome
from gateway.core.incidents.outbox import PRINTED, NoticeState
from gateway.core.plan.plan import SHIFT_RANK, UNKNOWN_RANK
from gateway.core.report.facts import Acknowledgement, Facts, IncidentFacts, UrgentNotice
from gateway.core.report.selection import Selection
from gateway.store.db.json_field import JsonField
from gateway.store.db.session import Row
from gateway.store.db.statement import InList, Statement, json_list, literal
from gateway.store.db.transaction import Tx
from gateway.store.queries.accepted import IS_ACCEPTED, IS_PAGE
from gateway.store.schema.tables import acks, alerts, incidents, members, notices

PIECE = 500
"""Incidents of one read. Higher makes other reads wait longer, lower costs more statements."""

_FIRST_ACKNOWLEDGEMENT = (ActionOutcome.DONE.value, ActionOutcome.TAKEN_OVER.value)

_USEFUL, _NOISE = ActionOutcome.USEFUL.value, ActionOutcome.NOISE.value
_MARKS = frozenset({_USEFUL, _NOISE, ActionOutcome.UNRATED.value})
"""What people say of an incident, which is no action on it. The last one of each person counts."""

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
_INCIDENTS = Statement(
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
    .where(InList(incidents.c.number, "numbers"))
    .order_by(incidents.c.number)
)
_digest = notices.alias("digest")
_IN_DIGESTS = Statement(
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
_TO_PEOPLE = Statement(
    select(_to_people.c.person, _to_people.c.urgent_at, func.count(_to_people.c.is_page)).group_by(
        _to_people.c.person, _to_people.c.urgent_at
    )
)
_ACTIONS = Statement(
    select(acks.c.incident, acks.c.action, acks.c.at, acks.c.person, acks.c.kind)
    .where(InList(acks.c.incident, "numbers"))
    .order_by(acks.c.id)
)
_MEMBERS = Statement(
    select(members.c.incident, members.c.alert).where(InList(members.c.incident, "numbers"))
)
_ALERTNAME = 6
"""The position of the alertname in a row of `_INCIDENTS`."""
_ALERTNAMES = Statement(
    select(alerts.c.id, JsonField(alerts.c.labels, "alertname", text=True)).where(
        InList(alerts.c.id, "ids")
    )
)


class _Position(NamedTuple):
    """The last incident of the piece before."""

    opened_at: float
    number: int


class _Actions:
    """What people did about one incident, while it is being read."""

    __slots__ = ("acknowledgement", "acted", "marks")

    def __init__(self) -> None:
        self.acknowledgement: Acknowledgement | None = None
        self.acted = False
        self.marks: dict[str, str] | None = None  # by person; None: nobody marked it

    def facts(self) -> tuple[Acknowledgement | None, bool, bool, bool]:
        """Return the last fields of `IncidentFacts`."""
        if self.marks is None:
            return self.acknowledgement, self.acted, False, False
        marks = self.marks.values()
        return self.acknowledgement, self.acted, _USEFUL in marks, _NOISE in marks


class ReportFacts:
    """Reads the facts of a selection, a piece at a time. Used by one thread at a time."""

    def __init__(self, selection: Selection, urgent_rank: int) -> None:
        """`urgent_rank`: see `Plan.urgent_rank`."""
        self._selection = selection
        self._urgent_rank = urgent_rank
        self._query = Statement(_incidents_of(selection))
        self._after = _Position(selection.start, -1)
        self._alertnames: dict[int, str] = {}  # by the id of the alert
        self.finished = False

    def next_piece(self, tx: Tx) -> Facts:
        """Return the facts of the next incidents; `finished` is set with the last of them."""
        rows = tx.rows(
            self._query,
            opened_at=self._after.opened_at,
            last_number=self._after.number,
            receivers=json_list(self._selection.receivers or ()),
            most=PIECE,
        )
        self.finished = len(rows) < PIECE
        if not rows:
            return Facts()
        self._after = _Position(*rows[-1])
        numbers = json_list([number for _, number in rows])
        rows = tx.rows(_INCIDENTS, numbers=numbers)
        others = self._other_names(tx, [row[0] for row in rows if not row[_ALERTNAME]])
        actions = _actions(tx, numbers)
        digests: dict[int, float] = dict(tx.rows(_IN_DIGESTS, numbers=numbers))
        facts = [_incident(row, others, digests, actions) for row in rows]
        name = self._selection.alertname
        if name is not None:
            facts = [one for one in facts if name in one.alertnames]
        return self._with_people(tx, facts)

    def _with_people(self, tx: Tx, facts: Sequence[IncidentFacts]) -> Facts:
        numbers = json_list([one.number for one in facts])
        urgent: list[UrgentNotice] = []
        pages: dict[str, int] = defaultdict(int)
        for person, at, count in tx.rows(
            _TO_PEOPLE, numbers=numbers, urgent_rank=self._urgent_rank
        ):
            pages[person] += count
            if at is not None:
                urgent.append(UrgentNotice(person, at))
        return Facts(tuple(facts), tuple(urgent), pages)

    def _other_names(self, tx: Tx, numbers: Sequence[int]) -> dict[int, tuple[str, ...]]:
        """Return the names of the alerts of incidents whose groups are not by alertname."""
        if not numbers:
            return {}
        alerts_of: dict[int, list[int]] = {number: [] for number in numbers}
        for number, alert in tx.rows(_MEMBERS, numbers=json_list(numbers)):
            alerts_of[number].append(alert)
        unknown = {one for ids in alerts_of.values() for one in ids} - self._alertnames.keys()
        if unknown:
            rows = tx.rows(_ALERTNAMES, ids=json_list(sorted(unknown)))
            self._alertnames.update({id_: name or "" for id_, name in rows})
        names = {}
        for number, ids in alerts_of.items():
            unique = {self._alertnames.get(alert, "") for alert in ids}
            names[number] = tuple(sorted(unique - {""}))
        return names


def first_response_time(tx: Tx, number: int) -> float | None:
    """Return the seconds to acknowledge of an incident that was acknowledged for the first time.

    None if it was acknowledged before, or if no vendor had accepted a message about it.
    """
    numbers = json_list([number])
    actions = tx.rows(_ACTIONS, numbers=numbers)
    times = [row[2] for row in actions if row[1] in _FIRST_ACKNOWLEDGEMENT]
    sums = tx.rows(_INCIDENTS, numbers=numbers)
    digests: dict[int, float] = dict(tx.rows(_IN_DIGESTS, numbers=numbers))
    if len(times) != 1 or not sums:
        return None
    others: dict[int, tuple[str, ...]] = {number: ()}
    return _incident(sums[0], others, digests, _actions(tx, numbers)).seconds_to_acknowledge


def _incidents_of(selection: Selection) -> Select[Any]:
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


def _incident(
    row: Row,
    others: Mapping[int, tuple[str, ...]],
    digests: Mapping[int, float],
    actions: Mapping[int, _Actions],
) -> IncidentFacts:
    (
        number, opened, severity, team, receiver, route, name, resolved, since,
        missed_at, flapping_at, first, messages, pages,
    ) = row  # fmt: skip
    began = opened if since is None else since
    if number in digests:
        first = digests[number] if first is None else min(first, digests[number])
    lasted = None if resolved is None else resolved - began
    acts = actions.get(number)
    acknowledgement, acted, useful, noise = acts.facts() if acts else (None, False, False, False)
    return IncidentFacts(
        number,
        opened,
        severity,
        team,
        receiver,
        route,
        (name,) if name else others[number],
        lasted if lasted is None or lasted > 0.0 else 0.0,
        missed_at is not None,
        flapping_at is not None,
        first,
        messages or 0,
        pages or 0,
        acknowledgement,
        acted,
        useful,
        noise,
    )


def _actions(tx: Tx, numbers: str) -> dict[int, _Actions]:
    """Return what people did, by incident."""
    actions: dict[int, _Actions] = {}
    for number, action, at, person, kind in tx.rows(_ACTIONS, numbers=numbers):
        known = actions.get(number)
        if known is None:
            known = actions[number] = _Actions()
        if action in _MARKS:
            known.marks = {**(known.marks or {}), person: action}
            continue
        known.acted = known.acted or kind != ActorKind.SYSTEM.value
        if known.acknowledgement is None and action in _FIRST_ACKNOWLEDGEMENT:
            known.acknowledgement = Acknowledgement(at, person)
    return actions
