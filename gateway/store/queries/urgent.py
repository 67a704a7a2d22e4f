"""Lists of incidents by list state, then severity, then number.

The list states are unacknowledged (`firing`), suppressed, acknowledged, resolved.

The order is part of the query, so a limit never hides an urgent incident behind lesser, newer ones.
Each state is read by its own index. "Not resolved" would read all resolved incidents, and in time
nearly all are.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, false, func, or_, select, true, tuple_

from gateway.core.incidents.incident import SUPPRESSED, State
from gateway.core.plan.plan import UNKNOWN_RANK
from gateway.store.db.session import Row
from gateway.store.db.statement import literal
from gateway.store.db.transaction import Tx
from gateway.store.queries.lists import IncidentSummary
from gateway.store.schema.tables import incidents
from gateway.store.state import incidents as incident_rows

STATES = (State.FIRING.value, SUPPRESSED, State.ACKNOWLEDGED.value, State.RESOLVED.value)
"""The list states (`Incident.list_state`) in the order of lists.

Suppressed incidents come before acknowledged ones, because nobody has acknowledged them.
"""

OPEN_STATES = STATES[:3]
FIRING_STATES = STATES[:2]

_SELECTED = (*incident_rows.SELECTED, incidents.c.title, incidents.c.urgency)
_BY_URGENCY = (incidents.c.urgency, incidents.c.number)


@dataclass(frozen=True, slots=True)
class IncidentFilter:
    """Which incidents to list.

    `state` is a list state, "open" for all but resolved, None for all.

    "firing" includes the suppressed incidents; "suppressed" selects only these. `team` is an id,
    empty for incidents without a team, None for all. `q` is searched in title, group labels and
    receiver, in any case (beyond ASCII as the database folds it). `test` selects tests, or all but
    tests; None for both.
    """

    state: str | None = None
    receiver: str | None = None
    severity: str | None = None
    q: str | None = None
    team: str | None = None
    test: bool | None = None

    @property
    def states(self) -> Sequence[str]:
        """Return the list states to read, in the order of lists."""
        if self.state is None:
            return STATES
        several = {"open": OPEN_STATES, State.FIRING.value: FIRING_STATES}
        return several.get(self.state, (self.state,))

    def conditions(self, state: str) -> list[ColumnElement[bool]]:
        """Return the conditions of the incidents in one of the list states."""
        if state not in FIRING_STATES:
            return [incidents.c.state == literal(state), *self.filters()]
        firing = incidents.c.state == literal(State.FIRING.value)
        suppressed = true() if state == SUPPRESSED else false()
        return [firing, incidents.c.suppressed == suppressed, *self.filters()]

    def filters(self) -> list[ColumnElement[bool]]:
        """Return the conditions on everything but the state."""
        conditions: list[ColumnElement[bool]] = []
        if self.receiver is not None:
            conditions.append(incidents.c.receiver == self.receiver)
        if self.severity is not None:
            conditions.append(incidents.c.severity == self.severity)
        if self.test is not None:
            conditions.append(incidents.c.test == (true() if self.test else false()))
        if self.team is not None:
            conditions.append(incidents.c.team == self.team)
            if self.team:  # the condition of the index `incidents_team`
                conditions.append(incidents.c.team != literal(""))
        if self.q:
            columns = (incidents.c.title, incidents.c.group_labels, incidents.c.receiver)
            conditions.append(or_(*(one.icontains(self.q, autoescape=True) for one in columns)))
        return conditions


@dataclass(frozen=True, slots=True)
class Cursor:
    """The position of an incident in the list; the next page begins behind it."""

    state: str
    urgency: int
    number: int

    def __str__(self) -> str:
        return f"{self.state}-{self.urgency}-{self.number}"

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """Read `str(cursor)`. Raises ValueError for anything else."""
        state, _, rest = text.partition("-")
        urgency, _, number = rest.partition("-")
        short = all(
            part.isascii() and part.isdigit() and len(part) < 16 for part in (urgency, number)
        )
        if state not in STATES or not short:
            raise ValueError("take the cursor from `next` of the page before")
        return cls(state, int(urgency), int(number))


@dataclass(frozen=True, slots=True)
class Page:
    """A part of the list. `next` is None on the last page."""

    incidents: Sequence[IncidentSummary]
    next: Cursor | None


def page(tx: Tx, criteria: IncidentFilter, *, after: Cursor | None = None, limit: int = 50) -> Page:
    """Return up to `limit` incidents after `after`, the most urgent first.

    Resolved ones come last, the newest first.
    """
    states = list(criteria.states)
    if after is not None:
        first = STATES.index(after.state)
        states = [one for one in states if STATES.index(one) >= first]
    rows: list[Row] = []
    state_of: list[str] = []
    for state in states:
        if len(rows) > limit:
            break
        here = after if after is not None and after.state == state else None
        rows += tx.query(_query(criteria, state, here).limit(limit + 1 - len(rows)))
        state_of += [state] * (len(rows) - len(state_of))
    shown = [IncidentSummary(incident_rows.from_row(row[:-2]), row[-2]) for row in rows[:limit]]
    more = len(rows) > limit
    last = shown[-1].incident if shown else None
    cursor = (
        Cursor(state_of[limit - 1], rows[limit - 1][-1], last.number) if more and last else None
    )
    return Page(shown, cursor)


def _query(criteria: IncidentFilter, state: str, after: Cursor | None) -> Select[Row]:
    query: Select[Row] = select(*_SELECTED).where(*criteria.conditions(state))
    if state == State.RESOLVED.value:
        query = query.order_by(incidents.c.number.desc())
        return query if after is None else query.where(incidents.c.number < after.number)
    query = query.order_by(*_BY_URGENCY)
    if after is None:
        return query
    return query.where(tuple_(*_BY_URGENCY) > tuple_(after.urgency, after.number))


def counts(
    tx: Tx, criteria: IncidentFilter, rank_of: Callable[[str], int]
) -> list[tuple[str, str, int]]:
    """Return list state, severity and count of open incidents, as listed.

    Resolved ones are not counted, because they may be nearly all. `rank_of` returns the rank of a
    severity by name (1 before 2), because incidents have none before their first notice. Severities
    of the same rank are ordered by the lowest rank of their incidents. Without a receiver or a text
    this reads the index `incidents_standing` only.
    """
    states = [state for state in criteria.states if state != State.RESOLVED.value]
    if not states:
        return []
    query = (
        select(
            incidents.c.state,
            incidents.c.severity,
            incidents.c.suppressed,
            func.count(),
            func.min(incidents.c.rank),  # null before the first notice
        )
        .where(incident_rows.IS_OPEN, *criteria.filters())
        .group_by(incidents.c.severity, incidents.c.state, incidents.c.suppressed)
    )
    groups: dict[tuple[str, str], tuple[int, int]] = {}  # the count and the lowest rank
    for state, severity, suppressed, count, rank in tx.query(query):
        # `suppressed` counts only while the state is firing: see `schema.tables.incident`.
        shown = SUPPRESSED if suppressed and state == State.FIRING.value else state
        if shown in states:
            before = groups.get((shown, severity), (0, UNKNOWN_RANK))
            lowest = min(before[1], rank or UNKNOWN_RANK)
            groups[shown, severity] = (before[0] + count, lowest)

    def position(key: tuple[str, str]) -> tuple[int, int, int, str]:
        state, severity = key
        return states.index(state), rank_of(severity), groups[key][1], severity

    return [(*key, groups[key][0]) for key in sorted(groups, key=position)]
