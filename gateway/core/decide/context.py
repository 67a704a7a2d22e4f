"""One decision in the making: an incident, its alerts and `now`, and what follows so far."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gateway.core.alerts.alert import Alert
from gateway.core.decide.facts import build_facts
from gateway.core.decide.next_due import next_due
from gateway.core.incidents.incident import Incident, Member, NotifiedState, copied
from gateway.core.incidents.notice import Entry, NewNotice, NoticeKind, NotifyReason
from gateway.core.plan.intervals import Timing, timing
from gateway.core.plan.plan import UNKNOWN_RANK, Plan, Severity, Target
from gateway.core.plan.recipients import person_targets, receiver_of, step_targets
from gateway.core.routing.mutes import muted

EARLY = 0.001
"""Seconds by which a timer may fire early (floats, wake-ups) and still count as reached."""


@dataclass(frozen=True, slots=True)
class Suppressed:
    """Why one alert keeps quiet: silenced or inhibited, by what, and until when if known."""

    reason: NotifyReason
    by: str
    until: float | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What follows from one look at an incident."""

    incident: Incident
    notices: tuple[NewNotice, ...]
    entries: tuple[Entry, ...]
    members: tuple[Member, ...]  # those whose marks changed
    facts: Mapping[str, Any] | None  # None when nothing is said
    reasons: tuple[NotifyReason, ...]  # for the metric: why we spoke, or why not
    left: tuple[Alert, ...] = ()  # what burns in an incident that ends: it begins another


