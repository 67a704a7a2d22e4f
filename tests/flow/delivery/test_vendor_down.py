"""A dead vendor: retries, fallback, late notices, dead letters; the others are served."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gateway import log
from gateway.core.actions.table import ActionName
from gateway.core.actor import verified_person
from gateway.core.incidents.message import Message
from gateway.core.incidents.retry import Failure, SendError
from gateway.core.plan.plan import Target
from gateway.store import outbox
from gateway.store.queries import deliveries
from tests.flow.world import HOUR, MINUTE, ROUTES, START, Delivered, World, alert, to

SLACK, ADMIN = "slack:#billing-alerts", "email:admin@example.com"


def refused() -> SendError:
    return SendError(Failure.CONNECTION, "connection refused")


def broken() -> SendError:
    return SendError(Failure.SERVER_ERROR, "500")


def bounced() -> SendError:
    return SendError(Failure.BAD_RECIPIENT, "the address is inactive")


def too_fast() -> SendError:
    return SendError(Failure.RATE_LIMITED, "too fast", retry_after=30.0)


async def test_the_others_are_served(world: World) -> None:
    """Promise 13: with Slack down, mail and pages leave in the same instant."""
    world.break_channel("slack", refused)
    await world.post(alert())
    messages = await world.advance(0.0)
    assert {d.channel for d in messages} == {"email", "pagerduty"}


async def test_it_recovers(world: World) -> None:
    """Promise 13: retried with growing gaps, delivered once after recovery."""
    world.break_channel("slack", refused)
    await world.post(alert())
    await world.advance(10.0)
    world.mend("slack")
    messages = await world.advance(5 * MINUTE)
    assert [why for _, _, why in to(messages, SLACK)] == ["first"]


async def test_fired_and_resolved_while_down(world: World) -> None:
    """E3: one late message says both; never a resolve alone."""
    world.break_channel("slack", refused)
    await world.post(alert(starts_at=START))
    await world.advance(MINUTE)
    await world.post(alert(starts_at=START, ends_at=world.now))
    await world.advance(10 * MINUTE)
    world.mend("slack")
    messages = await world.advance(HOUR)
    assert [(kind, why) for _, kind, why in to(messages, SLACK)] == [("late", "resolved")]


@pytest.mark.parametrize("error", [broken, too_fast])
async def test_what_gets_worse_does_not_wait_for_a_retry(
    world: World, error: Callable[[], SendError]
) -> None:
    """Promise 9: the next attempt was minutes away, and no rest was asked for that long, when the
    vendor had recovered and the incident became critical."""
    world.break_channel("slack", error)
    await world.post(alert("X", "warning", starts_at=START))
    await world.advance(30 * MINUTE)
    await world.advance(5.0)
    world.mend("slack")
    await world.post(alert("X", "critical", starts_at=world.now))
    messages = await world.advance(1.0)
    assert [kind for _, kind, _ in to(messages, SLACK)] == ["worse"]


async def test_acknowledged_while_down(world: World) -> None:
    """Promise 14: the acknowledged notice stands for the firing one too, however often it is
    retried; so the resolved one follows."""
    world.break_channel("slack", refused)
    await world.post(alert(starts_at=START))
    await world.advance(2.0)
    await world.ack(1001)
    await world.advance(10.0)
    world.mend("slack")
    messages = await world.advance(5 * MINUTE)
    assert [kind for _, kind, _ in to(messages, SLACK)] == ["acknowledged"]
    await world.post(alert(starts_at=START, ends_at=world.now))
    messages = await world.advance(10 * MINUTE)
    assert [kind for _, kind, _ in to(messages, SLACK)] == ["resolved"]


async def test_acknowledged_twice_and_resolved_while_down(world: World) -> None:
    """E3: one late message says all of it."""
    world.break_channel("slack", refused)
    await world.post(alert(starts_at=START))
    await world.advance(2.0)
    await world.ack(1001)
    await world.advance(10.0)
    await world.engine.act(1001, ActionName.UNACK, verified_person("ana", "link"))
    await world.ack(1001, "ben")
    await world.advance(10.0)
    await world.post(alert(starts_at=START, ends_at=world.now))
    await world.advance(10 * MINUTE)
    world.mend("slack")
    messages = await world.advance(HOUR)
    assert [kind for _, kind, _ in to(messages, SLACK)] == ["late"]


async def test_the_fallback_is_notified(world: World) -> None:
    """Promise 13: after some attempts the fallback receiver is notified; the timeline says so."""
    world.break_channel("slack", refused)
    await world.post(alert())
    messages = await world.advance(5 * MINUTE)
    assert [why for _, _, why in to(messages, ADMIN)] == ["fallback"]
    assert "fell back" in {entry.kind for entry in await world.timeline()}


@pytest.mark.parametrize(
    ("instead", "kind", "text"),
    [
        (
            "- name: everyone\n    email: [{to: billing-oncall@example.com}]",
            "fell back",
            "nothing more to send in place of Slack #billing-alerts: receiver everyone has "
            "messages of its own",
        ),
        (
            "- name: everyone",
            "nobody reached",
            "receiver everyone has no other targets: nobody is notified in place of Slack "
            "#billing-alerts",
        ),
        (
            '- name: everyone\n    slack: [{channel: "#billing-alerts"}]',
            "nobody reached",
            "receiver everyone has no other targets: nobody is notified in place of Slack "
            "#billing-alerts",
        ),
    ],
)
async def test_fallback_that_notifies_nobody_further_is_in_the_timeline(
    world: World, instead: str, kind: str, text: str
) -> None:
    """Promise 2: the timeline says why no fallback message followed a failed target."""
    whole = "- name: everyone\n    email: [{to: admin@example.com}]"
    world.routes = ROUTES.replace(whole, instead)
    assert await world.engine.reload() == ()
    world.break_channel("slack", refused)
    await world.post(alert())
    await world.advance(5 * MINUTE)
    entries = [(one.kind, one.text) for one in await world.timeline()]
    assert entries.count((kind, text)) == 1


async def test_a_bounced_address_falls_back_at_once(world: World) -> None:
    """E15: the message is a dead letter; the fallback is notified at once, and once."""
    world.faults["email"] = lambda message, target: (
        bounced() if target.address == "billing-oncall@example.com" else None
    )
    await world.post(alert())
    messages = await world.advance(1.0)
    assert [why for _, _, why in to(messages, ADMIN)] == ["fallback"]
    dead = await world.dead()
    assert [notice.target.address for notice in dead] == ["billing-oncall@example.com"]


async def test_no_resolve_without_a_firing_notice(world: World) -> None:
    """E5: a target that was never notified of the firing is not notified of its end."""
    world.faults["email"] = lambda message, target: (
        bounced() if target.address == "billing-oncall@example.com" else None
    )
    await world.post(alert(starts_at=START))
    await world.advance(MINUTE)
    world.mend("email")
    await world.post(alert(starts_at=START, ends_at=world.now))
    messages = await world.advance(10 * MINUTE)
    assert to(messages, "email:billing-oncall@example.com") == []
    assert [why for _, _, why in to(messages, ADMIN)] == ["resolved"]


async def test_retry_after_is_honoured(world: World) -> None:
    """E11: after 429 the target is on hold for as long as it asked, and not longer."""
    world.break_channel("slack", too_fast)
    await world.post(alert())
    await world.advance(1.0)
    world.mend("slack")
    messages = await world.advance(MINUTE)
    assert [at for at, _, _ in to(messages, SLACK)] == [30.0]


async def test_what_perhaps_arrived_is_sent_again_and_recorded(world: World) -> None:
    """Promise 3: the vendor accepted, the answer was lost: sent again, the attempt is on record."""
    lost = [True]
    world.faults["email"] = lambda message, target: (
        SendError(Failure.TIMEOUT, "no answer", perhaps=True)
        if target.address == "billing-oncall@example.com" and lost and lost.pop()
        else None
    )
    await world.post(alert())
    messages = await world.advance(MINUTE)
    assert [why for _, _, why in to(messages, "email:billing-oncall@example.com")] == ["first"] * 2
    assert any("may have arrived" in entry.text for entry in await world.timeline())


async def test_given_up_after_a_day_and_replayed(world: World) -> None:
    """Promise 13: nothing is given up in silence: it is a dead letter that can be replayed."""
    world.break_channel("pagerduty", refused)
    await world.post(alert())
    await world.advance(0.0)
    await world.ack(1001)
    await world.advance(25 * HOUR)
    assert "given up" in {entry.kind for entry in await world.timeline()}
    assert {notice.target.channel for notice in await world.dead()} == {"pagerduty"}


async def test_a_step_that_could_not_be_sent_is_not_sent_after_the_acknowledgement(
    world: World,
) -> None:
    """E22: ben's mail could not be sent when ana acknowledged: it is not sent later either."""
    await world.post(alert())
    await world.advance(14 * MINUTE)
    world.break_channel("email", refused)
    await world.advance(2 * MINUTE)
    await world.ack(1001)
    world.mend("email")
    messages = await world.advance(HOUR)
    assert to(messages, "email:ben@example.com") == []


