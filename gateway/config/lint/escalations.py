"""Warnings about the steps of escalations."""

from collections.abc import Collection, Iterator

from gateway.config.grammar.parsed import ParsedSection, ParsedValue
from gateway.config.source.problem import Findings
from gateway.core.plan.person import Person
from gateway.core.plan.plan import Plan
from gateway.core.plan.references import OF_ROTAS, Reference, ReferenceKind, parse_reference
from gateway.core.routing.match import walk


def warn_escalations(file: ParsedSection, plan: Plan, findings: Findings) -> None:
    """Warn of steps without a wait, and of people who lack the channels of a step."""
    answers = any(one.respond_within is not None for one in plan.severities.values()) or any(
        route.respond_within is not None for route in walk(plan.root)
    )
    for name, item in file.map_of("escalations").items():
        steps = item.value.list_of("steps")
        repeat = plan.escalations[name].repeat
        for number, (item, step) in enumerate(
            zip(steps, plan.escalations[name].steps, strict=True), 1
        ):
            if step.wait is None and not answers and (number < len(steps) or repeat):
                message = "wait: is missing, and nothing sets respond_within: "
                findings.warn(item.position, message + "it is undefined when the next step comes")
            everybody = {id_ for one in step.notify for id_ in _people(plan, one)}
            if step.round_robin and len(everybody) < 2:
                message = "round_robin: there is one person only, so nobody takes turns"
                findings.warn(item.value.position_of("round_robin"), message)
            for reference in item.value.list_of("notify"):
                people = _people(plan, reference.value)
                _warn_no_secondary(people, reference, findings)
                for id_ in people:
                    _warn_missing_contacts(plan.people[id_], step.by, reference, findings)


def _warn_missing_contacts(
    person: Person, by: tuple[str, ...], reference: ParsedValue, findings: Findings
) -> None:
    """Warn of a person without any of the contacts of a step."""
    if by and person.contacts and not any(name in person.contacts for name in by):
        message = (
            f'notify: "{person.id}" cannot be notified by {" or ".join(by)}: '
            "this person has no such contact"
        )
        findings.warn(reference.position, message, text=reference.raw)


def _warn_no_secondary(people: Collection[str], reference: ParsedValue, findings: Findings) -> None:
    """Warn of the secondary of a rota with one person."""
    kind, name = parse_reference(reference.value)
    if kind is ReferenceKind.SECONDARY and len(people) < 2:
        message = f'notify: nobody is ever secondary in rota "{name}": it has one person'
        findings.warn(reference.position, message, text=reference.raw)


def _people(plan: Plan, reference: str) -> Collection[str]:
    """Return everybody whom a reference can stand for at some time."""
    kind, name = parse_reference(reference)
    if kind is ReferenceKind.PERSON:
        return (name,)
    if kind not in OF_ROTAS:
        return ()
    layers = plan.rotas[name].layers
    return tuple(dict.fromkeys(member for layer in layers for member in layer.members))


def references_of(plan: Plan) -> Iterator[Reference]:
    """Yield the references of all steps."""
    for escalation in plan.escalations.values():
        for step in escalation.steps:
            yield from map(parse_reference, step.notify)
