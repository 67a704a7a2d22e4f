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
from dataclasses import replace

from gateway.core.decide.context import EARLY, Decision, Suppressed
from gateway.core.decide.flapping_steps import FlappingTurn
from gateway.core.incidents.incident import Incident, Member, NotifiedState, State
from gateway.core.incidents.notice import NoticeKind, NotifyReason
from gateway.core.plan.intervals import answer_expected, next_tick, step_wait
from gateway.core.plan.plan import Plan, Repeats
from gateway.core.plan.recipients import person_targets


class _Look(FlappingTurn):
    """The steps of a decision, in order."""

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
        self.start_escalation(self.now + step_wait(None, self.severity, self.now, self.plan))
        if not self.visible or self.muted:
            self.set(held=True)
            return
        owner = self.plan.people.get(ack.by)
        targets = (*(person_targets(owner) if owner else ()), *heard)
        self.tell(targets, NoticeKind.UNACKNOWLEDGED, NotifyReason.ACK_EXPIRED)
        self.reasons.append(NotifyReason.ACK_EXPIRED)
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
        elif self.only_untold_burn():
            self.note = f"{len(self.firing)} more of its group burn, and are kept quiet"
            self.resolve()
        elif self.muted:
            what, names = self.muted
            if self.fresh:
                self.set(held=True)
                self.keep_quiet(NotifyReason.MUTED, f"{what} {names}")
        elif self.visible:
            if self.incident.suppressed:
                self.set(why_not="")  # no longer: lists must not show it as suppressed
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
                and why.reason is NotifyReason.SILENCED
                and member.told is NotifiedState.FIRING
                and member.notified_firing
                and member.firing(self.now)
            ):
                after = replace(member, told=NotifiedState.SILENCED)
                self.members[place] = after
                self.changed[member.alert.identity] = after

    def say_news(self) -> None:
        """Speak of fresh and of ended alerts, each under its own reason."""
        incident, fresh = self.incident, self.fresh
        if self.got_worse():
            self.say_worse(incident)
        elif incident.notified_at is None and incident.ack and all(m.acked for m in fresh):
            # Taken before anybody was told: a page for it now would wake somebody for nothing.
            self.keep_quiet(
                NotifyReason.HELD_BY_ACK, f"{incident.ack.by} took it before it was told"
            )
        elif incident.notified_at is None:
            self.set(respond_by=answer_expected(self.severity, self.now, self.plan.business_hours))
            self.say_that_it_flaps()
            self.speak(NotifyReason.FIRST, NoticeKind.FIRING)
            self.start_escalation(self.now)
        elif self.flaps and (fresh or self.ended) and not self.never_told:
            self.say_flapping()
        elif fresh:
            self.speak(NotifyReason.NEW_ALERTS, NoticeKind.FIRING)
        elif (incident.held or self.heard_again) and incident.ack is None:
            self.put_off_escalation()
            silenced = any(m.told is NotifiedState.SILENCED for m in self.heard_again)
            self.speak(
                NotifyReason.SILENCE_ENDED if silenced else NotifyReason.MUTE_ENDED,
                NoticeKind.FIRING,
            )
        elif self.ended and any(target.wants_ends for target in self.audience()):
            self.speak(
                NotifyReason.SOME_RESOLVED, NoticeKind.FIRING, quiet=incident.ack is not None
            )
        elif self.ended or self.heard_again:
            self.mark_notified()

    def resolve_or_wait(self) -> None:
        """The end of a group that flaps is told once it has been calm for a while (E36)."""
        last = max((m.alert.ends_at or self.now for m in self.members), default=self.now)
        if self.flaps and self.incident.told and self.members:
            if self.now < last + self.plan.flapping.calm_after - EARLY:
                self.keep_quiet(NotifyReason.FLAPPING, "it flaps: its end is told once it is calm")
                return
            self.note = self.plan.flapping.words(self.incident.beginnings, self.now, quiet=False)
        self.resolve()

    def only_untold_burn(self) -> bool:
        """Whether all that people heard of is over, and all that still burns keeps quiet (E4).

        The incident ends then, and what burns begins one of its own (`Decision.left`): the end
        waits for no silence over something else. Of a group that flaps it is so for a while first.
        """
        if not (self.ended and self.incident.told) or self.visible:
            return False
        if any(m.resolve_pending for m in self.firing):
            return False
        last = max(m.alert.ends_at or self.now for m in self.ended)
        return not self.flaps or self.now >= last + self.plan.flapping.calm_after - EARLY

    def say_worse(self, before: Incident) -> None:
        """E21: what got worse speaks again, acknowledged or not."""
        self.previous_severity = before.severity or None
        if before.ack:
            text = f"got worse than what {before.ack.by} acknowledged"
            self.record("reopened", text, by=before.ack.by)
            self.note = text
            self.set(state=State.FIRING, ack=None)
        self.set(respond_by=answer_expected(self.severity, self.now, self.plan.business_hours))
        self.speak(NotifyReason.WORSE, NoticeKind.WORSE)
        self.start_escalation(self.now)

    def say_why_suppressed(self) -> None:
        """All that burns is silenced or inhibited: record by what."""
        whys = [self.suppressed[m.alert.identity] for m in self.firing]
        by = ", ".join(sorted({f"{why.reason.value} by {why.by}" for why in whys})[:3])
        self.keep_quiet(whys[0].reason, by)

    def resolve(self) -> None:
        """Everything is over: whoever was told is owed the end, muted and silenced or not."""
        told = list(self.incident.told.values())
        over = NotifyReason.RESOLVED
        if not self.members:  # a reload gave its alerts to other routes
            over = NotifyReason.MOVED
            self.note = "its alerts are handled by another route since routes.yaml was reloaded"
        elif any(m.alert.timeout and not m.firing(self.now) for m in self.members):
            unsaid = "its source did not say so, only stopped to report it"
            self.note = f"{self.note}; {unsaid}" if self.note else unsaid
        self.reasons.append(over if told else NotifyReason.RESOLVED_EARLY)
        self.mark_notified()
        if told:
            self.tell(told, NoticeKind.RESOLVED, over)
            self.record("resolved", f"{over.value}: {len(told)} notified")
        elif self.incident.notified_at is None:
            self.record("resolved", NotifyReason.RESOLVED_EARLY.value)
        else:
            self.record("resolved", "nobody had been told")
        self.set(
            state=State.RESOLVED,
            resolved_at=max(
                (m.alert.ends_at or self.now for m in self.members if not m.firing(self.now)),
                default=self.now,
            ),
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
            self.speak(NotifyReason.REPEAT, NoticeKind.REPEAT)
        elif self.firing and not incident.held:
            self.set(held=True)


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
    turn = _Look(incident, members, plan, now, suppressed)
    turn.expire_acknowledgement()
    turn.flush()
    turn.repeat()
    turn.escalate()
    return turn.finish()
