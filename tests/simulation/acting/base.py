"""What a day of people who act knows and counts, and the incidents as they are."""

from collections import Counter
from dataclasses import dataclass, field

from gateway.core.actions.table import ActionName
from gateway.core.incidents.incident import Incident
from gateway.flow.dispatch.merged import members_with_merged
from gateway.store import Tx
from gateway.store.state import incidents, timeline
from tests.simulation.acting.means import MEANS
from tests.simulation.acting.model import Snapshot, snapshot
from tests.simulation.acting.wish import ON_ITSELF, Wish
from tests.simulation.acting.world import ActingWorld
from tests.simulation.random_days import Simulation

Name = ActionName


@dataclass
class Request:
    """A wish that was sent by a means."""

    means: str
    wish: Wish


@dataclass
class Observed(Simulation):
    """One run with one seed. `performed` and `refused` count by means and action."""

    world: ActingWorld
    acts: int = 8  # how many in a row
    problems: list[str] = field(default_factory=list)
    performed: Counter[tuple[str, ActionName]] = field(default_factory=Counter)
    refused: Counter[tuple[str, ActionName]] = field(default_factory=Counter)
    happened: Counter[str] = field(default_factory=Counter)
    deck: list[tuple[str, ActionName]] = field(default_factory=list)
    late: list[Request] = field(default_factory=list)
    resolved_there: set[int] = field(default_factory=set)  # in PagerDuty, which knows its own

    async def all_incidents(self) -> list[Incident]:
        """Return all incidents, oldest first."""

        def read(tx: Tx) -> list[Incident]:
            stored: list[Incident] = []
            while (one := incidents.get(tx, 1001 + len(stored))) is not None:
                stored.append(one)
            return stored

        return await self.world.engine.store.read(read)

    async def snapshots(self, *numbers: int | None) -> dict[int, Snapshot]:
        """Return incidents as people see them."""
        now = self.world.now

        def read(tx: Tx) -> dict[int, Snapshot]:
            views = {}
            for number in numbers:
                one = None if number is None else incidents.get(tx, number)
                if one is not None:
                    members = list(members_with_merged(tx, [one])[one.number])
                    lines = timeline.entries(tx, one.number)
                    now_open = incidents.open_by_key(tx, [one.group_key])
                    succeeded = any(other.number != one.number for other in now_open.values())
                    views[one.number] = snapshot(one, members, lines, now, succeeded=succeeded)
            return views

        return await self.world.engine.store.read(read)

    def missing(self) -> set[ActionName]:
        """Return the actions that were not performed yet."""
        return set(ActionName) - {action for _, action in self.performed}

    def unused(self) -> set[str]:
        """Return the means by which nothing was performed yet."""
        return set(MEANS) - {means for means, _ in self.performed}

    async def before(self, wish: Wish) -> tuple[Snapshot, Snapshot | None]:
        """Return the incident that a wish goes to, and the second one, as they are now."""
        views = await self.snapshots(wish.number, wish.other)
        it = views[wish.number]
        if it.merged_into is not None and wish.action not in ON_ITSELF:
            it = (await self.snapshots(it.merged_into))[it.merged_into]
        other = views.get(wish.other) if wish.other is not None else None
        return it, other
