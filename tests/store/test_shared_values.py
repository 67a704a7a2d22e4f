"""Values in caches that the writer's and the readers' threads share cannot be changed."""

from collections.abc import Iterator, Mapping
from dataclasses import FrozenInstanceError, fields, is_dataclass, replace
from types import MappingProxyType

import pytest

from gateway.core.incidents.incident import Ack, EscalationState, Incident, State
from gateway.core.incidents.suppression import Suppression, SuppressReason
from gateway.core.plan.plan import Target
from gateway.store import Store, Tx
from gateway.store.db.statement import POSTGRESQL, SQLITE
from gateway.store.outbox import claims
from gateway.store.outbox.rows import parse_target
from gateway.store.state import incidents
from tests.store.builders import incident, opened

PLAIN = (str, int, float, bool, bytes, type(None))
TARGET = Target("slack", "#billing-alerts", "ana", {"send_resolved": "false"})
FULL = {
    "state": State.ACKNOWLEDGED,
    "ack": Ack("ana", 1.0, "link", 1, 9.0, previous=Ack("ben", 0.5, "api", 1, 9.0)),
    "escalation": EscalationState("billing", 1, 0, 50.0),
    "notified_targets": {TARGET.key: TARGET},
    "suppressions": (Suppression(SuppressReason.SILENCED, "ben", 90.0, "deploy"),),
    "beginnings": (1.0, 2.0),
}


def mutable_parts(value: object, path: str) -> Iterator[str]:
    """Yield the paths of all parts of a value that can be changed in place."""
    if isinstance(value, PLAIN):
        return
    if isinstance(value, tuple):
        for position, part in enumerate(value):
            yield from mutable_parts(part, f"{path}[{position}]")
    elif isinstance(value, MappingProxyType):
        for key, part in value.items():
            yield from mutable_parts(part, f"{path}[{key!r}]")
    elif is_dataclass(value) and type(value).__dataclass_params__.frozen:  # type: ignore[attr-defined]
        for field in fields(value):
            yield from mutable_parts(getattr(value, field.name), f"{path}.{field.name}")
    else:
        yield path


async def stored(store: Store, number: int) -> Incident:
    """Save an incident with all that it can hold, and read it."""

    def work(tx: Tx) -> Incident:
        incidents.save(tx, [replace(incident("A"), number=number, **FULL)])  # type: ignore[arg-type]
        (one,) = incidents.by_number(tx, [number]).values()
        return one

    return await store.write(work)


async def test_readers_share_an_incident_that_cannot_be_changed(store: Store) -> None:
    """A change that one thread makes to a cached incident would reach all the others."""
    (number,) = await opened(store, "A")
    first = await stored(store, number)
    second = await store.read(lambda tx: incidents.get(tx, number))
    assert second is first
    assert list(mutable_parts(first, "incident")) == []
    with pytest.raises(FrozenInstanceError):
        first.due_at = 1.0  # type: ignore[misc]


async def test_incidents_share_their_targets(store: Store) -> None:
    """Thousands of cached incidents notify few targets: one object for each of these is enough."""
    numbers = await opened(store, "A", "B")
    one, other = [await stored(store, number) for number in numbers]
    assert one.notified_targets[TARGET.key] is other.notified_targets[TARGET.key]


def test_cached_target_cannot_be_changed() -> None:
    """A target is parsed once for all notices to it: its options are the same for all of them."""
    text = '{"channel":"slack","address":"#a","person":null,"options":{"send_resolved":"false"}}'
    target = parse_target(text)
    assert parse_target(text) is target
    assert list(mutable_parts(target, "target")) == []


@pytest.mark.parametrize("database", [SQLITE, POSTGRESQL])
def test_compiled_statement_cannot_be_changed(database: str) -> None:
    """Every connection's thread runs the same compiled statements."""
    values: Mapping[str, object] = {"of_account": "email", **claims.NO_FILTER.parameters}
    statement = claims._NEXT_DUE_AT
    statement.for_database(database, values)
    assert list(mutable_parts(statement._compiled[database], "compiled")) == []
