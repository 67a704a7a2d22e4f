"""Turns of rotas as a part of the plan in force: an edit moves nobody's present turn."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from gateway.core.oncall.anchors import keep_turns
from gateway.core.oncall.event_layer import EventLayer
from gateway.core.oncall.rota import Rota
from gateway.core.oncall.types import AnyLayer
from gateway.core.plan.plan import Plan
from gateway.store import Tx
from gateway.store.state import plan_version, turns


class StoredTurns(NamedTuple):
    """The turns of rotas by name, and when they were read (unix seconds)."""

    rotas: Mapping[str, Rota]
    read_at: float


class TurnsPart:
    """Reads whose turn it is, and decides it anew for the layers that a new file has edited."""

    def read(self, tx: Tx, now: float) -> StoredTurns:
        """Return the turns of each rota, and when they were read."""
        return StoredTurns(turns.read(tx), now)

    def apply(self, plan: Plan, stored: StoredTurns) -> Plan:
        """Return the plan with the turns in force.

        While a new file is rolled out another replica may have stored the turns of another text.
        This one then keeps the turn in force, too, and follows its own text from the next handover.
        """
        rotas = {
            name: keep_turns(stored.rotas[name], rota, stored.read_at, plan.people)
            if name in stored.rotas
            else rota
            for name, rota in plan.rotas.items()
        }
        return replace(plan, rotas=rotas)

    def adopt(self, tx: Tx, before: Plan | None, after: Plan, now: float) -> Sequence[str]:
        """Store the turns of the new file's rotas; nothing of it needs a report.

        Two replicas that load the same file decide once: the second one finds equal layers.
        """
        stored = turns.read(tx)
        edited = []
        for name, rota in after.rotas.items():
            old = stored.get(name)
            new = rota if old is None else keep_turns(old, rota, now, after.people)
            plain = _without_schedule(new)
            if old is None or old != plain:
                edited.append(plain)
        if edited:
            turns.save(tx, edited)
            plan_version.advance(tx)
        return ()


def _without_schedule(rota: Rota) -> Rota:
    """Return the rota with what is stored of it: zone, turns and anchors."""
    return Rota(rota.name, rota.zone, tuple(map(_without_times, rota.layers)))


def _without_times(layer: AnyLayer) -> AnyLayer:
    if isinstance(layer, EventLayer):
        return EventLayer(layer.calendar, name=layer.name)
    return replace(layer, restrictions=())
