"""Virtual time and the gateway on its real database do the same."""

import asyncio
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.core.actions.table import ActionName
from gateway.core.actor import verified_person
from gateway.virtual.gateway import VirtualGateway
from tests.examples import examples
from tests.flow.world import HOUR, START, World, alert
from tests.stories.files import config

SEVERITIES = {"DoubleCharge": "critical", "Slow": "warning", "BillingDatabaseDown": "critical"}
NAMES = st.sampled_from(list(SEVERITIES))
ACTIONS = st.sampled_from(
    [ActionName.ACK, ActionName.UNACK, ActionName.TAKE, ActionName.RESOLVE, ActionName.ESCALATE]
)
PAUSES = st.sampled_from([0.0, 1.0, 60.0, 900.0, HOUR, 2 * HOUR])
EVENTS = st.one_of(
    st.tuples(st.just("fires"), NAMES),
    st.tuples(st.just("resolves"), NAMES),
    st.tuples(ACTIONS, st.sampled_from(["ana", "ben"])),
)
STORIES = st.lists(st.tuples(PAUSES, EVENTS), min_size=1, max_size=8)
Story = list[tuple[float, tuple[str, str]]]
Sent = list[tuple[float, str, str, str]]


async def in_virtual_time(story: Story) -> Sent:
    """Return what is sent in virtual time, on a database in memory."""
    world = VirtualGateway(config(), START, rendered=False)
    await world.start()
    for pause, (what, name) in story:
        await world.advance_to(world.now + pause)
        if what in ("fires", "resolves"):
            await world.post([reported(what, name, world.now)])
        else:
            await act(world.engine, ActionName(what), name)
        await world.rest()
    await world.advance_to(world.now + 8 * HOUR)
    await world.close()
    return [
        (one.at - START, one.target.key, one.message.kind.value, one.message.reason.value)
        for one in world.deliveries
    ]


async def on_a_file(story: Story) -> Sent:
    """Return what is sent by the engine on its database file."""
    with tempfile.TemporaryDirectory() as folder:
        world = World(f"sqlite:///{Path(folder)}/gateway.db")
        await world.start()
        for pause, (what, name) in story:
            await world.advance(pause)
            if what in ("fires", "resolves"):
                await world.post(reported(what, name, world.now))
            else:
                await act(world.engine, ActionName(what), name)
            await world.advance(0.0)
        await world.advance(8 * HOUR)
        await world.close()
    return [(one.at, one.to, one.kind, one.reason) for one in world.delivered]


def reported(what: str, name: str, now: float) -> object:
    """Return a report of an alert that began an hour before the story."""
    ends_at = now if what == "resolves" else None
    return alert(name, SEVERITIES[name], starts_at=START - HOUR, ends_at=ends_at)


async def act(engine: object, action: ActionName, person: str) -> None:
    """Act on the first incident, if there is one."""
    try:
        await engine.act(1001, action, verified_person(person, "link"))  # type: ignore[attr-defined]
    except KeyError:
        return


@settings(max_examples=examples(150), deadline=None)
@given(STORIES)
def test_stories_and_the_gateway_send_the_same(story: Story) -> None:
    """What `gateway test` shows is what happens: the same messages at the same instants."""
    virtual, real = asyncio.run(in_virtual_time(story)), asyncio.run(on_a_file(story))
    assert sorted(virtual) == sorted(real)
