"""When references, steps, escalations and routes reach somebody."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
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
        self._escalations: dict[tuple[str, str | None], list[Span]] = {}

    def can_reach(self, person: str, by: tuple[str, ...] = ()) -> bool:
        """Return whether a person has an address for one of these contacts, or any without."""
        known = self._plan.people.get(person)
        return known is not None and bool(person_targets(self._plan, known, by))

    def unreached(self, receiver: Receiver, severity: str | None = None) -> list[Span]:
        """Return when an alert of this severity at this receiver would reach nobody.

        Steps that are skipped or reach nobody are not waited for, so an alert reaches somebody if
        any step does at that time, or the fallback of the last one. Without a severity every step
        counts as meant for it.
        """
        if receiver.targets:
            return []
        escalation = self._plan.escalations.get(receiver.escalate or "")
        spans = self._without_steps(escalation, severity) if escalation else [self._span]
        if escalation is None or not fallback_of(self._plan, receiver).targets:
            return spans
        return []

    def last_step_unreached(self, escalation: Escalation) -> list[Span]:
        """Return when the last step of an escalation that is not skipped would reach nobody."""
        unreached = [self._span]
        for step in escalation.steps:
            skipped = self._skipped(step, None)
            taken = complement(skipped, *self._span)
            unreached = union(
                [
                    *intersection(unreached, skipped),
                    *intersection(self._without_targets(step), taken),
                ]
            )
        return unreached

    def _without_steps(self, escalation: Escalation, severity: str | None) -> list[Span]:
        key = escalation.name, severity
        known = self._escalations.get(key)
        if known is None:
            known = [self._span]
            for step in escalation.steps:
                unreached = [*self._without_targets(step), *self._skipped(step, severity)]
                known = intersection(known, union(unreached))
            self._escalations[key] = known
        return known

    def _skipped(self, step: Step, severity: str | None) -> list[Span]:
        """Return when a step's `when` does not hold."""
        if step.when is None:
            return []
        intervals, (start, end) = self._plan.time_intervals, self._span
        condition = step.when if severity is not None else replace(step.when, severities=())
        instants, change = [start], condition.next_change(intervals, start)
        while change is not None and change < end:
            instants.append(change)
            change = condition.next_change(intervals, change)
        return union(
            Span(at, until)
            for at, until in pairwise((*instants, end))
            if condition.failure(severity or "", intervals, at)
        )

    def _without_targets(self, step: Step) -> list[Span]:
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
        swept = self._schedules.get(name, ())
        if kind is ReferenceKind.ROTA:
            stretches = [(Span(shift.start, shift.end), shift.people) for shift in swept]
        else:
            instants = edges(self._plan.rotas[name], start, end) if name in self._plan.rotas else []
            stretches = [
                (Span(at, until), resolve_reference(self._plan, text, at).people)
                for at, until in pairwise((*instants, end))
            ]
        reached = [
            span for span, people in stretches if any(self.can_reach(one, by) for one in people)
        ]
        # What a calendar will say is not known: that is reported, and proves no gap.
        unknown = [Span(shift.start, shift.end) for shift in swept if shift.unknown]
        return union([*reached, *unknown])
