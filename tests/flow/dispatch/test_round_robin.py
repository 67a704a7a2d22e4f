"""Round robin through the whole flow: turns are stored, and shared by all replicas."""

from gateway.store import Tx
from gateway.store.state import round_robin
from tests.flow.world import MINUTE, ROUTES, World, alert

TAKING_TURNS = ROUTES.replace(
    '    - {notify: ["rota:billing"], by: [email], wait: 15m}\n',
    '    - {notify: ["person:ana", "person:ben"], by: [email], round_robin: true, wait: 15m}\n',
)
PEOPLE = {"email:ana@example.com": "ana", "email:ben@example.com": "ben"}


def paged(world: World) -> list[tuple[int, str]]:
    """Return which person each incident paged first."""
    return [
        (one.incident, PEOPLE[one.to])
        for one in world.delivered
        if one.to in PEOPLE and one.reason == "first"
    ]


async def test_another_replica_goes_on_with_the_turns(database_url: str) -> None:
    """The replica that paged Ana is killed; the next incident pages Ben, the one after Ana."""
    world = World(database_url, TAKING_TURNS)
    await world.start()
    survivor = await world.start()
    await world.post(alert("First"))
    await world.advance(MINUTE)
    await world.kill(world.engine)
    for name in ("Second", "Third"):
        await world.post(alert(name), to=survivor)
        await world.advance(MINUTE)
    assert paged(world) == [(1001, "ana"), (1002, "ben"), (1003, "ana")]
    await world.close()


async def test_incidents_of_one_transaction_take_turns(database_url: str) -> None:
    """Incidents that are decided together see each other's turns."""
    world = World(database_url, TAKING_TURNS)
    await world.start()
    await world.post(alert("A"), alert("B"), alert("C"), alert("D"))
    await world.advance(MINUTE)
    assert sorted(person for _, person in paged(world)) == ["ana", "ana", "ben", "ben"]

    def stored(tx: Tx) -> dict[str, list[str]]:
        return round_robin.turns(tx, ["billing\nperson:ana\nperson:ben"])

    (people,) = (await world.engine.store.read(stored)).values()
    assert sorted(people) == ["ana", "ben"]
    await world.close()
