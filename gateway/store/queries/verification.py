"""Facts of verifications, read a page at a time: each page is one snapshot and one short read."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from gateway.core.alerts.labels import Labels
from gateway.core.incidents.incident import State
from gateway.core.incidents.incident_json import from_json
from gateway.core.incidents.notice import NoticeKind, NotifyReason
from gateway.core.incidents.outbox import NoticeState
from gateway.core.incidents.timeline import TimelineKind
from gateway.core.time.spans import Span
from gateway.core.verify.facts import (
    Entry,
    IncidentFacts,
    NoticeFacts,
    StrayAlert,
    UnfinishedNotice,
)
from gateway.core.verify.outbox import PAST_RETRIES, STUCK_AFTER
from gateway.store.db.session import Row
from gateway.store.db.statement import Statement, json_list, load
from gateway.store.db.transaction import Tx
from gateway.store.outbox.rows import parse_target
from gateway.store.outbox.waiting import waiting_accounts
from gateway.store.queries.verification_statements import (
    ENDED_ALERTS,
    ENDED_STRAYS,
    ENDLESS_ALERTS,
    FIRING_STRAYS,
    FOLDED_INTO,
    INCIDENTS,
    LAST_ENDS,
    LATELY_TRIED,
    MERGED,
    NOTICES,
    OPENED,
    OVERDUE,
    RESOLVED,
    TIMELINE,
    TRIED_LONG_AGO,
    UNNOTIFIED,
    UNRESOLVED,
    UNUSUAL_ATTEMPTS,
)

PAGE = 40
"""Incidents of one read, with all their notices. Higher takes more memory and holds the
interpreter for longer at a time; lower costs more statements."""

ALERTS_PAGE = 500
"""Alerts of one read."""

MOST_OVERDUE = 500
"""Overdue notices of one account that are read: the oldest."""

LATEST_ATTEMPTS = 2000
"""Attempts that show which accounts send anything. Fewer miss an account beside a busy one."""

MOST_UNNOTIFIED = 1000
"""Alerts of one page that are judged one by one. Higher reads more of a large group that is partly
silenced."""

_NO_DATA: Mapping[str, Any] = {}


class _Phase(NamedTuple):
    """One way to select incidents of a span: a query in pages and its parameters."""

    query: Statement
    begins_at: float
    parameters: Mapping[str, Any]


class IncidentPages:
    """Reads the incidents that were open at any time of a span. Used by one thread at a time."""

    def __init__(self, span: Span) -> None:
        start, end = span
        self._phases = [
            _Phase(OPENED, start, {"end": end}),
            _Phase(RESOLVED, start, {"start": start}),
            _Phase(UNRESOLVED, start, {"start": start, "in_state": State.FIRING.value}),
            _Phase(UNRESOLVED, start, {"start": start, "in_state": State.ACKNOWLEDGED.value}),
        ]
        self._after: tuple[float, int] | None = None

    @property
    def finished(self) -> bool:
        """Whether all pages were read."""
        return not self._phases

    def next_page(self, tx: Tx) -> list[IncidentFacts]:
        """Return the next incidents, none at the end of a phase."""
        phase = self._phases[0]
        instant, number = self._after or (phase.begins_at, -1)
        parameters = dict(phase.parameters, last_number=number, most=PAGE)
        if phase.query is not UNRESOLVED:
            parameters["instant"] = instant
        rows = tx.rows(phase.query, **parameters)
        if len(rows) < PAGE:
            self._phases.pop(0)
            self._after = None
        else:
            self._after = rows[-1][0], rows[-1][1]
        return incident_facts(tx, [number for _, number in rows])


def incident_facts(tx: Tx, numbers: Sequence[int]) -> list[IncidentFacts]:
    """Return what is stored of incidents."""
    if not numbers:
        return []
    listed = json_list(numbers)
    rows = tx.rows(INCIDENTS, numbers=listed)
    unresolved = [row[0] for row in rows if row[1] != State.RESOLVED.value]
    ends: dict[int, float] = {}
    if unresolved:
        ends = dict(tx.rows(LAST_ENDS, numbers=json_list(unresolved)))
    entries = _entries(tx, listed)
    notices = _notices(tx, listed)
    return [_incident(row, ends.get(row[0]), entries[row[0]], notices[row[0]]) for row in rows]


def _incident(
    row: Row, last_end: float | None, entries: list[Entry], notices: list[NoticeFacts]
) -> IncidentFacts:
    number, state, opened_at, resolved_at, due_at, memory, route_id, severity = row
    saved = from_json(load(memory))
    return IncidentFacts(
        number=number,
        state=State(state),
        opened_at=opened_at,
        resolved_at=resolved_at,
        due_at=due_at,
        tick_at=saved["tick_at"],
        respond_by=saved["respond_by"],
        missed_at=saved["missed_at"],
        pending=saved["notification_pending"],
        acknowledged=saved["ack"] is not None,
        merged=saved["responses"].merged_into is not None,
        targets=tuple(saved["notified_targets"].values()),
        last_end=last_end,
        route_id=route_id,
        severity=severity,
        flushed=saved["flushed"],
        suppressed=bool(saved["suppressions"]) or saved["responses"].snooze is not None,
        entries=entries,
        notices=notices,
    )


def unnotified_alerts(tx: Tx, numbers: Sequence[int], now: float) -> dict[int, list[Labels]]:
    """Return labels of alerts of incidents that fire at `now` and are in no notification."""
    unnotified: dict[int, list[Labels]] = defaultdict(list)
    for number, labels in tx.rows(
        UNNOTIFIED, numbers=json_list(numbers), now=now, most=MOST_UNNOTIFIED
    ):
        unnotified[number].append(load(labels))
    return unnotified


def _entries(tx: Tx, numbers: str) -> dict[int, list[Entry]]:
    """Return the timelines of incidents by number."""
    entries: dict[int, list[Entry]] = defaultdict(list)
    for incident, at, kind, text, data in tx.rows(TIMELINE, numbers=numbers):
        value = load(data) if len(data) > len("{}") else _NO_DATA
        entries[incident].append(Entry(at, TimelineKind(kind), text, value))
    return entries


def _notices(tx: Tx, numbers: str) -> dict[int, list[NoticeFacts]]:
    """Return the notices of incidents by number, in the order of their ids."""
    rows = tx.rows(NOTICES, numbers=numbers)
    unusual = {id_: (count, at) for id_, count, at in tx.rows(UNUSUAL_ATTEMPTS, numbers=numbers)}
    folds = _Folds(tx, rows)
    notices: dict[int, list[NoticeFacts]] = defaultdict(list)
    for row in rows:
        (incident, id_, target, kind, reason, state, created_at, sent_at, facts_id, perhaps,
         fell_back, folded_into, detail) = row  # fmt: skip
        accepted, accepted_at = unusual.get(id_, (int(sent_at is not None), sent_at))
        arrived_at, missing = sent_at, False
        if folded_into is not None and sent_at is None:
            arrived_at, missing = folds.end_of(folded_into)
        notices[incident].append(
            NoticeFacts(
                id_,
                parse_target(target),
                NoticeKind(kind),
                NotifyReason(reason),
                NoticeState(state),
                created_at,
                sent_at,
                accepted_at if arrived_at is None else arrived_at,
                facts_id,
                perhaps,
                accepted,
                bool(fell_back),
                folded_into,
                missing,
                detail,
            )
        )
    return notices


class _Folds:
    """The messages that notices were folded into: later ones of their queue, and digests."""

    def __init__(self, tx: Tx, rows: Sequence[Row]) -> None:
        self._into: dict[int, tuple[float | None, int | None]] = {
            row[1]: (row[7], row[11]) for row in rows
        }
        elsewhere = sorted({row[11] for row in rows if row[11] is not None} - self._into.keys())
        if elsewhere:
            for id_, sent_at, folded_into in tx.rows(FOLDED_INTO, ids=json_list(elsewhere)):
                self._into[id_] = sent_at, folded_into

    def end_of(self, id_: int) -> tuple[float | None, bool]:
        """Return when the last message of a chain was accepted, and whether it is missing."""
        seen: set[int] = set()
        while id_ not in seen:
            seen.add(id_)
            if id_ not in self._into:
                return None, True
            sent_at, further = self._into[id_]
            if sent_at is not None or further is None:
                return sent_at, False
            id_ = further
        return None, True


def overdue_notices(tx: Tx, now: float) -> list[UnfinishedNotice]:
    """Return heads of queues that were due long ago, and notices that are past their retries."""
    before = now - STUCK_AFTER
    lately: dict[str, float] = dict(tx.rows(LATELY_TRIED, most=LATEST_ATTEMPTS))
    overdue = []
    for account in waiting_accounts(tx):
        works = lately.get(account, 0.0) >= before
        limits = {"of_account": account, "before": before, "most": MOST_OVERDUE}
        rows = tx.rows(OVERDUE, **limits)
        rows += tx.rows(TRIED_LONG_AGO, **limits, tried_before=now - PAST_RETRIES)
        overdue += [_unfinished(row, account_works=works) for row in rows]
    return overdue


def _unfinished(row: Row, *, account_works: bool) -> UnfinishedNotice:
    next_at, id_, incident, target, kind, state, created_at, first_attempt_at = row
    return UnfinishedNotice(
        id_,
        incident,
        parse_target(target),
        NoticeKind(kind),
        NoticeState(state),
        created_at,
        next_at,
        first_attempt_at,
        account_works,
    )


class AlertPages:
    """Reads alerts without an incident, a page at a time. Used by one thread at a time."""

    def __init__(self, start: float, now: float) -> None:
        """Read alerts that fire at `now` or ended after `start`."""
        self._now = now
        self._endless = True
        self._after = (start, -1)
        self.count = 0
        self.finished = False

    def next_page(self, tx: Tx, deleted_before: float | None) -> Iterator[StrayAlert]:
        """Return strays among the next alerts; not those whose incidents may be deleted."""
        rows = self._next_rows(tx)
        self.count += len(rows)
        if not rows:
            return
        ids = json_list([row[2] for row in rows])
        ended = tx.rows(ENDED_STRAYS, ids=ids, now=self._now)
        if deleted_before is not None:
            ended = [row for row in ended if row[3] > deleted_before]
        firing = tx.rows(FIRING_STRAYS, ids=ids, now=self._now)
        expected = _with_closed_parent(tx, [row[0] for row in firing])
        firing = [row for row in firing if row[0] not in expected]
        for _, labels, *instants in (*firing, *ended):
            yield StrayAlert(load(labels), *instants)

    def _next_rows(self, tx: Tx) -> list[Row]:
        ends_at, serial = self._after
        if self._endless:
            rows = tx.rows(ENDLESS_ALERTS, serial=serial, most=ALERTS_PAGE)
        else:
            rows = tx.rows(ENDED_ALERTS, ends_at=ends_at, serial=serial, most=ALERTS_PAGE)
        if len(rows) == ALERTS_PAGE:
            self._after = ends_at if self._endless else rows[-1][0], rows[-1][1]
        elif self._endless:
            self._endless, self._after = False, (ends_at, -1)
        else:
            self.finished = True
        return rows


def _with_closed_parent(tx: Tx, ids: Sequence[int]) -> set[int]:
    """Return those of these alerts whose incident is merged into one that will decide for them.

    That one is open, or was resolved by hand and opens again if they still fire.
    """
    if not ids:
        return set()
    parents: dict[int, set[int]] = defaultdict(set)
    for alert, memory in tx.rows(MERGED, ids=json_list(ids)):
        into = from_json(load(memory))["responses"].merged_into
        if into is not None:
            parents[into].add(alert)
    rows = tx.rows(INCIDENTS, numbers=json_list(parents)) if parents else []
    expected: set[int] = set()
    for number, state, _, _, due_at, *_ in rows:
        if state != State.RESOLVED.value or due_at is not None:
            expected |= parents[number]
    return expected
