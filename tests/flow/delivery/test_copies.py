"""Mails with copies in a whole gateway: their links act as nobody."""

from gateway.core.incidents.message import NOTE
from gateway.links import Purpose
from tests.flow.world import MINUTE, ROUTES, World, alert

COPIED = ROUTES.replace(
    "email: [{to: billing-oncall@example.com}]",
    "email: [{to: [ana@example.com, ben@example.com], cc: [cho@example.com]}]",
)


async def test_acknowledge_link_of_a_mail_with_copies_is_nobodys_own(database_url: str) -> None:
    """Cho reads Ana's mail, and must not acknowledge in her name; Ben's mail is his own."""
    world = World(database_url, COPIED)
    engine = await world.start()
    await world.post(alert())
    await world.advance(MINUTE)
    people = {}
    for delivered in world.delivered:
        links = {link.role: link.url for link in delivered.message.links}
        if delivered.channel == "email" and delivered.reason == "first":
            token = links["acknowledge"].rpartition("/")[2]
            people[delivered.to] = engine.links.read(Purpose.ACKNOWLEDGE, token, world.now).person
    assert people["email:ana@example.com"] == ""
    assert people["email:ben@example.com"] == "ben"
    await world.close()


async def test_copy_that_was_refused_is_in_the_timeline(database_url: str) -> None:
    """Promise 13: the recipient got the mail, and the copy that did not is not dropped silently."""
    world = World(database_url, COPIED)
    await world.start()
    world.receipts[NOTE] = "not to the copies cho@example.com (550 5.1.1 unknown)"
    await world.post(alert())
    await world.advance(MINUTE)
    texts = [entry.text for entry in await world.timeline() if entry.kind == "delivered"]
    note = "accepted, but not to the copies cho@example.com (550 5.1.1 unknown)"
    assert any(one.endswith(note) for one in texts)
    await world.close()
