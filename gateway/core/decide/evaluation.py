"""One evaluation of an incident: what it reads, what it has decided so far, and how it ends.

The steps are functions in the modules beside this one. They read `members`, `plan` and `now`,
change `draft`, and add notices and timeline entries.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from gateway.core.decide.draft import Draft
from gateway.core.decide.facts import build_facts, common
from gateway.core.decide.next_due import next_due
from gateway.core.decide.quiet_notices import quiet_until
from gateway.core.decide.result import Decision, Reason
from gateway.core.incidents.incident import Incident, Member, NotifiedState
from gateway.core.incidents.notice import (
    FIRING_KINDS,
    SILENT_REASONS,
    NewNotice,
    NoticeKind,
    NotifyReason,
)
from gateway.core.incidents.responses import Snooze
from gateway.core.incidents.suppression import (
    Suppression,
    SuppressReason,
    suppressions_text,
    to_json,
)
from gateway.core.incidents.timeline import TimelineEntry, TimelineKind
from gateway.core.plan.intervals import Timing, timing
from gateway.core.plan.plan import NOTHING, UNKNOWN_RANK, Plan, Severity, Target
from gateway.core.plan.recipients import receiver_of, step_targets, targets_for
from gateway.core.plan.round_robin import NO_TURNS, Turn, Turns, picked
from gateway.core.routing.mutes import Mute, MuteKind, find_mute
from gateway.core.time.timestamps import local_minute

EARLY = 0.001
"""Seconds by which a timer may fire early (floats, wake-ups) and still count as reached."""

_HIDDEN = (NotifiedState.SILENCED, NotifiedState.OMITTED)


class GroupRecipients(NamedTuple):
    """Whom an event of the group notifies: targets, and people with the contacts of their steps.

    No contacts stand for all contacts of the person.
    """

    targets: tuple[Target, ...]
    people: Mapping[str, tuple[str, ...]]


def join_contacts(by: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    """Return the contacts that either of two steps names; none stand for all."""
    return tuple(dict.fromkeys((*by, *other))) if by and other else ()


class Evaluation:
    """The working state of one evaluation: of one call, in one thread."""

    def __init__(
        self,
        incident: Incident,
        members: Sequence[Member],
        plan: Plan,
        now: float,
        suppressed: Mapping[str, Suppression],
        turns: Turns = NO_TURNS,
    ) -> None:
        self.incident = incident  # as stored: never changed
        self.draft = Draft.of(incident)
        self.members = list(members)
        self.plan = plan
        self.now = now
        self.suppressed = suppressed  # by the alert's identity
        self.turns = turns
        self.turns_taken: list[Turn] = []
        self.route = plan.route(incident.route_id)
        self.receiver = receiver_of(plan, incident.receiver)
        self.route_mute = _mute_of(find_mute(self.route, plan.time_intervals, now))
        snooze = incident.responses.snooze
        self.muted = self.route_mute if snooze is None else snooze_suppression(snooze, plan)
        self.notices: dict[str, NewNotice] = {}  # by the target's key
        self.entries: list[TimelineEntry] = []
        self.changed: dict[str, Member] = {}  # by the alert's identity
        self.reasons: list[Reason] = []
        self.note: str | None = None  # for people, in the notices of this evaluation
        self.previous_severity: str | None = None
        self.waits_for_tick = False
        self.classify()

    def classify(self) -> None:
        """Sort the members by their state at `now`, and compute severity, flapping and timing."""
        self.sort_members()
        severity_of, worst = self.plan.severity_of, None
        for member in self.visible or self.members:
            severity = severity_of(member.alert.labels)
            if worst is None or severity.rank < worst.rank:
                worst = severity
        self.severity = worst or Severity("none", UNKNOWN_RANK)
        self.flaps = self.plan.flapping.flaps(self.draft.beginnings, self.now)
        self.timing: Timing = timing(self.route, self.severity, self.plan.repeats)

    def sort_members(self) -> None:
        """Sort the members by their state at `now`."""
        self.firing: list[Member] = []
        self.visible: list[Member] = []  # firing and not suppressed
        self.fresh: list[Member] = []  # visible, and this firing was not notified
        self.never_notified: list[Member] = []  # visible, and no firing was notified
        self.reappeared: list[Member] = []  # visible again after a silence or an inhibition
        self.ended: list[Member] = []  # resolved, and the end was not notified
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
                if member.notified is NotifiedState.NONE:
                    self.never_notified.append(member)
            if member.notified in _HIDDEN:
                self.reappeared.append(member)

    def update_member(self, index: int, member: Member) -> None:
        """Put a changed member in the place of the old one, to be saved."""
        self.members[index] = member
        self.changed[member.alert.identity] = member

    def record(self, kind: TimelineKind, text: str, **data: Any) -> None:
        """Add a line to the timeline."""
        self.entries.append(TimelineEntry(self.now, kind, text, data))

    def notify(
        self,
        targets: Sequence[Target],
        kind: NoticeKind,
        reason: NotifyReason,
        *,
        quiet: bool = False,
    ) -> None:
        """Add a notice for each target, unless it has one from an earlier step."""
        end = kind is NoticeKind.RESOLVED or reason is NotifyReason.SOME_RESOLVED
        for target in targets:
            if (end and not target.send_resolved) or target.key in self.notices:
                continue
            not_before = None if self.urgent else self._quiet_until(target, reason)
            self.notices[target.key] = NewNotice(
                target, kind, reason, self.severity.rank, quiet, not_before
            )

    def _quiet_until(self, target: Target, reason: NotifyReason) -> float | None:
        """Return until when a notice waits for quiet hours, and say so in the timeline."""
        own = {one.key for one in self.receiver.targets}
        until = quiet_until(self.plan, target, reason, own, self.draft.ack, self.now)
        if until is not None:
            end = local_minute(until, self.plan.business_hours.zone)
            name = self.plan.name_of(target.person or "")
            text = f"{name} by {target.account}: {reason.value} waits until {end}"
            self.record(TimelineKind.QUIET_HOURS, text, until=until)
        return until

    def paged(self) -> list[str]:
        """Return the ids of the people who are notified now that the incident fires."""
        people = [
            notice.target.person
            for notice in self.notices.values()
            if notice.kind in FIRING_KINDS
            and notice.reason not in SILENT_REASONS
            and not notice.quiet
        ]
        return list(dict.fromkeys(person for person in people if person))

    @property
    def urgent(self) -> bool:
        """Whether the severity of what fires now is urgent."""
        return self.plan.is_urgent(self.severity.rank)

    def common_labels(self) -> Mapping[str, str]:
        """Return the labels that its alerts share, and those of its group.

        Empty where no receiver needs them, because every notification asks.
        """
        if not self.plan.has_label_targets:
            return NOTHING
        members = self.visible or self.members
        shared = common([member.alert.labels for member in members])
        return {**shared, **self.incident.group_labels}

    def group_recipients(self) -> GroupRecipients:
        """Return the receiver's targets, and whom the escalation steps taken so far notify now."""
        labels = self.common_labels()
        targets = {target.key: target for target in targets_for(self.receiver, labels)}
        people: dict[str, tuple[str, ...]] = {}
        escalation = self.draft.escalation
        policy = self.plan.escalations.get(escalation.name) if escalation else None
        if escalation and policy:
            taken = policy.steps if escalation.round else policy.steps[: escalation.step]
            for index, step in enumerate(taken):
                if index in escalation.skipped:
                    continue
                step = picked(step, escalation.picks.get(index, ()))
                resolved = step_targets(self.plan, step, self.now, labels, urgent=self.urgent)
                for target in resolved.direct:
                    targets.setdefault(target.key, target)
                for person in resolved.people:
                    people[person] = join_contacts(people.get(person, step.by), step.by)
        return GroupRecipients(tuple(targets.values()), people)

    def suppress(self, *suppressions: Suppression) -> None:
        """Record why nothing is notified: in the timeline only when that changes."""
        self.reasons.append(suppressions[0].reason.counted_as)
        if self.draft.suppressions == suppressions:
            return
        self.draft.suppressions = suppressions
        self.record(
            TimelineKind.SUPPRESSED,
            suppressions_text(suppressions, self.plan.business_hours.zone),
            reason=suppressions[0].reason.counted_as.value,
            suppressions=[to_json(one) for one in suppressions],
        )

    def mark_notified(self) -> None:
        """Mark the present state of every visible or ended alert as notified."""
        for index, member in enumerate(self.members):
            if member.firing(self.now):
                before = member.notified_firing and member.notified is NotifiedState.FIRING
                if before or member.alert.identity in self.suppressed:
                    continue
                notified = NotifiedState.FIRING
            elif member.resolve_pending:
                notified = NotifiedState.RESOLVED
            else:
                continue
            alert = member.alert
            after = Member(alert, notified, alert.starts_at, member.acked_starts_at)
            self.update_member(index, after)
        self.sort_members()

    def mark_omitted(self) -> None:
        """Mark suppressed alerts that this notification leaves out.

        Readers may take an alert that is missing from it for resolved, so its return is news.
        """
        for index, member in enumerate(self.members):
            suppressed = member.alert.identity in self.suppressed and member.firing(self.now)
            if suppressed and member.notified is NotifiedState.FIRING and member.notified_firing:
                self.update_member(index, replace(member, notified=NotifiedState.OMITTED))

    def finish(self) -> Decision:
        """Put the decision together."""
        draft, notified_before = self.draft, self.incident.notified_targets
        if self.notices and draft.open:
            targets = dict(draft.notified_targets)
            targets.update((key, notice.target) for key, notice in self.notices.items())
            draft.notified_targets = targets
        starts = [member.alert.starts_at for member in self.members]
        since = min([self.incident.began_at, *starts])
        after = draft.applied_to(self.incident, since=since, due_at=next_due(self))
        facts = None
        if self.notices:
            listed = self._listed()
            facts = build_facts(
                after,
                listed,
                self.plan,
                self.now,
                told=notified_before.values(),
                paged=self.paged(),
                unheard=self._missed(listed),
                note=self.note,
                previous_severity=self.previous_severity,
            )
            if facts["title"] != after.title:
                after = replace(after, title=facts["title"])
        if not self.reasons:
            self.reasons.append(
                SuppressReason.ACKNOWLEDGED if after.ack else SuppressReason.NOTHING_NEW
            )
        return Decision(
            after,
            tuple(self.notices.values()),
            tuple(self.entries),
            tuple(self.changed.values()),
            facts,
            tuple(self.reasons),
            () if after.open else tuple(m.alert for m in self.firing),
            tuple(self.turns_taken),
        )

    def _listed(self) -> list[Member]:
        """Return the alerts that the notices list: visible ones, and those that just ended."""
        ended = [m for m in self.changed.values() if m.notified is NotifiedState.RESOLVED]
        return [*self.visible, *ended] or self.members

    def _missed(self, listed: Sequence[Member]) -> list[Member]:
        """Return alerts that fired and resolved between notifications without being listed."""
        last = self.incident.notified_at or self.incident.opened_at
        shown = {m.alert.identity for m in listed}
        return [
            m
            for m in self.members
            if m.alert.ends_at is not None
            and m.alert.identity not in shown
            and last < m.alert.ends_at <= self.now
            and (m.notified is NotifiedState.NONE or m.notified_starts_at != m.alert.starts_at)
        ]


def snooze_suppression(snooze: Snooze, plan: Plan) -> Suppression:
    """Return a snooze as what keeps an incident from notifying."""
    by = plan.name_of(snooze.by)
    return Suppression(SuppressReason.SNOOZED, by, snooze.until, snooze.reason)


def _mute_of(mute: Mute | None) -> Suppression | None:
    if mute is None:
        return None
    outside = mute.kind is MuteKind.OUTSIDE_ACTIVE
    reason = SuppressReason.OUTSIDE_ACTIVE if outside else SuppressReason.MUTED
    return Suppression(reason, mute.names)
