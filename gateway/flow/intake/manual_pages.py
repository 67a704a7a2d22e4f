"""Pages without an alert: a person opens an incident by hand, which is notified at once."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from gateway.core.actor import Actor
from gateway.core.incidents.incident import Incident
from gateway.core.incidents.timeline import TimelineEntry, TimelineKind
from gateway.core.plan.manual_page import manual_alert, manual_labels
from gateway.core.plan.plan import Plan
from gateway.flow.intake.grouping import IntakeResult, store_alerts
from gateway.store import Store, Tx
from gateway.store.state import counters, incidents, members, timeline

COUNTER = "manual_page"

ACTION = "paged"
"""How the history of people's actions names it."""


class ManualPages:
    """Opens incidents by hand. Used from the event loop."""

    def __init__(
        self,
        store: Store,
        plan: Callable[[], Plan],
        now: Callable[[], float],
        committed: Callable[[IntakeResult, None], None],
    ) -> None:
        """`committed` is called with the result of each transaction that stored an alert."""
        self._store = store
        self._plan = plan
        self._now = now
        self._committed = committed

    async def open(
        self,
        actor: Actor,
        text: str,
        team: str | None = None,
        severity: str | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> Sequence[Incident]:
        """Open the incidents that the routes name for such an alert, and return them.

        Raises PageRefusedError for what cannot be paged.
        """
        plan, now = self._plan(), self._now()
        all_labels = manual_labels(plan, team, severity, labels or {})
        result, opened = await self._store.write(
            partial(_open, plan=plan, labels=all_labels, text=text, actor=actor, now=now)
        )
        self._committed(result, None)
        return opened


def _open(
    tx: Tx, *, plan: Plan, labels: Mapping[str, str], text: str, actor: Actor, now: float
) -> tuple[IntakeResult, list[Incident]]:
    (number,) = counters.take(tx, COUNTER, 1)
    name = plan.name_of(actor.id)
    alert = manual_alert(labels, number, text, name, now)
    result = store_alerts(tx, [alert], plan, now)
    numbers = members.open_numbers_of(tx, [alert.identity]).get(alert.identity, [])
    opened = list(incidents.by_number(tx, sorted(numbers)).values())
    data = {"by": actor.id, "via": actor.via, "actor": actor.to_json()}
    entry = TimelineEntry(now, TimelineKind.PAGED, f"by {name} ({actor.via_text}): {text}", data)
    timeline.add(tx, [(one.number, entry) for one in opened])
    for one in opened:
        timeline.add_ack(tx, one.number, ACTION, actor, now)
    return result, opened
