"""Facts of reports: incidents with their notices and actions, read in pieces.

The database adds up notices by incident, because a million rows in Python would stop the event
loop for seconds. Each piece is one short read, so other readers take their turn in between.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from gateway.core.actor import ActorKind
from gateway.core.decide.result import ActionOutcome
from gateway.core.report.facts import Acknowledgement, Facts, IncidentFacts, UrgentNotice
from gateway.core.report.selection import Selection
from gateway.store.db.session import Row
from gateway.store.db.statement import Statement, json_list
from gateway.store.db.transaction import Tx
from gateway.store.queries.report_statements import (
    ACTIONS,
    ALERTNAME,
    ALERTNAMES,
    IN_DIGESTS,
    INCIDENTS,
    MEMBERS,
    TO_PEOPLE,
    incidents_of,
)

PIECE = 500
"""Incidents of one read. Higher makes other reads wait longer, lower costs more statements."""

_FIRST_ACKNOWLEDGEMENT = (ActionOutcome.DONE.value, ActionOutcome.TAKEN_OVER.value)

_USEFUL, _NOISE = ActionOutcome.USEFUL.value, ActionOutcome.NOISE.value
_MARKS = frozenset({_USEFUL, _NOISE, ActionOutcome.UNRATED.value})
"""What people say of an incident, which is no action on it. The last one of each person counts."""


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
        self._query = Statement(incidents_of(selection))
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
        rows = tx.rows(INCIDENTS, numbers=numbers)
        others = self._other_names(tx, [row[0] for row in rows if not row[ALERTNAME]])
        actions = _actions(tx, numbers)
        digests: dict[int, float] = dict(tx.rows(IN_DIGESTS, numbers=numbers))
        facts = [_incident(row, others, digests, actions) for row in rows]
        name = self._selection.alertname
        if name is not None:
            facts = [one for one in facts if name in one.alertnames]
        return self._with_people(tx, facts)

    def _with_people(self, tx: Tx, facts: Sequence[IncidentFacts]) -> Facts:
        numbers = json_list([one.number for one in facts])
        urgent: list[UrgentNotice] = []
        pages: dict[str, int] = defaultdict(int)
        for person, at, count in tx.rows(TO_PEOPLE, numbers=numbers, urgent_rank=self._urgent_rank):
            pages[person] += count
            if at is not None:
                urgent.append(UrgentNotice(person, at))
        return Facts(tuple(facts), tuple(urgent), pages)

    def _other_names(self, tx: Tx, numbers: Sequence[int]) -> dict[int, tuple[str, ...]]:
        """Return the names of the alerts of incidents whose groups are not by alertname."""
        if not numbers:
            return {}
        alerts_of: dict[int, list[int]] = {number: [] for number in numbers}
        for number, alert in tx.rows(MEMBERS, numbers=json_list(numbers)):
            alerts_of[number].append(alert)
        unknown = {one for ids in alerts_of.values() for one in ids} - self._alertnames.keys()
        if unknown:
            rows = tx.rows(ALERTNAMES, ids=json_list(sorted(unknown)))
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
    actions = tx.rows(ACTIONS, numbers=numbers)
    times = [row[2] for row in actions if row[1] in _FIRST_ACKNOWLEDGEMENT]
    sums = tx.rows(INCIDENTS, numbers=numbers)
    digests: dict[int, float] = dict(tx.rows(IN_DIGESTS, numbers=numbers))
    if len(times) != 1 or not sums:
        return None
    others: dict[int, tuple[str, ...]] = {number: ()}
    return _incident(sums[0], others, digests, _actions(tx, numbers)).seconds_to_acknowledge


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
    for number, action, at, person, kind in tx.rows(ACTIONS, numbers=numbers):
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
