"""When references, steps, escalations and routes reach somebody."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from gateway.core.oncall.edges import edges
from gateway.core.oncall.rota import Shift
from gateway.core.plan.plan import Escalation, Plan, Receiver, Step
from gateway.core.plan.recipients import fallback_of, person_targets
from gateway.core.plan.references import ReferenceKind, parse_reference, resolve_reference
from gateway.core.time.spans import Span, complement, intersection, union

Schedules = Mapping[str, Sequence[Shift]]
"""The shifts of each rota in the span of the proof."""


class Reach:
    """The times in a span at which things reach somebody; each answer is computed once."""

    def __init__(self, plan: Plan, schedules: Schedules, span: Span) -> None:
        self._plan = plan
        self._schedules = schedules
        self._span = span
        self._references: dict[tuple[str, tuple[str, ...]], list[Span]] = {}
        self._escalations: dict[str, list[Span]] = {}

    def can_reach(self, person: str, by: tuple[str, ...] = ()) -> bool:
        """Return whether a person has an address for one of these contacts, or any without."""
        known = self._plan.people.get(person)
        return known is not None and bool(person_targets(known, by))

    def unreached(self, receiver: Receiver) -> list[Span]:
        """Return when an alert at this receiver would reach nobody.

        Steps that reach nobody are not waited for, so an alert reaches somebody if any step does
        at that time, or the fallback of the last one.
        """
        if receiver.targets:
            return []
        escalation = self._plan.escalations.get(receiver.escalate or "")
        spans = self._without_steps(escalation) if escalation else [self._span]
        if escalation is None or not fallback_of(self._plan, receiver).targets:
            return spans
        return []

    def last_step_unreached(self, escalation: Escalation) -> list[Span]:
        """Return when the last step of an escalation would reach nobody."""
        return self._without_step(escalation.steps[-1]) if escalation.steps else [self._span]

    def _without_steps(self, escalation: Escalation) -> list[Span]:
        known = self._escalations.get(escalation.name)
        if known is None:
            known = [self._span]
            for step in escalation.steps:
                known = intersection(known, self._without_step(step))
            self._escalations[escalation.name] = known
        return known

    def _without_step(self, step: Step) -> list[Span]:
        spans = [self._span]
        for reference in step.notify:
            reached = self._reached(reference, step.by)
            spans = intersection(spans, complement(reached, *self._span))
        return spans

    def _reached(self, reference: str, by: tuple[str, ...]) -> list[Span]:
        key = reference, by
        known = self._references.get(key)
        if known is None:
            known = self._references[key] = self._find(reference, by)
        return known

    def _find(self, text: str, by: tuple[str, ...]) -> list[Span]:
        kind, name = parse_reference(text)
        start, end = self._span
        if kind is ReferenceKind.RECEIVER:
            referents = resolve_reference(self._plan, text, start)
            return [self._span] if referents.receiver and referents.receiver.targets else []
        if kind is ReferenceKind.PERSON:
            return [self._span] if self.can_reach(name, by) else []
        if kind is ReferenceKind.ROTA:
            stretches = [
                (Span(shift.start, shift.end), shift.people)
                for shift in self._schedules.get(name, ())
            ]
        else:
            instants = edges(self._plan.rotas[name], start, end) if name in self._plan.rotas else []
            stretches = [
                (Span(at, until), resolve_reference(self._plan, text, at).people)
                for at, until in pairwise((*instants, end))
            ]
        return union(
            span for span, people in stretches if any(self.can_reach(one, by) for one in people)
        )
