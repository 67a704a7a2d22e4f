"""Stored changes of rotas: every field, the void ones, and the version that replicas compare."""

from dataclasses import replace

from gateway.core.actor import stated_actor, system_actor
from gateway.core.oncall.changes import RotaChange, Voiding
from gateway.store import Store
from gateway.store.state import changes, plan_version

ANA = stated_actor("ana", "cli")
BEN = RotaChange("billing", "ben", 100.0, 200.0, ANA, "ill", 50.0, replaces="ana", swap=3)
CHO = RotaChange("billing", "cho", 300.0, 400.0, ANA, "", 60.0, beside=True)
AWAY = RotaChange(None, None, 150.0, 500.0, ANA, "holiday", 70.0, replaces="dee")


async def test_changes_are_read_as_they_were_added(store: Store) -> None:
    """Every field comes back, with ids that grow; the version grows with each write."""
    before = await store.read(plan_version.read)
    added = await store.write(lambda tx: changes.add(tx, [BEN, CHO]))
    added += await store.write(lambda tx: changes.add(tx, [AWAY]))
    assert added == [replace(BEN, id=1), replace(CHO, id=2), replace(AWAY, id=3)]
    assert await store.read(lambda tx: changes.in_force(tx, 0.0)) == added
    assert await store.read(lambda tx: changes.by_id(tx, [3, 9])) == {3: added[2]}
    assert await store.read(plan_version.read) == before + 2


async def test_void_change_is_kept_and_not_in_force(store: Store) -> None:
    """Why, when and by whom it was made void can be read for ever."""
    (ben,) = await store.write(lambda tx: changes.add(tx, [BEN]))
    void = replace(ben, voiding=Voiding("removed", 120.0, system_actor("reload")))
    await store.write(lambda tx: changes.save_voiding(tx, [void]))
    assert await store.read(lambda tx: changes.in_force(tx, 0.0)) == []
    assert await store.read(lambda tx: changes.ending_after(tx, 0.0)) == [void]


async def test_changes_that_are_over_are_not_in_force(store: Store) -> None:
    """An instant selects the changes that end after it; lists are ordered by their starts."""
    await store.write(lambda tx: changes.add(tx, [CHO, BEN, AWAY]))
    in_force = await store.read(lambda tx: changes.in_force(tx, 200.0))
    assert [one.person for one in in_force] == ["cho", None]
    listed = await store.read(lambda tx: changes.ending_after(tx, 200.0))
    assert [one.person for one in listed] == [None, "cho"]
