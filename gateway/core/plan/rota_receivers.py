"""The receivers of a rota: those whose escalation names it."""

from collections.abc import Mapping

from gateway.core.plan.plan import Plan
from gateway.core.plan.references import OF_ROTAS, parse_reference


def receivers_of_rota(plan: Plan, rota: str) -> list[str]:
    """Return the receivers whose escalation names the rota, in the order of the file."""
    return [name for name, rotas in rotas_by_receiver(plan).items() if rota in rotas]


def rotas_by_receiver(plan: Plan) -> Mapping[str, tuple[str, ...]]:
    """Return the rotas that the escalation of each receiver names, without duplicates."""
    by_escalation = {
        policy.name: tuple(
            dict.fromkeys(
                parsed.name
                for step in policy.steps
                for reference in step.notify
                if (parsed := parse_reference(reference)).kind in OF_ROTAS
            )
        )
        for policy in plan.escalations.values()
    }
    return {
        receiver.name: by_escalation.get(receiver.escalate or "", ())
        for receiver in plan.receivers.values()
    }