async def test_the_fallback_is_notified_again_when_it_gets_worse(world: World) -> None:
    """Promise 13: the fallback's message of the warning does not stand for the critical one."""
    for channel in ("slack", "pagerduty"):
        world.break_channel(channel, refused)
    world.faults["email"] = lambda message, target: None if target.key == ADMIN else refused()
    await world.post(alert("Payments", "warning"))
    await world.advance(10 * MINUTE)
    await world.post(alert("Payments", "critical"))
    messages = await world.advance(10 * MINUTE)
    assert [kind for _, kind, _ in to(world.delivered, ADMIN)][:2] == ["firing", "worse"]
    assert "worse" in {kind for _, kind, _ in to(messages, ADMIN)}


async def test_a_fallback_after_the_end_says_resolved(world: World) -> None:
    """Promise 14: it resolved during the last attempt, so no resolved notification would follow."""
    world.break_channel("slack", bounced)
    await world.post(alert(starts_at=START))
    await world.engine.dispatcher.dispatch_once()  # claimed, and in flight
    world.now += 1.0
    await world.post(alert(starts_at=START, ends_at=world.now))
    world.now += 5 * MINUTE
    await world.engine.dispatcher.dispatch_once()
    assert not (await world.incident()).open
    await world.advance(10 * MINUTE)
    assert [kind for _, kind, _ in to(world.delivered, ADMIN)] in ([], ["late"])


