"""Labels that a route gives to its messages."""

from tests.flow.world import ROUTES, World, alert


async def test_messages_carry_the_labels_of_their_route(world: World) -> None:
    """Texts show them beside those of the alerts, which win; inherited ones too."""
    world.routes = ROUTES.replace(
        "  receiver: everyone\n", "  receiver: everyone\n  labels: {tier: gold, team: nobody}\n"
    )
    assert await world.engine.reload() == ()
    await world.post(alert())
    await world.advance(1.0)
    mail = next(d for d in world.delivered if d.channel == "email")
    assert mail.message.facts["route_labels"] == {"tier": "gold", "team": "nobody"}
    text = mail.message.parts["text"]
    assert "tier" in text
    assert "gold" in text
    assert "nobody" not in text
