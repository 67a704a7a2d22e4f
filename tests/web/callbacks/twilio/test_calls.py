"""Calls: what keys do, what a call that is not answered leads to, and what rings no more."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from gateway.channels import build
from gateway.channels.contract import Channel
from gateway.core.incidents.retry import Failure, SendError
from gateway.store import StoreUnavailableError
from tests.fakes import FakeTwilio
from tests.fakes.twilio_posts import AUTH_TOKEN
from tests.flow.world import MINUTE, ROUTES, World, alert
from tests.web.callbacks.twilio.phones import ANA, Phones, phones

BEN = "+4915112345679"
ANA_CALL, ANA_MAIL = f"voice:{ANA}", "email:ana@example.com"
ACCOUNT = (
    f'{{account_sid: AC{32 * "0"}, token: {AUTH_TOKEN}, from: "+4930123456",'
    f" callbacks: {{signing_secret: {AUTH_TOKEN}}}}}"
)
ROUTES_WITH_CALLS = (
    ROUTES.replace("channels:", f"channels:\n  voice: {ACCOUNT}", 1)
    .replace(
        "email: ana@example.com, slack: U0ANA",
        f'email: ana@example.com, voice: "{ANA}", '
        "notify: {urgent: [{by: voice}, {by: email, after: 10m}]}",
    )
    .replace("email: ben@example.com", f'voice: "{BEN}"')
    .replace(
        "email: [{to: billing-oncall@example.com}]",
        'email: [{to: billing-oncall@example.com}]\n    voice: [{number: "+4930999999"}]',
    )
)


def speech_of(document: ElementTree.Element) -> str:
    return " ".join(one.text or "" for one in document.iter("Say"))


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Phones]:
    """Yield a gateway that has just called Ana, by a channel that speaks."""
    async with phones(tmp_path, ROUTES_WITH_CALLS) as made:
        settings = made.world.engine.config.channels["voice"]
        async with FakeTwilio() as fake:
            channel = build(
                replace(settings, options={**settings.options, "api_url": fake.url}), {}
            )
            delivery = made.world.engine.delivery
            delivery.adopt({**delivery._channels, "voice": Recording(channel, made.world)})
            await made.world.post(alert())
            await made.world.advance(1.0)
            assert made.sent_to(ANA_CALL) == ["first"]
            yield made
            await channel.close()


class Recording:
    """The channel, whose deliveries the world records, too."""

    def __init__(self, channel: Channel, world: World) -> None:
        self._channel = channel
        self._fake = world.channels(world.engine.config)["voice"]

    def __getattr__(self, name: str) -> object:
        return getattr(self._channel, name)

    async def send(self, *arguments: object) -> object:
        await self._channel.send(*arguments)  # type: ignore[arg-type]
        return await self._fake.send(*arguments)  # type: ignore[arg-type]


async def lines(gateway: Phones) -> list[str]:
    return [one.text for one in await gateway.entries()]


async def test_one_acknowledges_and_the_call_says_so(gateway: Phones) -> None:
    """A pressed key proves that a person has listened."""
    document = await gateway.press("1")
    assert speech_of(document) == "You acknowledged 1 0 0 1."
    assert document[-1].tag == "Hangup"
    ack = (await gateway.incident()).ack
    assert ack is not None
    assert (ack.by, ack.via, ack.verified) == ("ana", "voice", True)


async def test_two_escalates(gateway: Phones) -> None:
    """Who cannot come calls the next one."""
    assert speech_of(await gateway.press("2")) == "1 0 0 1: escalated."
    assert gateway.sent_to(f"voice:{BEN}") == ["escalation"]


@pytest.mark.parametrize("key", ["3", "0", "*", "#", ""])
async def test_other_keys_repeat_the_message(gateway: Phones, key: str) -> None:
    """A mistyped key must not end the call."""
    document = await gateway.press(key)
    assert "Double Charge Detected" in speech_of(document)
    assert "Press 1 to acknowledge" in speech_of(document)
    actions = {one.attrib["action"] for one in document.iter("Gather")}
    notice = gateway.notice_to(ANA_CALL)
    assert actions == {f"{gateway.base}/callbacks/voice/keys?notice={notice}"}
    assert (await gateway.incident()).ack is None


async def test_key_that_is_posted_again_acts_once(gateway: Phones) -> None:
    """Twilio repeats a post after a failed connection."""
    await gateway.press("1")
    assert speech_of(await gateway.press("1")) == "This is done already."


async def test_second_acknowledgement_names_the_first(gateway: Phones) -> None:
    """Nobody gets up for what somebody else has acknowledged."""
    await gateway.world.ack(1001, "ben")
    assert speech_of(await gateway.press("1")) == "1 0 0 1 is acknowledged by Ben already."


async def test_receivers_phone_acknowledges_as_its_number(gateway: Phones) -> None:
    """Nobody knows who picked up a shared phone, so the actor is not verified."""
    await gateway.press("1", "+4930999999")
    ack = (await gateway.incident()).ack
    assert ack is not None
    assert (ack.by, ack.verified) == ("+4930999999", False)


@pytest.mark.parametrize(("to", "notice"), [(BEN, None), (ANA, 999_999), (ANA, 0)])
async def test_call_that_is_not_ours_changes_nothing(
    gateway: Phones, to: str, notice: int | None
) -> None:
    """Another number, or a notice of another gateway at the same account."""
    number = gateway.notice_to(ANA_CALL) if notice is None else notice
    assert speech_of(await gateway.press("1", to, notice=number)).startswith("Not done")
    assert (await gateway.incident()).ack is None


async def test_what_cannot_be_saved_is_speech_of(
    gateway: Phones, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Silence would count as an acknowledgement."""

    async def unavailable(*_: object) -> None:
        raise StoreUnavailableError("down")

    monkeypatch.setattr(gateway.world.engine.pressed_keys, "_respond", unavailable)
    assert speech_of(await gateway.press("1")).startswith("Not saved")