async def test_an_acknowledged_incident_does_not_fall_back(world: World) -> None:
    """E22: acknowledged during the last attempt: the fallback is not notified."""
    world.break_channel("slack", bounced)
    await world.post(alert())
    await world.engine.dispatcher.dispatch_once()  # claimed, and in flight
    await world.ack(1001)
    await world.advance(10 * MINUTE)
    assert to(world.delivered, ADMIN) == []


async def test_a_firing_notice_replayed_after_the_end_is_not_sent_alone(world: World) -> None:
    """Promise 14: the dead letter and its end are sent as one late message."""
    billing = "email:billing-oncall@example.com"
    world.faults["email"] = lambda message, target: bounced() if target.key == billing else None
    await world.post(alert(starts_at=START))
    await world.advance(MINUTE)
    await world.post(alert(starts_at=START, ends_at=world.now))
    await world.advance(10 * MINUTE)
    world.mend("email")
    dead = [notice.id for notice in await world.dead()]
    again = await world.engine.store.write(lambda tx: outbox.replay(tx, dead, world.now))
    assert again == dead
    messages = await world.advance(MINUTE)
    assert [kind for _, kind, _ in to(messages, billing)] == ["late"]


async def test_a_digest_that_cannot_be_sent_falls_back(world: World) -> None:
    """Promise 13: the fallback is notified of forty warnings that folded for a dead vendor, and of
    their ends."""
    world.break_channel("slack", refused)
    world.routes = ROUTES.replace("- name: quiet", "- name: quiet\n    fallback: everyone")
    assert await world.engine.reload() == ()
    await world.post(*(alert(f"Renewals{n:03}", "info", starts_at=START) for n in range(40)))
    messages = await world.advance(10 * MINUTE)
    assert notified_incidents(messages) == set(range(1001, 1041))
    ends = (alert(f"Renewals{n:03}", "info", starts_at=START, ends_at=world.now) for n in range(40))
    await world.post(*ends)
    messages = await world.advance(10 * MINUTE)
    assert notified_incidents(messages) == set(range(1001, 1041))


def notified_incidents(messages: list[Delivered]) -> set[int]:
    """The incidents that the fallback was notified of, each by itself or in a digest."""
    numbers = {d.incident for d in messages if d.to == ADMIN and d.kind != "digest"}
    for digest in (d for d in messages if d.to == ADMIN and d.kind == "digest"):
        numbers |= {line["incident"] for line in digest.message.facts["digest"]}
    return numbers


async def test_a_long_retry_after_is_not_waited_for(world: World) -> None:
    """Promise 13: an hour of Retry-After: the fallback is notified at once, later too."""
    world.break_channel(
        "slack", lambda: SendError(Failure.RATE_LIMITED, "too fast", retry_after=HOUR)
    )
    await world.post(alert("One"))
    messages = await world.advance(1.0)
    assert [why for _, _, why in to(messages, ADMIN)] == ["fallback"]
    await world.post(alert("Two"))
    messages = await world.advance(6 * MINUTE)
    assert {d.incident for d in messages if d.to == ADMIN} == {1002}


async def test_a_bounce_does_not_make_the_channel_unhealthy(world: World) -> None:
    """E40: the vendor answered; /readyz and the heartbeat must not say that e-mail is down."""
    world.faults["email"] = lambda message, target: bounced()
    await world.post(alert())
    await world.advance(10 * MINUTE)
    assert all(health.ok for health in world.engine.problems())


