"""docs/incident-states.md, generated from the table of transitions."""

from collections.abc import Iterator
from pathlib import Path

from gateway.core.decide.transitions import TRANSITIONS, Rules, Timer, Transition
from gateway.core.incidents.incident import State
from gateway.core.incidents.notice import NotifyReason

SHIPPED = Path(__file__).parents[3] / "docs" / "incident-states.md"

_HEAD = """# States and events of an incident

This page is generated from `gateway/core/decide/transitions.py` by `make docs`.
An event is also the `reason` of the messages that it causes.
[All reasons](why-was-i-paged.md#the-reasons).

```mermaid
stateDiagram-v2
    [*] --> firing: first alert
"""


def page() -> str:
    """Return the page as it is shipped."""
    lines = [*_arrows(), "    resolved --> [*]", "```", ""]
    for state in (State.FIRING, State.ACKNOWLEDGED):
        lines += [f"## While it is {state.value}", "", *_table(state), ""]
    lines += [
        "A resolved incident has no events.",
        "If one of its alerts fires again, a new incident opens.",
        "",
    ]
    return _HEAD + "\n".join(lines)


def _arrows() -> Iterator[str]:
    """Return an arrow for each pair of states, with the events that lead from one to the other."""
    events: dict[tuple[State, State], list[str]] = {}
    for (state, reason), transition in TRANSITIONS.items():
        events.setdefault((state, transition.state or state), []).append(reason.value)
    for (before, after), reasons in events.items():
        yield f"    {before.value} --> {after.value}: {', '.join(reasons)}"


def _table(state: State) -> Iterator[str]:
    yield (
        "| event | message | is sent to | state afterwards | escalation | personal rules "
        "| time to acknowledge |"
    )
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for (before, reason), transition in TRANSITIONS.items():
        if before is state:
            yield _row(reason, transition, state)


def _row(reason: NotifyReason, transition: Transition, state: State) -> str:
    cells = (
        f"`{reason.value}`",
        f"`{transition.kind.value}`",
        transition.to.value,
        (transition.state or state).value,
        "" if transition.escalation is Timer.KEEP else transition.escalation.value,
        "" if transition.rules is Rules.KEEP else transition.rules.value,
        "starts" if transition.acknowledge_by else "",
    )
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    SHIPPED.write_text(page(), encoding="utf-8")
