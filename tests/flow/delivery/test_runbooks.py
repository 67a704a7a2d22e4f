"""Runbooks through the whole flow: the link and the section in messages, and a reload."""

from pathlib import Path

from tests.flow.world import MINUTE, ROUTES, World, alert

NOTES = {"summary": "x"}


async def test_message_has_the_link_and_says_what_to_do_at_once(
    database_url: str, tmp_path: Path
) -> None:
    """E-mail and Slack show the section; a changed file counts after a reload."""
    file = tmp_path / "DoubleChargeDetected.md"
    file.write_text(
        "# Double charge\n## Immediate\n1. Acknowledge <now> & *think*.\n## Then\nRefund."
    )
    world = World(database_url, f"{ROUTES}\nrunbooks: {tmp_path}\n")
    await world.start()
    await world.post(alert(annotations=NOTES))
    messages = await world.advance(MINUTE)
    for one in messages:
        urls = [link.url for link in one.message.links if link.role == "runbook"]
        assert urls == ["http://gateway.example.com/runbooks/DoubleChargeDetected"]
    mail, slack = (
        next(one.message.parts for one in messages if one.to.startswith(channel))
        for channel in ("email", "slack")
    )
    assert "Immediate:\n1. Acknowledge <now> & *think*.\n" in mail["text"]
    assert "1. Acknowledge &lt;now&gt; &amp; *think*." in mail["html"]
    assert "*Immediate*\n1. Acknowledge &lt;now&gt; &amp;" in slack["text"]
    assert not any("Refund" in text for parts in (mail, slack) for text in parts.values())
    file.write_text("# Double charge\n## Immediate\nCall Ana.\n")
    assert await world.engine.reload() == ()
    await world.post(alert(annotations=NOTES, ends_at=world.now))
    ends = await world.advance(10 * MINUTE)
    assert not any("Call Ana" in text for one in ends for text in one.message.parts.values())
    await world.post(alert(annotations=NOTES, starts_at=world.now))
    again = [one for one in await world.advance(10 * MINUTE) if one.to.startswith("email")]
    assert again
    assert all("Immediate:\nCall Ana." in one.message.parts["text"] for one in again)
    await world.close()


async def test_incident_without_a_runbook_is_counted_for_its_team(database_url: str) -> None:
    """The metric says which team has runbooks to write; one with a link does not count."""
    text = ROUTES + "\nteams:\n  billing: {matchers: ['team=\"billing\"'], members: [ana]}\n"
    world = World(database_url, text)
    await world.start()
    await world.post(alert("RefundsSlow", annotations=NOTES))
    await world.post(alert("Other", annotations={**NOTES, "runbook_url": "https://r.example.com/"}))
    await world.advance(MINUTE)
    metrics = world.engine.metrics.exposition().decode()
    assert 'gateway_incidents_without_runbook_total{team="billing"} 1.0' in metrics
    missing = world.engine.dispatcher.without_runbook.list(world.engine.plan.runbooks)
    assert missing == [("billing", "RefundsSlow", 1)]
    await world.close()
