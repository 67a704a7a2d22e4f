"""Outcomes of actions in a few plain words, for text messages and calls."""

from gateway.core.decide.result import ActionOutcome, ActionResult
from gateway.core.plan.plan import Plan


def outcome_text(plan: Plan, result: ActionResult) -> str:
    """Return the outcome of an action for the person who acted, in a few plain words."""
    incident, answer = result.incident, result.answer
    number, ack = f"#{incident.number}", incident.ack
    holder = plan.name_of(ack.by) if ack is not None else "somebody else"
    texts = {
        ActionOutcome.DONE: f"You acknowledged {number}.",
        ActionOutcome.TAKEN_OVER: f"You took {number} over.",
        ActionOutcome.ALREADY: f"{number} is acknowledged by {holder} already.",
        ActionOutcome.HELD: f"Nothing changed: {number} is acknowledged by {holder} now.",
        ActionOutcome.RESOLVED: f"Nothing changed: {number} is resolved already.",
        ActionOutcome.NOT_ACKNOWLEDGED: f"Nothing changed: {number} is not acknowledged.",
        ActionOutcome.REFUSED: f"Not done: {result.why}.",
    }
    return texts.get(answer, f"{number}: {answer.value}.")
