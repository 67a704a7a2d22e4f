"""The escalation's part of a decision: nobody acknowledged in time, so the next is told."""

from dataclasses import replace

from gateway.core.decide.context import EARLY, Turn
from gateway.core.incidents.incident import EscalationState
from gateway.core.incidents.notice import NoticeKind, NotifyReason
from gateway.core.plan.intervals import step_wait
from gateway.core.plan.recipients import fallback_of, step_targets


class ClimbingTurn(Turn):
    """A turn that takes steps of the receiver's escalation."""

    def start_escalation(self, next_at: float) -> None:
        """Begin the receiver's escalation anew."""
        if self.receiver.escalate in self.plan.escalations:
            self.set(climb=EscalationState(str(self.receiver.escalate), next_at=next_at))

    def put_off_escalation(self) -> None:
        """Who is told now after a quiet time gets the step's whole wait to answer."""
        climb = self.incident.climb
        if climb is None or climb.next_at is None or climb.next_at > self.now or climb.step == 0:
            return
        escalation = self.plan.escalations.get(climb.name)
        steps = escalation.steps[: climb.step] if escalation else ()
        wait = step_wait(steps[-1].wait if steps else None, self.severity, self.now, self.plan)
        self.set(climb=replace(climb, next_at=self.now + wait))

    def escalate(self) -> None:
        """Nobody acknowledged in time: tell the next."""
        while self.may_escalate():
            climb = self.incident.climb
            assert climb is not None
            escalation = self.plan.escalations.get(climb.name)
            if escalation is None:  # a reload took it away: the one named now begins
                self.set(climb=None)
                self.start_escalation(self.now)
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
                (NoticeKind.FIRING, NotifyReason.FIRST)
                if first
                else (NoticeKind.ESCALATION, NotifyReason.ESCALATION)
            )
            self.tell(found.targets, kind, reason)
            if found.targets:
                self.reasons.append(reason)
                people = [self.plan.name_of(person) for person in found.people]
                who = ", ".join(people) or ", ".join(step.notify)
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
            # Who must be told again at the tick gets the step's whole wait from then on.
            and not (self.waits and (self.heard_again or self.incident.held))
        )

    def take_step(
        self, climb: EscalationState, steps: int, rounds: int, wait: float, reached: bool
    ) -> None:
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
                self.tell(fallback.targets, NoticeKind.ESCALATION, NotifyReason.FALLBACK)
                self.record(
                    "fell back", f"to receiver {fallback.name}: the last step led to nobody"
                )
