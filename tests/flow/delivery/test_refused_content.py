"""What a vendor refuses goes out in its simplest form, or waits for an admin; never in silence."""

from collections.abc import Callable

from gateway.core.incidents.message import Message
from gateway.core.incidents.retry import Failure, SendError
from gateway.core.plan.plan import Target
from tests.flow.world import HOUR, MINUTE, World, alert, to

ADMIN, PAGER = "email:admin@example.com", "pagerduty:${PAGERDUTY_BILLING_KEY}"


def refusing(
    failure: Failure, *, reduced_too: bool
) -> Callable[[Message, Target], SendError | None]:
    """A vendor that refuses full messages, and the reduced ones if asked."""

    def refuse(message: Message, target: Target) -> SendError | None:
        refuses = reduced_too or not message.reduced
        return SendError(failure, "links[0].href is invalid") if refuses else None

    return refuse


async def test_a_refused_page_is_sent_again_without_links_and_details(world: World) -> None:
    """E50: the page leaves in the same instant, and the timeline says how."""
    world.faults["pagerduty"] = refusing(Failure.BAD_CONTENT, reduced_too=False)
    await world.post(alert())
    messages = await world.advance(1.0)
    (page,) = [d for d in messages if d.to == PAGER]
    assert (page.at, page.message.reduced) == (0.0, True)
    assert to(messages, ADMIN) == []
    texts = [entry.text for entry in await world.timeline() if "links[0]" in entry.text]
    assert len(texts) == 1
    assert texts[0].endswith("sending it again without links and details")
    delivered = [entry.text for entry in await world.timeline() if entry.kind == "delivered"]
    assert len(delivered) == 1
    assert delivered[0].endswith("accepted without links and details")


async def test_the_next_message_is_complete_again(world: World) -> None:
    """E50: only the refused notice is reduced."""
    world.faults["pagerduty"] = refusing(Failure.BAD_CONTENT, reduced_too=False)
    await world.post(alert())
    await world.advance(1.0)
    world.mend("pagerduty")
    await world.advance(3 * HOUR)
    pages = [d for d in world.delivered if d.to == PAGER]
    assert [(d.reason, d.message.reduced) for d in pages] == [
        ("first", True),
        ("missed", False),
        ("repeat", False),
    ]


async def test_what_is_refused_twice_falls_back_and_can_be_replayed(world: World) -> None:
    """E15, E50: given up after two attempts, with the fallback notified at once."""
    world.faults["pagerduty"] = refusing(Failure.BAD_CONTENT, reduced_too=True)
    await world.post(alert())
    messages = await world.advance(1.0)
    assert [why for _, _, why in to(messages, ADMIN)] == ["fallback"]
    (dead,) = await world.dead()
    assert (dead.target.channel, dead.attempts) == ("pagerduty", 2)


async def test_an_unknown_code_waits_for_an_admin(world: World) -> None:
    """E50: the fallback is notified meanwhile; after a reload the page is tried at once."""
    world.faults["pagerduty"] = refusing(Failure.UNKNOWN, reduced_too=True)
    await world.post(alert())
    messages = await world.advance(1.0)
    assert [why for _, _, why in to(messages, ADMIN)] == ["fallback"]
    assert await world.dead() == []
    world.mend("pagerduty")
    assert await world.engine.reload() == ()
    messages = await world.advance(1.0)
    assert [kind for _, kind, _ in to(messages, PAGER)] == ["firing"]


async def test_a_channel_without_the_app_is_tried_again(world: World) -> None:
    """E50: somebody invites the app, and the message arrives within five minutes; the vendor
    answered, so its health is not in question."""
    world.break_channel(
        "slack", lambda: SendError(Failure.BAD_RECIPIENT, "not_in_channel", mendable=True)
    )
    await world.post(alert())
    messages = await world.advance(4 * MINUTE)
    assert [why for _, _, why in to(messages, ADMIN)] == ["fallback"]
    assert all(health.ok for health in world.engine.problems())
    world.mend("slack")
    messages = await world.advance(2 * MINUTE)
    assert [kind for _, kind, _ in to(messages, "slack:#billing-alerts")] == ["firing"]


async def test_a_message_says_which_link_was_omitted(world: World) -> None:
    """E17: a person who is paged knows that there is a runbook, and where it is."""
    await world.post(alert(annotations={"runbook_url": "javascript:alert(1)"}))
    messages = await world.advance(1.0)
    (page,) = [d.message for d in messages if d.to == PAGER]
    assert "runbook" not in {link.role for link in page.links}
    assert page.facts["note"] == "left out the link runbook_url: no safe http or https URL"
