"""Prove a plan over a span of time: every way in which an urgent alert could reach nobody."""

from collections.abc import Iterator, Mapping, Sequence

from gateway.core.oncall.rota import Rota, Shift, shifts, stints
from gateway.core.oncall.without_effect import hidden_layers
from gateway.core.plan.plan import Plan
from gateway.core.plan.recipients import fallback_of
from gateway.core.proof.fairness import shares
from gateway.core.proof.findings import Finding, FindingKind, Proof
from gateway.core.proof.reach import Reach
from gateway.core.routing.paths import may_end_at, paths
from gateway.core.time.spans import Span, intersection, union

Duty = Mapping[str, Mapping[str, Sequence[Span]]]
"""By rota and person: sorted, disjoint times on call."""


def build_proof(plan: Plan, start: float, end: float) -> Proof:
    """Return all findings in [start, end) (unix seconds), errors first, and the shares of duty."""
    span = Span(start, end)
    schedules = {name: shifts(rota, start, end) for name, rota in plan.rotas.items()}
    own = {name: stints(rota, start, end) for name, rota in plan.rotas.items()}
    duty = {
        name: _by_person((one.person, Span(one.start, one.end)) for one in stints_)
        for name, stints_ in own.items()
    }
    reach = Reach(plan, schedules, span)
    findings = [
        *_routes(plan, reach),
        *_uncovered(plan, schedules),
        *_unknown(schedules),
        *_unreachable(duty, reach),
        *_escalations(plan, reach),
        *_ruled_out(duty, plan),
        *_two_rotas(duty),
        *_hidden_layers(plan.rotas),
    ]
    findings.sort(key=lambda finding: not finding.is_error)
    return Proof(
        start,
        end,
        tuple(findings),
        shares(plan, (stint for stints_ in own.values() for stint in stints_)),
        {name: shares(plan, stints_) for name, stints_ in own.items()},
    )


def _by_person(times: Iterator[tuple[str, Span]]) -> dict[str, list[Span]]:
    spans: dict[str, list[Span]] = {}
    for person, span in times:
        spans.setdefault(person, []).append(span)
    return {person: union(own) for person, own in spans.items()}


def _routes(plan: Plan, reach: Reach) -> Iterator[Finding]:
    """Yield the routes at whose receiver an urgent alert would reach nobody."""
    urgent = [one.name for one in plan.severities.values() if plan.is_urgent(one.rank)]
    for path in paths(plan.root):
        route = path[-1]
        values: list[str | None] = [*urgent] or [None]
        ending = [value for value in values if may_end_at(path, plan.severity_label, value)]
        receiver = plan.receivers[route.receiver]
        if receiver.escalate is None:
            continue  # a receiver without any target is reported by the check of the file
        if spans := union(one for value in ending for one in reach.unreached(receiver, value)):
            yield Finding(
                FindingKind.NOBODY_NOTIFIED, tuple(spans), route=route.id, other=receiver.name
            )


def _uncovered(plan: Plan, schedules: Mapping[str, Sequence[Shift]]) -> Iterator[Finding]:
    for name, swept in schedules.items():
        if plan.rotas[name].gaps_allowed:
            continue
        if spans := union(
            Span(one.start, one.end) for one in swept if not one.turn and not one.unknown
        ):
            yield Finding(FindingKind.UNCOVERED, tuple(spans), rota=name)


def _unknown(schedules: Mapping[str, Sequence[Shift]]) -> Iterator[Finding]:
    for name, swept in schedules.items():
        if spans := union(Span(one.start, one.end) for one in swept if one.unknown):
            yield Finding(FindingKind.UNKNOWN, tuple(spans), rota=name)


def _unreachable(duty: Duty, reach: Reach) -> Iterator[Finding]:
    for rota, people in duty.items():
        for person, spans in people.items():
            if not reach.can_reach(person):
                yield Finding(FindingKind.UNREACHABLE, tuple(spans), rota=rota, person=person)


def _escalations(plan: Plan, reach: Reach) -> Iterator[Finding]:
    """Yield escalations that end in nobody: the last step, and the fallback that follows it."""
    for receiver in plan.receivers.values():
        escalation = plan.escalations.get(receiver.escalate or "")
        if escalation is None or fallback_of(plan, receiver).targets:
            continue
        if spans := reach.last_step_unreached(escalation):
            yield Finding(
                FindingKind.ESCALATION_ENDS,
                tuple(spans),
                escalation=escalation.name,
                other=receiver.name,
            )


def _ruled_out(duty: Duty, plan: Plan) -> Iterator[Finding]:
    """Yield shifts at times that people have ruled out: in the file, or for another rota."""
    absences = {person: list(known.away) for person, known in plan.people.items()}
    for rota in plan.rotas.values():
        for change in (*rota.overrides, *rota.changes):
            if change.member is None and change.replaces is not None:
                own = absences.setdefault(change.replaces, [])
                own.append(Span(change.start, change.end))
    for name, people in duty.items():
        for person, spans in people.items():
            if times := intersection(spans, union(absences.get(person, ()))):
                yield Finding(FindingKind.RULED_OUT, tuple(times), rota=name, person=person)


def _two_rotas(duty: Duty) -> Iterator[Finding]:
    names = list(duty)
    for at, rota in enumerate(names):
        for other in names[at + 1 :]:
            for person in duty[rota].keys() & duty[other].keys():
                times = intersection(duty[rota][person], duty[other][person])
                if times:
                    yield Finding(
                        FindingKind.TWO_ROTAS, tuple(times), rota=rota, person=person, other=other
                    )


def _hidden_layers(rotas: Mapping[str, Rota]) -> Iterator[Finding]:
    for name, rota in rotas.items():
        for at in hidden_layers(rota):
            yield Finding(FindingKind.HIDDEN_LAYER, rota=name, other=str(at + 1))
