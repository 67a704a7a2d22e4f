"""Plays a recording through the decisions of the engine, by one plan, and yields what is sent.

The functions that decide are those of the engine. What it does around them, such as storing and
sending, is replaced by dictionaries, because a month of 100,000 alerts must not take an hour: each
message is accepted at once. So nothing is retried, folded into a digest or sent to a fallback.
`tests/simulate/test_agreement.py` compares both on random days.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from heapq import heapify, heappop, heappush
from itertools import count
from typing import NamedTuple

from gateway.core.actions.close import give_to_successor
from gateway.core.actions.table import ACTIONS, ActionName
from gateway.core.actor import stated_actor
from gateway.core.alerts.alert import Alert
from gateway.core.alerts.labels import identity
from gateway.core.decide.decide import decide
from gateway.core.decide.join import GroupTarget, open_incident, reschedule
from gateway.core.decide.result import Decision
from gateway.core.incidents.incident import Incident, Member
from gateway.core.incidents.notice import END_KINDS, NewNotice
from gateway.core.incidents.silence import Silence, SilenceIndex
from gateway.core.incidents.suppression import Suppression, SuppressReason
from gateway.core.incidents.timeline import TimelineKind
from gateway.core.oncall.changes import with_changes
from gateway.core.plan.plan import Plan
from gateway.core.recorded.history import ACTION_OF, RecordedAction, RecordedAlert
from gateway.core.routing.inhibition import SourceIndex
from gateway.flow.dispatch.respond import PENDING_STEPS
from gateway.flow.intake.route_cache import RouteCache
from gateway.simulate.queues import Queues
from gateway.simulate.recording import Recording
from gateway.simulate.roster import Roster

AFTERWARDS = 2 * 3600.0
"""Seconds after the span that are played, for what is still due about its alerts."""

REPEATED = frozenset(ACTION_OF.values())


class Sent(NamedTuple):
    """A message that is sent at `at` (Unix seconds), about the incident as it was then."""

    at: float
    notice: NewNotice
    incident: Incident
    alerts: tuple[str, ...]  # identities of those that fire


class _Happening(NamedTuple):
    """What the recording says happens at an instant: the start or end of an alert, and so on."""

    starts: Alert | None = None
    ends: str | None = None
    action: RecordedAction | None = None
    silence: Silence | None = None  # it is made, begins or ends


class _QuietEnd(NamedTuple):
    """The end of quiet hours for which notices of an incident to a target wait."""

    incident: Incident
    key: str


_Due = tuple[float, int, int, _Happening | int | _QuietEnd]
"""Instant, order at the same instant, a tie-breaker, and what happens; a number is an incident's
that is due."""


class Player:
    """One pass of a recording through a plan. Use it once, in one thread."""

    def __init__(self, plan: Plan, recording: Recording) -> None:
        rotas = with_changes(plan.rotas, plan.people, recording.changes)
        self.plan = replace(plan, rotas=rotas)
        self.routes = RouteCache(self.plan)
        self._recording = recording
        self._silences = SilenceIndex(recording.silences)
        self._sources = SourceIndex(plan.inhibit_rules)
        self._firing: dict[str, Alert] = {}
        self._incidents: dict[int, Incident] = {}
        self._rosters: dict[int, Roster] = {}
        self._open: dict[str, int] = {}  # numbers by group key
        self._numbers_of: defaultdict[str, set[int]] = defaultdict(set)  # by an alert's identity
        self._beginnings: dict[str, tuple[float, tuple[float, ...]]] = {}  # ended at, by group key
        self._queues = Queues()
        self._turns: dict[str, list[str]] = {}
        self._numbers, self._ties = count(1), count()
        self._heap: list[_Due] = list(self._happenings())
        heapify(self._heap)

    def play(self) -> Iterator[Sent]:
        """Yield all that is sent, in the order of time."""
        until = self._recording.end + AFTERWARDS
        while self._heap and self._heap[0][0] <= until:
            at, _, _, what = heappop(self._heap)
            if isinstance(what, int):
                yield from self._decide(what, at)
            elif isinstance(what, _QuietEnd):
                yield from self._release(what, at)
            else:
                yield from self._happen(what, at)

    def _happenings(self) -> Iterator[_Due]:
        for alert in self._recording.alerts:
            yield from self._of_alert(alert)
        for action in self._recording.actions:
            if action.name in REPEATED:
                yield action.at, 1, next(self._ties), _Happening(action=action)
        for silence in self._recording.silences:
            for at in {silence.updated_at, silence.starts_at, silence.ends_at}:
                if self._recording.start <= at <= self._recording.end:
                    yield at, 1, next(self._ties), _Happening(silence=silence)

    def _of_alert(self, recorded: RecordedAlert) -> Iterator[_Due]:
        began = max(recorded.starts_at, self._recording.start)
        alert = Alert(
            identity(recorded.labels),
            recorded.labels,
            recorded.annotations,
            recorded.starts_at,
            None,
            source=recorded.source,
            updated_at=began,
        )
        yield began, 0, next(self._ties), _Happening(starts=alert)
        if recorded.ends_at is not None:
            ends_at = max(recorded.ends_at, began)
            yield ends_at, 0, next(self._ties), _Happening(ends=alert.identity)

    def _happen(self, what: _Happening, now: float) -> Iterator[Sent]:
        if what.starts is not None:
            self._start(what.starts, now)
        elif what.ends is not None:
            self._end(what.ends, now)
        elif what.action is not None:
            yield from self._act(what.action, now)
        elif what.silence is not None:
            self._evaluate(what.silence, now)

    def _start(self, alert: Alert, now: float) -> None:
        self._firing[alert.identity] = alert
        routing = self.routes.of(alert.labels)
        if routing.inhibits:
            self._sources.add(alert.identity, alert.labels)
        for target in routing.groups:
            self._join(target, alert, routing.team, now)

    def _join(self, target: GroupTarget, alert: Alert, team: str, now: float) -> None:
        number = self._open.get(target.key)
        if number is None:
            number = next(self._numbers)
            incident = open_incident(
                target, alert, self.plan, now, earlier=self._earlier(target.key, now), team=team
            )
            incident = replace(incident, number=number)
            self._open[target.key] = number
            self._rosters[number] = Roster(self.plan)
        else:
            incident = reschedule(self._incidents[number], alert, self.plan, now)
        roster = self._rosters[number]
        known = roster.get(alert.identity)
        roster.put(Member(alert) if known is None else replace(known, alert=alert))
        self._numbers_of[alert.identity].add(number)
        self._put(incident)

    def _earlier(self, key: str, now: float) -> tuple[float, ...]:
        ended_at, beginnings = self._beginnings.get(key, (0.0, ()))
        return beginnings if ended_at > now - self.plan.flapping.within else ()

    def _end(self, name: str, now: float) -> None:
        alert = self._firing.pop(name, None)
        if alert is None:
            return
        self._sources.remove(name)
        ended = replace(alert, ends_at=now, updated_at=now)
        for number in sorted(self._numbers_of.get(name, ())):
            member = self._rosters[number].get(name)
            if member is None:
                continue
            self._rosters[number].put(replace(member, alert=ended))
            if self._incidents[number].open:
                self._put(reschedule(self._incidents[number], ended, self.plan, now))

    def _evaluate(self, silence: Silence, now: float) -> None:
        """Make the incidents due now that have a firing alert which the silence matches."""
        names = [name for name, one in self._firing.items() if silence.mutes(one.labels)]
        for number in {number for name in names for number in self._numbers_of.get(name, ())}:
            incident = self._incidents[number]
            if incident.open and incident.due_at is not None and incident.due_at > now:
                self._put(replace(incident, due_at=now))

    def _act(self, action: RecordedAction, now: float) -> Iterator[Sent]:
        """Do it to the incidents that these alerts are in by this plan."""
        names = {identity(labels) for labels in action.alerts}
        numbers = {number for name in names for number in self._numbers_of.get(name, ())}
        spec, actor = ACTIONS[ActionName(action.name)], stated_actor(action.by, action.via)
        for number in sorted(numbers):
            arguments = {"turns": self._turns} if spec.takes_turns else {}
            members = self._rosters[number].seen()
            result = spec.decide(
                self._incidents[number], members, self.plan, actor, now, **arguments
            )
            if result.decision is not None:
                if spec.stops_steps:
                    self._queues.cancel(number, PENDING_STEPS)
                yield from self._apply(result.decision, now)

    def _decide(self, number: int, now: float) -> Iterator[Sent]:
        incident = self._incidents.get(number)
        if incident is None or incident.due_at is None or incident.due_at > now:
            return  # planned anew since
        members = self._rosters[number].seen()
        successor = self._open.get(incident.group_key)
        if successor is not None and not incident.open:
            decision = give_to_successor(incident, members, successor, now)
        else:
            suppressed = self._suppressed(members, now)
            decision = decide(incident, members, self.plan, now, suppressed, self._turns)
        yield from self._apply(decision, now)

    def _apply(self, decision: Decision, now: float) -> Iterator[Sent]:
        incident = decision.incident
        number = incident.number
        roster = self._rosters[number]
        for member in decision.members:
            roster.put(member)
        roster.put_aside(now)
        for turn in decision.turns:
            people = self._turns.setdefault(turn.step, [])
            if turn.person in people:
                people.remove(turn.person)
            people.append(turn.person)
        self._put(incident)
        firing = roster.firing(now) if decision.notices else ()
        if any(entry.kind is TimelineKind.OPENED_AGAIN for entry in decision.entries):
            self._queues.cancel(number, END_KINDS)
        for notice in decision.notices:
            yield from self._send(number, notice, firing, now)
        if incident.open:
            self._open[incident.group_key] = number
        else:
            self._close(incident, now)
        for alert in decision.left:
            self._start(alert, now)

    def _close(self, incident: Incident, now: float) -> None:
        if self._open.get(incident.group_key) == incident.number:
            del self._open[incident.group_key]
            self._beginnings[incident.group_key] = now, (*incident.beginnings, incident.opened_at)
        if incident.due_at is not None:
            return  # it opens again if its alerts still fire
        for name in self._rosters.pop(incident.number):
            numbers = self._numbers_of[name]
            numbers.discard(incident.number)
            if not numbers:
                del self._numbers_of[name]
        del self._incidents[incident.number]
        self._queues.forget(incident.number)

    def _send(
        self, number: int, notice: NewNotice, firing: tuple[str, ...], now: float
    ) -> Iterator[Sent]:
        if notice.not_before is not None and notice.not_before > now:
            end = _QuietEnd(self._incidents[number], notice.target.key)
            heappush(self._heap, (notice.not_before, 2, next(self._ties), end))
        sent = self._queues.add(number, notice, now)
        if sent is not None:
            yield Sent(now, sent, self._incidents[number], firing)

    def _release(self, end: _QuietEnd, now: float) -> Iterator[Sent]:
        number = end.incident.number
        sent = self._queues.release(number, end.key)
        if sent is not None:
            roster = self._rosters.get(number)
            firing = () if roster is None else roster.firing(now)
            yield Sent(now, sent, self._incidents.get(number, end.incident), firing)

    def _put(self, incident: Incident) -> None:
        known = self._incidents.get(incident.number)
        self._incidents[incident.number] = incident
        if incident.due_at is not None and (known is None or known.due_at != incident.due_at):
            heappush(self._heap, (incident.due_at, 1, next(self._ties), incident.number))

    def _suppressed(self, members: Sequence[Member], now: float) -> Mapping[str, Suppression]:
        suppressed = {}
        for member in members:
            if not member.firing(now):
                continue
            labels, name = member.alert.labels, member.alert.identity
            silences = self._silences.silencing(labels, now) if self._silences else ()
            if silences:
                longest = silences[0]
                suppressed[name] = Suppression(
                    SuppressReason.SILENCED, longest.created_by, longest.ends_at, longest.comment
                )
                continue
            hit = self._sources.inhibitor(labels) if len(self._sources) else None
            if hit is not None:
                suppressed[name] = Suppression(SuppressReason.INHIBITED, hit.rule.name)
        return suppressed
