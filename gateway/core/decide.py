"""Is it time to speak about an incident, and why or why not: one pure function.

`decide` takes an incident, its alerts and `now`, and gives back the incident as it is then, the
notices to send, the lines for the timeline and the next instant to look again (`due_at`). When
it is called does not matter, only what `now` is: late after a crash it decides what is owed now.

Rules from Alertmanager (configuration.md, dispatch and notify sources): the first flush comes
group_wait after the group was opened; later news wait for the next tick of group_interval;
what is unchanged is repeated after repeat_interval. Three things differ on purpose: a repeat
comes when it was asked for, not at the tick after, unless routes.yaml wants that; worse severity
waits for its own group_wait only; who was told of the firing is told of the end, whatever mutes
and silences say by then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gateway.core.audience import fallback_of, person_targets, receiver_of, step_targets
from gateway.core.facts import build_facts
from gateway.core.incident import Climb, Incident, Member, State, Told
from gateway.core.notice import Entry, Kind, NewNotice, Reason
from gateway.core.plan import UNKNOWN_RANK, Plan, Repeats, Severity, Target
from gateway.core.schedule import next_due
from gateway.core.timeinterval import muted
from gateway.core.timing import Timing, answer_expected, next_tick, step_wait, timing

EARLY = 0.001
"""Seconds by which a timer may fire early (floats, wake-ups) and still count as reached."""


@dataclass(frozen=True, slots=True)
class Suppressed:
    """Why one alert keeps quiet: silenced or inhibited, by what, and until when if known."""

    reason: Reason
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
    reasons: tuple[Reason, ...]  # for the metric: why we spoke, or why not


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
        self.incident = incident
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
        self.reasons: list[Reason] = []
        self.note: str | None = None
        self.previous_severity: str | None = None
        self.waits = False  # for the group's next tick
        self.last_word_at = incident.notified_at or incident.opened_at
        self.look()

    def look(self) -> None:
        """Sort the members by what they mean at `now`."""
        self.firing = [m for m in self.members if m.firing(self.now)]
        self.visible = [m for m in self.firing if m.alert.identity not in self.suppressed]
        self.fresh = [m for m in self.visible if not m.told_firing]
        self.ended = [m for m in self.members if m.owed_end and not m.firing(self.now)]
        self.never_told = [m for m in self.fresh if m.told is Told.NOTHING]
        self.heard_again = [m for m in self.visible if m.told is Told.HUSHED]
        worst = min(
            (self.plan.severity_of(m.alert.labels) for m in self.visible or self.members),
            key=lambda severity: severity.rank,
            default=Severity("none", UNKNOWN_RANK),
        )
        self.severity = worst
        self.flaps = self.plan.flapping.flaps(self.incident.beginnings, self.now)
        self.timing: Timing = timing(self.route, worst, self.plan.repeats)

    def set(self, **changes: Any) -> None:
        """Change the incident."""
        self.incident = replace(self.incident, **changes)

    def record(self, kind: str, text: str, **data: Any) -> None:
        """Add a line to the timeline."""
        self.entries.append(Entry(self.now, kind, text, data))

    def tell(
        self, targets: Sequence[Target], kind: Kind, reason: Reason, *, quiet: bool = False
    ) -> None:
        """Owe each target a notice; the first reason given to a target in one turn stands."""
        end = kind is Kind.RESOLVED or reason is Reason.SOME_RESOLVED
        for target in targets:
            if end and not target.wants_ends:
                continue
            self.notices.setdefault(
                target.key, NewNotice(target, kind, reason, self.severity.rank, quiet)
            )

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

    def keep_quiet(self, reason: Reason, text: str) -> None:
        """Record why nothing is said: once, until the reason changes."""
        self.reasons.append(reason)
        if self.incident.why_not != text:
            self.record("kept quiet", text, reason=reason.value)
            self.set(why_not=text)

    def mark_told(self) -> None:
        """Remember that people now know the present state of every alert that may be told."""
        for place, member in enumerate(self.members):
            if member.firing(self.now):
                told_before = member.told_firing and member.told is not Told.HUSHED
                if told_before or member.alert.identity in self.suppressed:
                    continue
                told = Told.FIRING
            elif member.owed_end:
                told = Told.RESOLVED
            else:
                continue
            after = replace(member, told=told, told_starts_at=member.alert.starts_at)
            self.members[place] = after
            self.changed[member.alert.identity] = after
        self.look()

    def speak(self, reason: Reason, kind: Kind, *, quiet: bool = False) -> None:
        """Tell the receiver and everybody already reached by the escalation."""
        targets = self.audience()
        self.tell(targets, kind, reason, quiet=quiet)
        self.reasons.append(reason)
        if targets:
            names = ", ".join(sorted({target.key for target in targets}))
            self.record("spoke", f"{reason.value}: {len(self.visible)} firing", to=names)
        else:
            self.keep_quiet(
                Reason.NOBODY_TO_TELL, f"receiver {self.receiver.name} has nobody to tell"
            )
        self.mark_told()
        self.set(
            notified_at=self.now,
            rank=self.severity.rank,
            severity=self.severity.name,
            held=False,
            why_not="" if targets else self.incident.why_not,
        )

    def start_climb(self, next_at: float) -> None:
        """Begin the receiver's escalation anew."""
        if self.receiver.escalate in self.plan.escalations:
            self.set(climb=Climb(str(self.receiver.escalate), next_at=next_at))

    def put_off_escalation(self) -> None:
        """Who is told now after a quiet time gets the step's whole wait to answer."""
        climb = self.incident.climb
        if climb is None or climb.next_at is None or climb.next_at > self.now or climb.step == 0:
            return
        escalation = self.plan.escalations.get(climb.name)
        steps = escalation.steps[: climb.step] if escalation else ()
        wait = step_wait(steps[-1].wait if steps else None, self.severity, self.now, self.plan)
        self.set(climb=replace(climb, next_at=self.now + wait))

    # The steps of a decision, in order.

    def expire_acknowledgement(self) -> None:
        """E23: an acknowledgement does not last for ever; its owner hears first."""
        ack = self.incident.ack
        if ack is None or self.now < ack.expires_at - EARLY:
            return
        self.set(state=State.FIRING, ack=None)
        if not self.firing:
            return
        self.record("acknowledgement expired", f"{ack.by} had it since then", by=ack.by)
        heard = self.audience()
        self.start_climb(self.now + step_wait(None, self.severity, self.now, self.plan))
        if not self.visible or self.muted:
            self.set(held=True)
            return
        owner = self.plan.people.get(ack.by)
        targets = (*(person_targets(owner) if owner else ()), *heard)
        self.tell(targets, Kind.UNACKNOWLEDGED, Reason.ACK_EXPIRED)
        self.reasons.append(Reason.ACK_EXPIRED)
        expected = answer_expected(self.severity, self.now, self.plan.business_hours)
        self.set(notified_at=self.now, respond_by=expected)

    def flush(self) -> None:
        """Say what is new in the group, when its tick has come."""
        if self.now < self.incident.tick_at - EARLY:
            return
        self.waits = self.between_ticks()
        self.set(flushed=True)
        self.hush()
        if self.waits and not self.got_worse():
            return
        self.count_beginnings()
        if not self.firing:
            self.resolve_or_wait()
        elif self.muted:
            what, names = self.muted
            if self.fresh:
                self.set(held=True)
                self.keep_quiet(Reason.MUTED, f"{what} {names}")
        elif self.visible:
            self.say_news()
        else:
            self.say_why_suppressed()

    def between_ticks(self) -> bool:
        """Whether repeats come at ticks only and this look was not planned for one.

        As in Alertmanager all but worse severity waits for the tick then, such as what a silence
        kept back. A look that comes late stands for the ticks since it was due.
        """
        incident = self.incident
        if self.plan.repeats is not Repeats.ON_TICKS or not incident.flushed:
            return False
        due = self.now if incident.due_at is None else min(incident.due_at, self.now)
        tick = next_tick(incident.tick_at, self.timing.group_interval, due - EARLY)
        return tick > self.now + EARLY

    def got_worse(self) -> bool:
        """Whether something fresh is worse than what was told, or acknowledged."""
        known = self.incident.ack.rank if self.incident.ack else self.incident.rank
        ranks = [self.plan.severity_of(m.alert.labels).rank for m in self.fresh]
        return known is not None and min(ranks, default=known) < known

    def hush(self) -> None:
        """E30: remember which told alerts a silence came over; its end is worth a word."""
        for place, member in enumerate(self.members):
            why = self.suppressed.get(member.alert.identity)
            if (
                why is not None
                and why.reason is Reason.SILENCED
                and member.told is Told.FIRING
                and member.told_firing
                and member.firing(self.now)
            ):
                after = replace(member, told=Told.HUSHED)
                self.members[place] = after
                self.changed[member.alert.identity] = after

    def say_news(self) -> None:
        """Speak of fresh and of ended alerts, each under its own reason."""
        incident, fresh = self.incident, self.fresh
        if self.got_worse():
            self.say_worse(incident)
        elif incident.notified_at is None and incident.ack and all(m.acked for m in fresh):
            # Taken before anybody was told: a page for it now would wake somebody for nothing.
            self.keep_quiet(Reason.HELD_BY_ACK, f"{incident.ack.by} took it before it was told")
        elif incident.notified_at is None:
            self.set(respond_by=answer_expected(self.severity, self.now, self.plan.business_hours))
            self.say_that_it_flaps()
            self.speak(Reason.FIRST, Kind.FIRING)
            self.start_climb(self.now)
        elif self.flaps and (fresh or self.ended) and not self.never_told:
            self.say_flapping()
        elif fresh:
            self.speak(Reason.NEW_ALERTS, Kind.FIRING)
        elif incident.held and incident.ack is None:
            self.put_off_escalation()
            self.speak(Reason.MUTE_ENDED, Kind.FIRING)
        elif self.heard_again and incident.ack is None:
            self.put_off_escalation()
            self.speak(Reason.SILENCE_ENDED, Kind.FIRING)
        elif self.ended and any(target.wants_ends for target in self.audience()):
            self.speak(Reason.SOME_RESOLVED, Kind.FIRING, quiet=incident.ack is not None)
        elif self.ended or self.heard_again:
            self.mark_told()

    def count_beginnings(self) -> None:
        """E36: an alert that people know of and that burns anew is another beginning."""
        anew = [m.alert.starts_at for m in self.fresh if m.told is not Told.NOTHING]
        beginnings, flapping = self.incident.beginnings, self.plan.flapping
        if flapping.times and anew and max(anew) > max(beginnings, default=0.0):
            self.set(beginnings=flapping.recent((*beginnings, max(anew)), self.now))
            self.look()

    @property
    def kept_calm(self) -> bool:
        """Whether turns of a group that flaps are told together; the worst severity's never."""
        return self.flaps and self.severity.rank > self.plan.worst_rank

    def say_that_it_flaps(self) -> None:
        """Add to what is said next that the group flaps, if it does."""
        if self.flaps:
            flapping, beginnings = self.plan.flapping, self.incident.beginnings
            self.note = flapping.words(beginnings, self.now, quiet=self.kept_calm)
            self.set(flapping_told_at=self.now)

    def say_flapping(self) -> None:
        """E36: that it flaps is told once, what follows now and then; the worst is always told."""
        told_at = self.incident.flapping_told_at
        if self.kept_calm and told_at is not None and self.now < self.flapping_due - EARLY:
            self.keep_quiet(Reason.FLAPPING, "it flaps: its turns are told together")
            return
        if self.fresh or self.kept_calm:
            self.say_that_it_flaps()
            self.speak(Reason.FLAPPING, Kind.FIRING)
        elif any(target.wants_ends for target in self.audience()):
            self.speak(Reason.SOME_RESOLVED, Kind.FIRING, quiet=self.incident.ack is not None)
        else:
            self.mark_told()

    @property
    def flapping_due(self) -> float:
        """When the turns of a group that flaps are told next."""
        return (self.incident.flapping_told_at or 0.0) + self.plan.flapping.every

    def resolve_or_wait(self) -> None:
        """The end of a group that flaps is told once it has been calm for a while (E36)."""
        last = max((m.alert.ends_at or self.now for m in self.members), default=self.now)
        if self.flaps and self.incident.told and self.members:
            if self.now < last + self.plan.flapping.calm_after - EARLY:
                self.keep_quiet(Reason.FLAPPING, "it flaps: its end is told once it is calm")
                return
            self.note = self.plan.flapping.words(self.incident.beginnings, self.now, quiet=False)
        self.resolve()

    def say_worse(self, before: Incident) -> None:
        """E21: what got worse speaks again, acknowledged or not."""
        self.previous_severity = before.severity or None
        if before.ack:
            text = f"got worse than what {before.ack.by} acknowledged"
            self.record("reopened", text, by=before.ack.by)
            self.note = text
            self.set(state=State.FIRING, ack=None)
        self.set(respond_by=answer_expected(self.severity, self.now, self.plan.business_hours))
        self.speak(Reason.WORSE, Kind.WORSE)
        self.start_climb(self.now)

    def say_why_suppressed(self) -> None:
        """All that burns is silenced or inhibited: record by what."""
        whys = [self.suppressed[m.alert.identity] for m in self.firing]
        by = ", ".join(sorted({f"{why.reason.value} by {why.by}" for why in whys})[:3])
        self.keep_quiet(whys[0].reason, by)

    def resolve(self) -> None:
        """Everything is over: whoever was told is owed the end, muted and silenced or not."""
        told = list(self.incident.told.values())
        over = Reason.RESOLVED
        if not self.members:  # a reload gave its alerts to other routes
            over = Reason.MOVED
            self.note = "its alerts are handled by another route since routes.yaml was reloaded"
        self.reasons.append(over if told else Reason.RESOLVED_EARLY)
        self.mark_told()
        if told:
            self.tell(told, Kind.RESOLVED, over)
            self.record("resolved", f"{over.value}: {len(told)} told of the end")
        elif self.incident.notified_at is None:
            self.record("resolved", Reason.RESOLVED_EARLY.value)
        else:
            self.record("resolved", "nobody had been told")
        self.set(
            state=State.RESOLVED,
            resolved_at=max((m.alert.ends_at or self.now for m in self.members), default=self.now),
            climb=None,
        )

    def repeat(self) -> None:
        """Nothing changed and nobody took it: say it again when repeat_interval has passed."""
        incident = self.incident
        if incident.ack or incident.notified_at is None or not incident.open or self.notices:
            return
        if self.waits:
            return
        if self.now < self.timing.repeat_at(incident.tick_at, incident.notified_at) - EARLY:
            return
        if self.visible and not self.muted:
            self.speak(Reason.REPEAT, Kind.REPEAT)
        elif self.firing and not incident.held:
            self.set(held=True)

    def escalate(self) -> None:
        """Nobody acknowledged in time: tell the next."""
        while self.may_escalate():
            climb = self.incident.climb
            assert climb is not None
            escalation = self.plan.escalations.get(climb.name)
            if escalation is None:  # a reload took it away: the one named now begins
                self.set(climb=None)
                self.start_climb(self.now)
                continue
            if climb.step >= len(escalation.steps):  # a reload made it shorter
                self.take_step(climb, len(escalation.steps), escalation.repeat, 0.0, True)
                continue
            step = escalation.steps[climb.step]
            found = step_targets(self.plan, step, self.now)
            for sentence in found.missing:
                self.record("nobody reached", f"step {climb.step + 1}: {sentence}")
            first = climb.step == 0 and climb.round == 0
            kind, reason = (
                (Kind.FIRING, Reason.FIRST) if first else (Kind.ESCALATION, Reason.ESCALATION)
            )
            self.tell(found.targets, kind, reason)
            if found.targets:
                self.reasons.append(reason)
                who = ", ".join(found.people) or ", ".join(step.notify)
                self.record("escalated", f"step {climb.step + 1}: {who}", step=climb.step + 1)
            wait = step_wait(step.wait, self.severity, self.now, self.plan)
            self.take_step(
                climb, len(escalation.steps), escalation.repeat, wait, bool(found.targets)
            )

    def may_escalate(self) -> bool:
        """Whether the next step is due and nothing holds it."""
        climb, incident = self.incident.climb, self.incident
        return (
            climb is not None
            and climb.next_at is not None
            and self.now >= climb.next_at - EARLY
            and incident.ack is None
            and incident.open
            and bool(self.visible)
            and not self.muted
        )

    def take_step(self, climb: Climb, steps: int, rounds: int, wait: float, reached: bool) -> None:
        """Move on. A step that reached nobody is not waited for (E27)."""
        at = self.now + wait if reached else self.now
        if climb.step + 1 < steps:
            self.set(climb=replace(climb, step=climb.step + 1, next_at=at))
        elif climb.round < rounds and reached:
            self.set(climb=replace(climb, step=0, round=climb.round + 1, next_at=at))
        else:
            self.set(climb=replace(climb, step=steps, next_at=None))
            if not reached:
                fallback = fallback_of(self.plan, self.receiver)
                self.note = "the escalation led to nobody: you are the fallback"
                self.tell(fallback.targets, Kind.ESCALATION, Reason.FALLBACK)
                self.record(
                    "fell back", f"to receiver {fallback.name}: the last step led to nobody"
                )

    def listed(self) -> list[Member]:
        """The alerts a notice of this turn speaks of: what burns, and what ended since the last."""
        ended = [m for m in self.changed.values() if m.told is Told.RESOLVED]
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
            and (m.told is Told.NOTHING or m.told_starts_at != m.alert.starts_at)
        ]

    def finish(self) -> Decision:
        """Put the result together."""
        incident = self.incident
        before = incident.told
        if self.notices and incident.open:
            told = dict(incident.told)
            told.update((key, notice.target) for key, notice in self.notices.items())
            self.set(told=told)
        self.set(due_at=next_due(self))
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
            self.reasons.append(Reason.HELD_BY_ACK if incident.ack else Reason.NOTHING_NEW)
        return Decision(
            self.incident,
            tuple(self.notices.values()),
            tuple(self.entries),
            tuple(self.changed.values()),
            facts,
            tuple(self.reasons),
        )


NOBODY: Mapping[str, Suppressed] = {}


def decide(
    incident: Incident,
    members: Sequence[Member],
    plan: Plan,
    now: float,
    suppressed: Mapping[str, Suppressed] = NOBODY,
) -> Decision:
    """Look at an incident at `now` (unix seconds) and say what follows.

    `suppressed` maps the identity of an alert to why it keeps quiet; it must come from the same
    snapshot as `members` (E9).
    """
    turn = Turn(incident, members, plan, now, suppressed)
    turn.expire_acknowledgement()
    turn.flush()
    turn.repeat()
    turn.escalate()
    return turn.finish()
