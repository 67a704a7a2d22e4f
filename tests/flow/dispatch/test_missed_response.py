"""A missed response through the whole flow: announced once, whichever replica decides it."""

from gateway.core.actions.table import ActionName
from gateway.core.actor import verified_person
from gateway.core.incidents.retry import Failure, SendError
from gateway.store import Tx
from gateway.store.state import timeline
from tests.flow.world import MINUTE, START, World, alert


async def test_other_replica_announces_the_miss_once(world: World) -> None:
    """The time to acknowledge is stored: another replica marks it after a kill, and only once."""
    survivor = await world.start()
    await world.post(alert())
    await world.advance(10 * MINUTE)
    await world.kill(world.engine)
    messages = [one for one in await world.advance(20 * MINUTE) if one.reason == "missed"]
    assert {round(one.at / MINUTE) for one in messages} == {15}
    assert sorted(one.to for one in messages) == [
        "email:ana@example.com",
        "email:billing-oncall@example.com",
        "pagerduty:${PAGERDUTY_BILLING_KEY}",
        "slack:#billing-alerts",
    ]
    text = next(one.message.parts["text"] for one in messages if one.channel == "email")
    assert "Nobody acknowledged by 11:21 UTC: the response is missed." in text
    incident = await world.incident()
    assert incident.missed_at == START + 15 * MINUTE
    assert [one for one in await world.advance(300 * MINUTE) if one.reason == "missed"] == []
    exposition = survivor.metrics.exposition().decode()
    assert 'gateway_missed_responses_total{severity="critical",team=""} 1.0' in exposition


async def test_acknowledgement_withdraws_an_announcement_that_was_not_sent(world: World) -> None:
    """A vendor was down when it was missed; once acknowledged, nobody is asked any more."""
    await world.post(alert())
    await world.advance(10 * MINUTE)
    world.break_channel("email", lambda: SendError(Failure.CONNECTION, "refused"))
    await world.advance(6 * MINUTE)
    await world.engine.act(1001, ActionName.ACK, verified_person("ana", "link"))
    world.mend("email")
    messages = [one for one in await world.advance(60 * MINUTE) if one.channel == "email"]
    assert "missed" not in {one.reason for one in messages}

    def kinds(tx: Tx) -> list[str]:
        return [entry.kind.value for entry in timeline.entries(tx, 1001)]

    assert (await world.engine.store.read(kinds)).count("missed") == 1
