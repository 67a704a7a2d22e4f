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

from gateway.channels.contract import accepts_notice
from gateway.core.actions.close import give_to_successor
from gateway.core.actions.table import ACTIONS, ActionName
from gateway.core.actor import stated_actor
from gateway.core.alerts.alert import Alert
from gateway.core.alerts.labels import identity
from gateway.core.decide.decide import decide
from gateway.core.decide.join import GroupTarget, open_incident, reschedule
from gateway.core.decide.result import Decision
from gateway.core.incidents.incident import Incident, Member
from gateway.core.incidents.notice import END_KINDS, FIRING_KINDS, NewNotice, NoticeKind
from gateway.core.incidents.silence import SilenceIndex
from gateway.core.incidents.suppression import Suppression, SuppressReason
from gateway.core.oncall.changes import with_changes
from gateway.core.plan.accounts import split_account_key
from gateway.core.plan.channels import spec_of
from gateway.core.plan.plan import Plan
from gateway.core.routing.inhibition import SourceIndex
from gateway.flow.intake.route_cache import RouteCache
from gateway.simulate.recording import RecordedAction, RecordedAlert, Recording

AFTERWARDS = 2 * 3600.0
"""Seconds after the span that are played, for what is still due about its alerts."""

REPEATED = frozenset(
    {
        ActionName.ACK,
        ActionName.UNACK,
        ActionName.TAKE,
        ActionName.BACK,
        ActionName.ESCALATE,
        ActionName.RESOLVE,
        ActionName.REOPEN,
    }
)
"""Actions that are done again. Others name incidents or times that the other file may lack."""


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
    silences_change: bool = False


class _Held(NamedTuple):
    """A notice that waits for the end of quiet hours."""

    number: int
    notice: NewNotice


_Due = tuple[float, int, int, _Happening | int | _Held]
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
        self._members: dict[int, dict[str, Member]] = {}
        self._open: dict[str, int] = {}  # numbers by group key
        self._numbers_of: defaultdict[str, set[int]] = defaultdict(set)  # by an alert's identity
        self._beginnings: dict[str, tuple[float, tuple[float, ...]]] = {}  # ended at, by group key
        self._told: defaultdict[int, set[str]] = defaultdict(set)  # keys of targets, by incident
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
            elif isinstance(what, _Held):
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
            for at in (silence.starts_at, silence.ends_at):
                if self._recording.start <= at <= self._recording.end:
                    yield at, 1, next(self._ties), _Happening(silences_change=True)

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
        else:
            self._silences_change(now)

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
            self._members[number] = {}
        else:
            incident = reschedule(self._incidents[number], alert, self.plan, now)
        members = self._members[number]
        known = members.get(alert.identity)
        members[alert.identity] = Member(alert) if known is None else replace(known, alert=alert)
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
            members = self._members[number]
            members[name] = replace(members[name], alert=ended)
            self._put(reschedule(self._incidents[number], ended, self.plan, now))

    def _silences_change(self, now: float) -> None:
        for number in self._open.values():
            incident = self._incidents[number]
            if incident.flushed:
                self._put(replace(incident, due_at=now))

    def _act(self, action: RecordedAction, now: float) -> Iterator[Sent]:
        """Do it to the incidents that these alerts are in by this plan."""
        names = {identity(labels) for labels in action.alerts}
        numbers = {number for name in names for number in self._numbers_of.get(name, ())}
        spec, actor = ACTIONS[ActionName(action.name)], stated_actor(action.by, action.via)
        for number in sorted(numbers):
            arguments = {"turns": self._turns} if spec.takes_turns else {}
            members = list(self._members[number].values())
            result = spec.decide(
                self._incidents[number], members, self.plan, actor, now, **arguments
            )
            if result.decision is not None:
                yield from self._apply(result.decision, now)

    def _decide(self, number: int, now: float) -> Iterator[Sent]:
        incident = self._incidents.get(number)
        if incident is None or incident.due_at is None or incident.due_at > now:
            return  # planned anew since
        members = list(self._members[number].values())
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
        members = self._members[number]
        for member in decision.members:
            members[member.alert.identity] = member
        for turn in decision.turns:
            people = self._turns.setdefault(turn.step, [])
            if turn.person in people:
                people.remove(turn.person)
            people.append(turn.person)
        self._put(incident)
        firing = tuple(name for name, one in members.items() if one.firing(now))
        for notice in decision.notices:
            if self._accepts(notice):
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
        for name in self._members.pop(incident.number):
            numbers = self._numbers_of[name]
            numbers.discard(incident.number)
            if not numbers:
                del self._numbers_of[name]
        del self._incidents[incident.number]
        self._told.pop(incident.number, None)

    def _accepts(self, notice: NewNotice) -> bool:
        channel, _ = split_account_key(notice.target.account_key)
        return accepts_notice(spec_of(channel), notice.kind, quiet=notice.quiet)

    def _send(
        self, number: int, notice: NewNotice, firing: tuple[str, ...], now: float
    ) -> Iterator[Sent]:
        if notice.not_before is not None and notice.not_before > now:
            held = _Held(number, notice)
            heappush(self._heap, (notice.not_before, 2, next(self._ties), held))
            return
        told = self._told[number]
        fires = notice.kind in FIRING_KINDS or notice.kind is NoticeKind.ACKNOWLEDGED
        if fires:
            told.add(notice.target.key)
        elif notice.kind in END_KINDS and notice.target.key not in told:
            return  # who was never notified is not notified of the end
        yield Sent(now, notice, self._incidents[number], firing)

    def _release(self, held: _Held, now: float) -> Iterator[Sent]:
        incident = self._incidents.get(held.number)
        if incident is None or not incident.open or incident.ack is not None:
            return
        members = self._members[held.number]
        firing = tuple(name for name, one in members.items() if one.firing(now))
        yield from self._send(held.number, replace(held.notice, not_before=None), firing, now)

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
