"""Webhook, messages, acknowledgement, resolve: the whole flow in virtual time."""

from tests.flow.world import HOUR, MINUTE, START, World, alert, brief, to


async def test_first_notice_on_every_channel(world: World) -> None:
    """Promise 2: a critical alert notifies receiver and person on call at once, each once."""
    await world.post(alert())
    messages = await world.advance(1.0)
    assert sorted((d.to, d.reason) for d in messages) == [
        ("email:ana@example.com", "first"),
        ("email:billing-oncall@example.com", "first"),
        ("pagerduty:${PAGERDUTY_BILLING_KEY}", "first"),
        ("slack:#billing-alerts", "first"),
    ]
    assert {d.at for d in messages} == {0.0}


async def test_same_webhook_twice(world: World) -> None:
    """E1: posted again, it changes nothing and notifies nobody."""
    one = alert(starts_at=START - 60)
    await world.post(one)
    await world.advance(1.0)
    await world.post(one)
    await world.post(one, one)
    await world.advance(HOUR)
    reasons = [d.reason for d in world.delivered if d.channel == "pagerduty"]
    assert reasons == ["first", "missed"]


async def test_acknowledged_by_one_stops_all(world: World) -> None:
    """E22: acknowledged, step and repeats are cancelled; everyone notified gets the name."""
    await world.post(alert())
    await world.advance(5 * MINUTE)
    await world.ack(1001)
    messages = await world.advance(3 * HOUR)
    assert {d.reason for d in messages} == {"acknowledged"}
    assert {d.to for d in messages} == {
        "email:billing-oncall@example.com",
        "slack:#billing-alerts",
        "pagerduty:${PAGERDUTY_BILLING_KEY}",
    }


async def test_without_acknowledgement_the_next_step_is_paged(world: World) -> None:
    """After 15 minutes ben is paged; after two hours all again; all are notified of the end."""
    await world.post(alert(starts_at=START))
    messages = await world.advance(2 * HOUR)
    assert to(messages, "email:ben@example.com") == [
        (900.0, "escalation", "escalation"),
        (7200.0, "repeat", "repeat"),
    ]
    await world.post(alert(starts_at=START, ends_at=world.now))
    over = await world.advance(5 * MINUTE)
    assert {d.reason for d in over} == {"resolved"}
    assert len({d.to for d in over}) == 5


async def test_an_inhibited_warning_is_suppressed(world: World) -> None:
    """E9: suppression is judged by the snapshot that decides; the reason is on the timeline."""
    await world.post(alert("BillingDatabaseDown"), alert("SlowRenewals", "warning"))
    messages = await world.advance(HOUR)
    assert {d.incident for d in messages} == {1001}
    lines = [(e.kind, e.text) for e in await world.timeline(1002)]
    assert lines == [("kept quiet", lines[0][1])]
    assert lines[0][1].startswith("inhibited by")


async def test_an_omitted_alert_is_notified_after_its_inhibition(world: World) -> None:
    """Notified, inhibited while others were notified, and still firing afterwards."""
    await world.post(alert("Slow", "warning"), alert("Slow", "critical"))
    await world.advance(MINUTE)
    began = world.now
    await world.post(alert("BillingDatabaseDown", starts_at=began))
    await world.post(alert("Slow", "critical", region="us"))
    await world.advance(5 * MINUTE)
    await world.post(alert("BillingDatabaseDown", starts_at=began, ends_at=world.now))
    await world.advance(5 * MINUTE)
    knows_firing = [d for d in world.delivered if d.incident == 1001 and d.channel == "slack"]
    assert [(round(d.at), d.reason, d.message.facts["firing"]) for d in knows_firing] == [
        (0, "first", 2),
        (300, "new alerts", 2),
        (600, "mute ended", 3),
    ]


async def test_the_inhibitor_ends(world: World) -> None:
    """When the inhibiting alert resolves, the warning notifies at its next interval."""
    await world.post(alert("BillingDatabaseDown", starts_at=START))
    await world.post(alert("SlowRenewals", "warning"))
    await world.advance(10 * MINUTE)
    await world.post(alert("BillingDatabaseDown", starts_at=START, ends_at=world.now))
    messages = await world.advance(10 * MINUTE)
    assert any(d.incident == 1002 and d.reason == "first" for d in messages)


async def test_resolved_without_annotations(world: World) -> None:
    """E32: the message of the end still has the runbook."""
    await world.post(alert(starts_at=START))
    await world.advance(1.0)
    await world.post(alert(starts_at=START, ends_at=START + 1, annotations={}))
    messages = await world.advance(10 * MINUTE)
    assert messages
    assert all(any(link.role == "runbook" for link in d.message.links) for d in messages)


async def test_info_waits_its_group_wait(world: World) -> None:
    """Alertmanager's default group_wait of 30 s where nobody says otherwise."""
    await world.post(alert("NewPriceList", "info"))
    assert brief(await world.advance(HOUR)) == [(30.0, "slack", "first")]