async def test_who_took_it_gets_no_late_page(world: World) -> None:
    """E22: ana's mail could not be sent, and she acknowledged in Slack: no late page follows."""
    world.break_channel("email", refused)
    await world.post(alert())
    await world.advance(5.0)
    await world.ack(1001, "ana")
    world.mend("email")
    assert to(await world.advance(HOUR), "email:ana@example.com") == []


async def test_new_alerts_make_a_sound_although_others_resolved(world: World) -> None:
    """Promise 2: Slack was down; its one message afterwards has the reason of the new alert, which
    makes a sound, and not of the end of another, which makes none."""
    await world.post(alert("Payments", "warning", region="eu"))
    await world.advance(MINUTE)
    world.break_channel("slack", refused)
    await world.post(alert("Payments", "warning", region="us"))
    await world.advance(6 * MINUTE)
    await world.post(alert("Payments", "warning", region="eu", ends_at=world.now))
    await world.advance(6 * MINUTE)
    world.mend("slack")
    messages = await world.advance(10 * MINUTE)
    assert [why for _, _, why in to(messages, SLACK)] == ["new alerts"]


async def test_one_of_two_webhooks_fails(tmp_path: Path) -> None:
    """Promise 13: of two targets of one channel, the healthy one is notified as if it were alone,
    the other one as soon as it is healthy, and both in time from then on."""
    routes = """
route: {receiver: both, group_wait: 1s, group_interval: 2s, repeat_interval: 10s}
receivers:
  - name: both
    webhook: [{url: "http://hooks.example.com/well"}, {url: "http://hooks.example.com/ill"}]
"""
    world = World(f"sqlite:///{tmp_path}/gateway.db", routes)
    await world.start()
    ill = "webhook:http://hooks.example.com/ill"

    def fails(message: Message, target: Target) -> SendError | None:
        if target.key == ill and world.now < START + 4.5:
            return SendError(Failure.SERVER_ERROR, "the webhook answered 500")
        return None

    world.faults["webhook"] = fails
    try:
        await world.post(alert())
        messages = await world.advance(12.0)
    finally:
        await world.close()
    assert to(messages, "webhook:http://hooks.example.com/well") == [
        (1.0, "firing", "first"),
        (11.0, "repeat", "repeat"),
    ]
    [(recovered, kind, _), again] = to(messages, ill)
    assert 4.5 <= recovered <= 8.5
    assert (kind, again) == ("firing", (11.0, "repeat", "repeat"))


async def test_a_vendor_that_repeats_a_secret_is_masked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Promise 10: attempt, dead letter, timeline and the fallback's message hold no secret."""
    monkeypatch.setattr(log, "_secrets", log._SecretPattern())
    log.add_secret("test-routing-key-1")
    world.break_channel(
        "pagerduty", lambda: SendError(Failure.BAD_RECIPIENT, "test-routing-key-1 is unknown")
    )
    await world.post(alert())
    await world.advance(1.0)
    (dead,) = await world.dead()
    attempts = await world.engine.store.read(lambda tx: deliveries.attempts_of(tx, [dead.id]))
    assert [one.detail for one in attempts[dead.id]] == ["*** is unknown"]
    texts = [entry.text for entry in await world.timeline()]
    assert any("*** is unknown" in text for text in texts)
    assert not any("test-routing-key-1" in text for text in texts)


async def test_people_read_no_reference_to_a_secret(world: World) -> None:
    """Timeline and fallback call the target "PagerDuty (billing)"."""
    world.break_channel("pagerduty", bounced)
    await world.post(alert())
    messages = await world.advance(1.0)
    (fallback,) = [d.message for d in messages if d.to == ADMIN]
    assert fallback.facts["note"] == "PagerDuty (billing) could not be reached (bad recipient)"
    texts = " ".join(entry.text for entry in await world.timeline())
    assert "PagerDuty (billing)" in texts
    assert "$" not in texts


async def test_who_acknowledged_after_a_page_of_unknown_fate_is_notified_of_the_end(
    world: World,
) -> None:
    """Promise 14: the escalation arrived, its answer was lost, and the acknowledgement cancelled
    its next attempt: the resolved notification is due all the same."""
    await world.post(alert())
    await world.advance(MINUTE)
    world.faults["email"] = lambda message, target: SendError(
        Failure.TIMEOUT, "no answer", perhaps=True
    )
    await world.advance(15 * MINUTE)
    assert ("email:ben@example.com", "escalation") in [(d.to, d.kind) for d in world.delivered]
    await world.ack(1001, "ben")
    world.mend("email")
    await world.post(alert(ends_at=world.now))
    messages = await world.advance(10 * MINUTE)
    assert "resolved" in [kind for _, kind, _ in to(messages, "email:ben@example.com")]