@pytest.mark.parametrize("state", ["busy", "no-answer", "failed", "canceled"])
async def test_unanswered_call_notifies_the_next_contact_at_once(
    gateway: Phones, state: str
) -> None:
    """Ana's mail, due in ten minutes, leaves now; her number stays in use."""
    assert await gateway.call(state) == 204
    assert gateway.sent_to(ANA_MAIL) == ["notification rule"]
    assert ANA_CALL not in gateway.world.engine.plan.unusable_contacts


async def test_completed_call_is_no_acknowledgement(gateway: Phones) -> None:
    """E60: a machine answers, too: the next contact follows at its own time."""
    await gateway.call("completed")
    assert (await gateway.incident()).ack is None
    assert gateway.sent_to(ANA_MAIL) == []
    assert "phone (ana): the call was answered, perhaps by a machine" in await lines(gateway)
    await gateway.world.advance(10 * MINUTE)
    assert gateway.sent_to(ANA_MAIL) == ["notification rule"]


@pytest.mark.parametrize("state", ["queued", "initiated", "ringing", "in-progress", "new"])
async def test_state_during_the_call_changes_nothing(gateway: Phones, state: str) -> None:
    """Only how it ended counts."""
    before = await lines(gateway)
    assert await gateway.call(state) == 204
    assert await lines(gateway) == before


async def test_nobody_is_called_about_an_end_or_an_acknowledgement(gateway: Phones) -> None:
    """A phone that rings because all is well teaches people to switch it off."""
    await gateway.world.ack(1001, "ben")
    await gateway.world.advance(MINUTE)
    await gateway.world.post(alert(ends_at=gateway.world.now))
    await gateway.world.advance(10 * MINUTE)
    assert gateway.sent_to(ANA_CALL) == ["first"]
    assert "resolved" in gateway.sent_to("slack:#billing-alerts")


def down() -> SendError:
    return SendError(Failure.CONNECTION, "down")


@pytest.mark.parametrize("how", ["ack", "resolve"])
async def test_call_that_waits_is_cancelled_once_nothing_is_asked(tmp_path: Path, how: str) -> None:
    """Twilio was down when Ana was to be called: nobody rings her for what is over."""
    async with phones(tmp_path, ROUTES_WITH_CALLS) as gateway:
        world = gateway.world
        world.break_channel("voice", down)
        await world.post(alert())
        await world.advance(5.0)
        if how == "ack":
            await world.ack(1001, "ben")
        else:
            await world.post(alert(ends_at=world.now))
            await world.advance(6 * MINUTE)
        world.mend("voice")
        await world.advance(10 * MINUTE)
        assert gateway.sent_to(ANA_CALL) == []
