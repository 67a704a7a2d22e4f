"""Warnings about drills that reach nobody."""

from gateway.config.grammar.parsed import ParsedSection
from gateway.config.source.problem import Findings, shorten
from gateway.core.plan.plan import Plan
from gateway.core.plan.references import ReferenceKind, parse_reference


def warn_drills(file: ParsedSection, plan: Plan, findings: Findings) -> None:
    """Warn of each drill that can only fail, because what it drills has no target."""
    for name, item in file.map_of("drills").items():
        drill = plan.drills[name]
        if not _has_target(plan, drill.receiver):
            message = (
                f'drill "{shorten(name)}" reaches nobody: {shorten(drill.subject)} has no target '
                "and leads to no contact; it fails each time"
            )
            findings.warn(item.position, message, text=name)


def _has_target(plan: Plan, name: str) -> bool:
    """Return whether a receiver, or a step of its escalation, has a target or a contact."""
    receiver = plan.receivers[name]
    if receiver.targets:
        return True
    if receiver.escalate is None:
        return False
    steps = plan.escalations[receiver.escalate].steps
    return any(_leads_to_target(plan, one) for step in steps for one in step.notify)


def _leads_to_target(plan: Plan, reference: str) -> bool:
    """Return whether a reference can stand for a target. A rota of a calendar may know anybody."""
    kind, name = parse_reference(reference)
    if kind is ReferenceKind.RECEIVER:
        return bool(plan.receivers[name].targets)
    if kind is ReferenceKind.PERSON:
        return bool(plan.people[name].contacts)
    members = {one for layer in plan.rotas[name].layers for one in layer.members}
    return not members or any(plan.people[one].contacts for one in members)
