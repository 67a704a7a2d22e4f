"""Changes with a store: reported, replaced by their key, shown by incidents, deleted."""

from pathlib import Path

import pytest

from gateway.core.actor import stated_actor
from gateway.flow.system_changes.system_changes import ChangeRefusedError, NewChange
from gateway.store.state import retention
from tests.flow.world import DAY, HOUR, MINUTE, World, alert

CI = stated_actor("program:ci", "api")
DEPLOY = NewChange("billing-api 1.42", labels={"team": "billing"}, link="https://ci.example.com/7")


async def new_world(folder: Path) -> World:
    world = World(f"sqlite:///{folder}/gateway.db")
    await world.start()
    return world


async def test_incident_shows_the_deployment_before_it(tmp_path: Path) -> None:
    """The first message says how long before, and the incident keeps it."""
    world = await new_world(tmp_path)
    try:
        change = await world.engine.system_changes.add(DEPLOY, CI)
        await world.engine.system_changes.add(NewChange("other", labels={"team": "web"}), CI)
        world.now += 4 * MINUTE
        await world.post(alert())
        delivered = await world.advance(MINUTE)
        (mail,) = [d for d in delivered if d.to == "email:billing-oncall@example.com"]
        parts = str(mail.message.parts)
        assert "Change 4 min before: billing-api 1.42." in parts
        incident = await world.incident()
        assert [one.id for one in incident.changes] == [change.id]
        (listed, *_) = [
            one
            for one in await world.engine.system_changes.list(0, world.now)
            if one.id == change.id
        ]
        assert listed.incidents == 1
    finally:
        await world.close()


async def test_later_report_of_a_key_replaces_the_change(tmp_path: Path) -> None:
    """A deployment that is reported twice is one change."""
    world = await new_world(tmp_path)
    try:
        changes = world.engine.system_changes
        one = await changes.add(NewChange("deploy", status="pending", key="ci:7"), CI)
        world.now += MINUTE
        two = await changes.add(NewChange("deploy", status="success", key="ci:7"), CI)
        assert two.id == one.id
        assert [(c.status, c.at) for c in await changes.list(0, world.now)] == [
            ("success", world.now)
        ]
    finally:
        await world.close()


@pytest.mark.parametrize(
    ("new", "field"),
    [
        (NewChange("  "), "title"),
        (NewChange("x" * 201), "title"),
        (NewChange("x", link="javascript:alert(1)"), "link"),
        (NewChange("x", at=4_000_000_000.0), "at"),
        (NewChange("x", labels={"a": "b\x00"}), "labels"),
        (NewChange("x", labels={str(n): "b" for n in range(21)}), "labels"),
        (NewChange("x", key="k" * 201), "key"),
    ],
)
async def test_hostile_change_is_refused_by_its_field(
    tmp_path: Path, new: NewChange, field: str
) -> None:
    """Nothing that cannot be shown or stored gets in."""
    world = await new_world(tmp_path)
    try:
        with pytest.raises(ChangeRefusedError) as caught:
            await world.engine.system_changes.add(new, CI)
        assert caught.value.field == field
    finally:
        await world.close()


async def test_old_changes_are_deleted_with_the_retention(tmp_path: Path) -> None:
    """They are kept as long as resolved incidents."""
    world = await new_world(tmp_path)
    try:
        changes = world.engine.system_changes
        await changes.add(DEPLOY, CI)
        before = world.now + HOUR
        world.now += DAY
        await changes.add(DEPLOY, CI)
        await world.engine.store.write(lambda tx: retention.prune(tx, before, 100))
        assert len(await changes.list(0, world.now)) == 1
    finally:
        await world.close()
