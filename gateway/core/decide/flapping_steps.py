"""Flapping's part of a decision (E36): told once, then now and then, until it is calm."""

from gateway.core.decide.context import EARLY
from gateway.core.decide.escalation import ClimbingTurn
from gateway.core.incidents.incident import NotifiedState
from gateway.core.incidents.notice import NoticeKind, NotifyReason


class FlappingTurn(ClimbingTurn):
    """A turn that knows of groups that end and begin again and again."""

    def count_beginnings(self) -> None:
        """E36: an alert that people know of and that burns anew is another beginning."""
        anew = [m.alert.starts_at for m in self.fresh if m.told is not NotifiedState.NOTHING]
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
            self.keep_quiet(NotifyReason.FLAPPING, "it flaps: its turns are told together")
            return
        if self.fresh or self.kept_calm:
            self.say_that_it_flaps()
            self.speak(NotifyReason.FLAPPING, NoticeKind.FIRING)
        elif any(target.wants_ends for target in self.audience()):
            self.speak(
                NotifyReason.SOME_RESOLVED, NoticeKind.FIRING, quiet=self.incident.ack is not None
            )
        else:
            self.mark_notified()

    @property
    def flapping_due(self) -> float:
        """When the turns of a group that flaps are told next."""
        return (self.incident.flapping_told_at or 0.0) + self.plan.flapping.every
