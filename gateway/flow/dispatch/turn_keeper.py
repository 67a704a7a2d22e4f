"""The turns of round robin in one transaction that decides."""

from gateway.core.decide.result import Decision
from gateway.core.plan.plan import Plan
from gateway.core.plan.round_robin import NO_TURNS, Turn, Turns, step_key
from gateway.store import Tx
from gateway.store.state import round_robin


class TurnKeeper:
    """Reads the turns once; each decision sees those of the decisions before it."""

    def __init__(self, tx: Tx, plan: Plan) -> None:
        self._tx = tx
        self._taken: list[Turn] = []
        self._turns: dict[str, list[str]] = {}
        if plan.has_round_robin:
            keys = [
                step_key(policy.name, step)
                for policy in plan.escalations.values()
                for step in policy.steps
                if step.round_robin
            ]
            self._turns = round_robin.turns(tx, list(dict.fromkeys(keys)))

    @property
    def turns(self) -> Turns:
        """The people who had a turn, by step, the latest last."""
        return self._turns or NO_TURNS

    def record(self, decision: Decision) -> None:
        """Note the turns of a decision, for the next one."""
        for turn in decision.turns:
            people = self._turns.setdefault(turn.step, [])
            if turn.person in people:
                people.remove(turn.person)
            people.append(turn.person)
            self._taken.append(turn)

    def save(self) -> None:
        """Store the turns that were taken."""
        if self._taken:
            round_robin.save(self._tx, self._taken, self._turns)
