"""States of text messages: whether a person was reached, and who is notified if not."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.flow.world import ROUTES, alert
from tests.web.callbacks.twilio.phones import ANA, ANA_SMS, BEN_SMS, ROUTES_WITH_SMS, Phones, phones

ANA_MAIL = "email:ana@example.com"


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Phones]:
    """Yield a gateway that has just paged Ana by text message."""
    async with phones(tmp_path) as made:
        await made.world.post(alert())
        await made.world.advance(1.0)
        assert made.sent_to(ANA_SMS) == ["first"]
        assert made.sent_to(ANA_MAIL) == []
        yield made


async def lines(gateway: Phones) -> list[str]:
    return [one.text for one in await gateway.entries()]


async def test_delivered_message_is_on_the_timeline(gateway: Phones) -> None:
    """Accepted by Twilio is not delivered: the timeline says when it was."""
    assert await gateway.state("delivered") == 204
    assert "SMS (ana): delivered to the phone" in await lines(gateway)
    exposed = gateway.world.engine.metrics.exposition().decode()
    counted = 'gateway_delivery_reports_total{account="sms",channel="sms",state="delivered"} 1.0'
    assert counted in exposed
    assert gateway.sent_to(ANA_MAIL) == []


@pytest.mark.parametrize("state", ["accepted", "queued", "sending", "sent", "scheduled", "new"])
async def test_state_before_the_last_changes_nothing(gateway: Phones, state: str) -> None:
    """Some carriers never confirm: "sent" is neither good nor bad."""
    before = await lines(gateway)
    assert await gateway.state(state) == 204
    assert await lines(gateway) == before


@pytest.mark.parametrize("code", ["30003", "30007", "30008", "99999", "", "not-a-number"])
async def test_undelivered_message_notifies_the_next_contact_at_once(
    gateway: Phones, code: str
) -> None:
    """The phone is off: Ana's mail, due in ten minutes, leaves now; the number stays in use."""
    await gateway.state("undelivered", code=code)
    assert gateway.sent_to(ANA_MAIL) == ["notification rule"]
    assert ANA_SMS not in gateway.world.engine.plan.unusable_contacts
    assert any(line.startswith("SMS (ana): undelivered") for line in await lines(gateway))


@pytest.mark.parametrize("code", ["21610", "30005", "30006"])
async def test_number_that_does_not_work_is_not_used_any_more(gateway: Phones, code: str) -> None:
    """A landline stays one: the contact is unusable, and the next one is notified at once."""
    await gateway.state("undelivered", code=code)
    assert ANA_SMS in gateway.world.engine.plan.unusable_contacts
    assert gateway.sent_to(ANA_MAIL) == ["notification rule"]


async def test_states_out_of_order_and_twice_act_once(gateway: Phones) -> None:
    """Twilio promises no order: after the last state every other one is old news."""
    for state in ("undelivered", "sent", "undelivered", "delivered", "queued"):
        await gateway.state(state, code="30003")
    assert gateway.sent_to(ANA_MAIL) == ["notification rule"]
    assert [line for line in await lines(gateway) if "SMS (ana):" in line] == [
        "SMS (ana): undelivered, error 30003"
    ]


async def test_acknowledged_incident_is_left_alone(gateway: Phones) -> None:
    """A report that comes late pages nobody: somebody is on it."""
    await gateway.world.ack(1001, "ben")
    await gateway.world.advance(1.0)
    before = len(gateway.world.delivered)
    await gateway.state("undelivered", code="30003")
    assert len(gateway.world.delivered) == before


async def test_lost_message_without_another_contact_goes_to_the_fallback(tmp_path: Path) -> None:
    """Ben has one number only: the fallback receiver is notified that he was not reached."""
    async with phones(tmp_path) as gateway:
        await gateway.world.post(alert())
        await gateway.world.advance(16 * 60.0)
        assert gateway.sent_to(BEN_SMS) == ["escalation"]
        await gateway.state("undelivered", "+4915112345679", code="30003", sid="SM9")
        assert gateway.sent_to("email:admin@example.com") == ["fallback"]


async def test_state_of_a_message_of_another_gateway_changes_nothing(gateway: Phones) -> None:
    """Two gateways may share an account: numbers of their notices say nothing here."""
    before = await lines(gateway)
    assert await gateway.state("undelivered", "+4915199999999", notice=1, code="30003") == 204
    assert await gateway.state("undelivered", ANA, notice=999_999, code="30003", sid="SM8") == 204
    assert await lines(gateway) == before
    assert gateway.sent_to(ANA_MAIL) == []


async def test_malformed_state_is_recorded_and_answered(gateway: Phones) -> None:
    """What is authentic is answered 204, and admins see that it could not be read."""
    assert await gateway.state("", sid="SM1") == 204
    assert await gateway.state("sent", sid="no SID!") == 204


def test_routes_have_what_these_tests_rely_on() -> None:
    """The fixture replaces text in a shared file."""
    assert ROUTES_WITH_SMS != ROUTES
    assert "by: sms" in ROUTES_WITH_SMS
