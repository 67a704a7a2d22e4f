"""E33: what the source did not send is said in the messages."""

from tests.flow.world import MINUTE, World, alert


async def test_the_message_says_how_many_more_there_are(world: World) -> None:
    """The source sent three of ten alerts: the mail says that seven are missing."""
    sent = [alert("SlowRenewals", "warning", instance=f"web-{n}") for n in range(3)]
    await world.post(*sent, truncated=7)
    await world.advance(MINUTE)
    mail = next(d for d in world.delivered if d.channel == "email")
    assert mail.message.facts["truncated"] == 7
    assert "7 more were left out by the source" in mail.message.parts["text"]
    lines = [one.text for one in await world.timeline() if one.kind == "left out"]
    assert lines == ["the source left out 7 more by its own limit"]


async def test_it_says_so_no_longer_when_all_are_sent(world: World) -> None:
    """The count follows the source; one that has not changed is recorded once."""
    one = alert("SlowRenewals", "warning")
    await world.post(one, truncated=7)
    await world.post(one, truncated=7)
    assert (await world.incident()).truncated == 7
    assert len([e for e in await world.timeline() if e.kind == "left out"]) == 1
    await world.post(one)
    assert (await world.incident()).truncated == 0