class Turn:
    """One decision in the making. Lives for the length of one call."""

    def __init__(
        self,
        incident: Incident,
        members: Sequence[Member],
        plan: Plan,
        now: float,
        suppressed: Mapping[str, Suppressed],
    ) -> None:
        self.incident = copied(incident)
        self.members = list(members)
        self.plan = plan
        self.now = now
        self.suppressed = suppressed
        self.route = plan.route(incident.route_id)
        self.receiver = receiver_of(plan, incident.receiver)
        self.muted = muted(self.route, plan.time_intervals, now)
        self.notices: dict[str, NewNotice] = {}
        self.entries: list[Entry] = []
        self.changed: dict[str, Member] = {}
        self.reasons: list[NotifyReason] = []
        self.note: str | None = None
        self.previous_severity: str | None = None
        self.waits = False  # for the group's next tick
        self.last_word_at = incident.notified_at or incident.opened_at
        self.look()

    def look(self) -> None:
        """Sort the members, and find out how bad it is, at `now`."""
        self.sort()
        severity_of, worst = self.plan.severity_of, None
        for member in self.visible or self.members:
            severity = severity_of(member.alert.labels)
            if worst is None or severity.rank < worst.rank:
                worst = severity
        self.severity = worst or Severity("none", UNKNOWN_RANK)
        self.flaps = self.plan.flapping.flaps(self.incident.beginnings, self.now)
        self.timing: Timing = timing(self.route, self.severity, self.plan.repeats)

    def sort(self) -> None:
        """Sort the members by what they mean at `now`."""
        self.firing: list[Member] = []
        self.visible: list[Member] = []
        self.fresh: list[Member] = []
        self.never_told: list[Member] = []
        self.heard_again: list[Member] = []
        self.ended: list[Member] = []
        for member in self.members:
            if not member.firing(self.now):
                if member.resolve_pending:
                    self.ended.append(member)
                continue
            self.firing.append(member)
            if member.alert.identity in self.suppressed:
                continue
            self.visible.append(member)
            if not member.notified_firing:
                self.fresh.append(member)
                if member.told is NotifiedState.NOTHING:
                    self.never_told.append(member)
            if member.told is NotifiedState.SILENCED or member.told is NotifiedState.OMITTED:
                self.heard_again.append(member)

    def set(self, **changes: Any) -> None:
        """Change the incident: this decision's own copy."""
        for name, value in changes.items():
            setattr(self.incident, name, value)

    def record(self, kind: str, text: str, **data: Any) -> None:
        """Add a line to the timeline."""
        self.entries.append(Entry(self.now, kind, text, data))

    def tell(
        self,
        targets: Sequence[Target],
        kind: NoticeKind,
        reason: NotifyReason,
        *,
        quiet: bool = False,
    ) -> None:
        """Owe each target a notice; the first reason given to a target in one turn stands."""
        end = kind is NoticeKind.RESOLVED or reason is NotifyReason.SOME_RESOLVED
        for target in targets:
            if end and not target.wants_ends:
                continue
            self.notices.setdefault(
                target.key, NewNotice(target, kind, reason, self.severity.rank, quiet)
            )

    def targets_of(self, person: str) -> tuple[Target, ...]:
        """Return the targets of a person by id; none for a name that routes.yaml does not have."""
        known = self.plan.people.get(person)
        return tuple(person_targets(known)) if known else ()

    def audience(self) -> list[Target]:
        """The receiver, and whoever the climbed steps of the escalation lead to now."""
        targets = {target.key: target for target in self.receiver.targets}
        climb = self.incident.climb
        escalation = self.plan.escalations.get(climb.name) if climb else None
        if climb and escalation:
            climbed = escalation.steps if climb.round else escalation.steps[: climb.step]
            for step in climbed:
                for target in step_targets(self.plan, step, self.now).targets:
                    targets.setdefault(target.key, target)
        return list(targets.values())

    def keep_quiet(self, reason: NotifyReason, text: str) -> None:
        """Record why nothing is said: once, until the reason changes."""
        self.reasons.append(reason)
        if self.incident.why_not != text:
            self.record("kept quiet", text, reason=reason.value)
            self.set(why_not=text)

    def mark_notified(self) -> None:
        """Remember that people now know the present state of every alert that may be told."""
        for place, member in enumerate(self.members):
            if member.firing(self.now):
                told_before = member.notified_firing and member.told is NotifiedState.FIRING
                if told_before or member.alert.identity in self.suppressed:
                    continue
                told = NotifiedState.FIRING
            elif member.resolve_pending:
                told = NotifiedState.RESOLVED
            else:
                continue
            alert = member.alert
            after = Member(alert, told, alert.starts_at, member.acked_starts_at)
            self.members[place] = after
            self.changed[alert.identity] = after
        self.sort()

    def leave_out(self) -> None:
        """Who hears that others burn may take what is missing for over: its return is news."""
        for place, member in enumerate(self.members):
            inhibited = member.alert.identity in self.suppressed and member.firing(self.now)
            if inhibited and member.told is NotifiedState.FIRING and member.notified_firing:
                self.members[place] = replace(member, told=NotifiedState.OMITTED)
                self.changed[member.alert.identity] = self.members[place]

    def speak(self, reason: NotifyReason, kind: NoticeKind, *, quiet: bool = False) -> None:
        """Tell the receiver and everybody already reached by the escalation."""
        targets = self.audience()
        self.tell(targets, kind, reason, quiet=quiet)
        self.reasons.append(reason)
        if targets:
            names = ", ".join(sorted({target.key for target in targets}))
            self.record("spoke", f"{reason.value}: {len(self.visible)} firing", to=names)
        else:
            self.keep_quiet(
                NotifyReason.NOBODY_TO_TELL, f"receiver {self.receiver.name} has nobody to tell"
            )
        self.leave_out()
        self.mark_notified()
        self.set(
            notified_at=self.now,
            rank=self.severity.rank,
            severity=self.severity.name,
            held=False,
            why_not="" if targets else self.incident.why_not,
        )

    def listed(self) -> list[Member]:
        """The alerts a notice of this turn speaks of: what burns, and what ended since the last."""
        ended = [m for m in self.changed.values() if m.told is NotifiedState.RESOLVED]
        return [*self.visible, *ended] or self.members

    def unheard(self, listed: Sequence[Member]) -> list[Member]:
        """Alerts that came and went since the last word, were told to nobody, and not `listed`."""
        shown = {m.alert.identity for m in listed}
        return [
            m
            for m in self.members
            if m.alert.ends_at is not None
            and m.alert.identity not in shown
            and self.last_word_at < m.alert.ends_at <= self.now
            and (m.told is NotifiedState.NOTHING or m.told_starts_at != m.alert.starts_at)
        ]

    def finish(self) -> Decision:
        """Put the result together."""
        incident = self.incident
        before = incident.told
        if self.notices and incident.open:
            told = dict(incident.told)
            told.update((key, notice.target) for key, notice in self.notices.items())
            self.set(told=told)
        starts = [member.alert.starts_at for member in self.members]
        self.set(due_at=next_due(self), since=min([incident.began_at, *starts]))
        facts = None
        if self.notices:
            listed = self.listed()
            facts = build_facts(
                self.incident,
                listed,
                self.plan,
                self.now,
                told=before.values(),
                unheard=self.unheard(listed),
                note=self.note,
                previous_severity=self.previous_severity,
            )
            self.set(title=facts["title"])
        if not self.reasons:
            self.reasons.append(
                NotifyReason.HELD_BY_ACK if incident.ack else NotifyReason.NOTHING_NEW
            )
        return Decision(
            self.incident,
            tuple(self.notices.values()),
            tuple(self.entries),
            tuple(self.changed.values()),
            facts,
            tuple(self.reasons),
            () if self.incident.open else tuple(m.alert for m in self.firing),
        )
