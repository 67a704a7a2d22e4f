"""Messages about swaps: asked, answered, each once and to the right person."""

from gateway.core.actor import verified_person
from gateway.core.oncall.ask_swap import ShiftChoice, SwapRequest
from tests.flow.shifts.test_shift_messages import ROTATING, started
from tests.flow.world import DAY, MINUTE, START, Delivered, World

BEN_ALONE = ROTATING.replace("members: [ana, ben]", "members: [ben]").replace(
    "  ana: {name: Ana, email: ana@example.com, slack: U0ANA}\n", ""
)


async def ask(world: World) -> int:
    """Let Ben, who is on call, ask Ana to take a day; return the swap's id."""
    gives = ShiftChoice(START + DAY, START + 2 * DAY)
    request = SwapRequest("billing", "ben", "ana", gives)
    outcome = await world.engine.swaps.ask(request, verified_person("ben", "cli"), "a concert")
    return outcome.swap.id


def swaps(delivered: list[Delivered]) -> list[tuple[str, str]]:
    return [(one.to, one.reason) for one in delivered if one.kind == "swap"]


async def test_asked_person_gets_links_that_are_signed_when_sent(database_url: str) -> None:
    """The request reaches the other person with links of their own; the outbox holds none."""
    world = await started(database_url)
    number = await ask(world)
    (message,) = await world.advance(MINUTE)
    assert swaps([message]) == [("slack:U0ANA", "swap asked")]
    links = {link.role: link.url for link in message.message.links}
    assert "/swap/" in links["accept_swap"]
    assert "/swap/" not in str(message.message.facts)
    assert message.message.facts["shift"]["swap"]["id"] == number
    assert "asks you to take a shift" in str(message.message.parts)
    await world.close()


async def test_answer_reaches_the_person_who_asked(database_url: str) -> None:
    """Accepted: the one who asked gets the answer, and both get their changed shifts."""
    world = await started(database_url)
    number = await ask(world)
    await world.advance(MINUTE)
    await world.engine.swaps.accept(number, verified_person("ana", "link"))
    messages = await world.advance(MINUTE)
    assert swaps(messages) == [("email:ben@example.com", "swap answered")]
    assert sorted(one.to for one in messages if one.kind == "shifts-changed") == [
        "email:ben@example.com",
        "slack:U0ANA",
    ]
    await world.close()


async def test_request_that_is_taken_back_is_announced_to_the_other(database_url: str) -> None:
    """Cancelled by the one who asked: only the other person is notified, with no link."""
    world = await started(database_url)
    number = await ask(world)
    await world.advance(MINUTE)
    await world.engine.swaps.cancel(number, verified_person("ben", "cli"))
    (message,) = await world.advance(MINUTE)
    assert swaps([message]) == [("slack:U0ANA", "swap answered")]
    assert not any(link.role == "accept_swap" for link in message.message.links)
    await world.close()


async def test_swap_that_a_reload_makes_void_is_announced_to_those_who_remain(
    database_url: str,
) -> None:
    """Ana is removed from the file: Ben, who waits for an answer, is notified why none comes."""
    world = await started(database_url)
    await ask(world)
    await world.advance(MINUTE)
    world.routes = BEN_ALONE
    assert await world.engine.reload() == ()
    assert any("swap 1 is void" in one for one in world.engine.reload_reports)
    messages = [one for one in await world.advance(MINUTE) if one.kind == "swap"]
    assert [one.to for one in messages] == ["email:ben@example.com"]
    text = str(messages[0].message.parts)
    assert "is void" in text
    assert "person ana was removed from routes.yaml" in text
    await world.close()
