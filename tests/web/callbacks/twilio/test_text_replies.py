"""Text messages to the gateway: who may act, what a message does, and what changes nothing."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.core.incidents.incident import State
from gateway.flow.inbound.text_replies import HELP
from gateway.store import StoreUnavailableError
from tests.flow.world import HOUR, alert
from tests.web.callbacks.twilio.phones import ANA, ANA_SMS, BEN, Phones, phones


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Phones]:
    """Yield a gateway that has just paged Ana by text message."""
    async with phones(tmp_path) as made:
        await made.world.post(alert())
        await made.world.advance(1.0)
        yield made


@pytest.mark.parametrize(
    "text", ["ACK 1001", "ack", " Ack #1001.", "acknowledge\n1001", "ack,1001"]
)
async def test_ack_acknowledges_and_says_so(gateway: Phones, text: str) -> None:
    """The number may be left out while one incident only was sent to the phone."""
    assert await gateway.text(text) == "You acknowledged #1001."
    ack = (await gateway.incident()).ack
    assert ack is not None
    assert (ack.by, ack.via, ack.verified) == ("ana", "sms", False)


async def test_text_after_ack_is_a_comment(gateway: Phones) -> None:
    """What somebody types in the dark is for the others to read."""
    await gateway.text("ack 1001 on my way, laptop starts")
    incident = await gateway.incident()
    assert incident.ack is not None
    assert [one.text for one in incident.responses.comments] == ["on my way, laptop starts"]
    await gateway.text("comment 1001 a\x00b\u202ec", sid="SM3")
    assert (await gateway.incident()).responses.comments[-1].text == "abc"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("escalate", "#1001: escalated."),
        ("ESCALATE 1001 need a DBA", "#1001: escalated."),
        ("resolve 1001", "#1001: resolved."),
        ("comment 1001 looks like the pool", "#1001: commented."),
        ("unack 1001", "Nothing changed: #1001 is not acknowledged."),
        ("take 1001", "You acknowledged #1001."),
    ],
)
async def test_each_command_answers_with_its_outcome(
    gateway: Phones, text: str, answer: str
) -> None:
    """The person knows at once what became of it."""
    assert await gateway.text(text) == answer


async def test_resolve_ends_the_incident(gateway: Phones) -> None:
    """One action, whichever way it comes."""
    await gateway.text("resolve")
    assert (await gateway.incident()).state is State.RESOLVED
    assert await gateway.text("ack 1001", sid="SM3") == (
        "Nothing changed: #1001 is resolved already."
    )


async def test_message_that_is_posted_again_acts_once(gateway: Phones) -> None:
    """Twilio repeats a post after a failed connection, perhaps to another replica."""
    assert await gateway.text("ack 1001") == "You acknowledged #1001."
    assert await gateway.text("ack 1001") == ""


async def test_second_acknowledgement_names_the_first(gateway: Phones) -> None:
    """Two people answer at night: the second one reads the name of the first."""
    await gateway.world.ack(1001, "ben")
    assert await gateway.text("ack 1001") == "#1001 is acknowledged by Ben already."


async def test_bare_ack_asks_which_of_several(gateway: Phones) -> None:
    """A guess at night could leave an incident to nobody."""
    await gateway.world.post(alert("PaymentProviderDown"))
    await gateway.world.advance(1.0)
    assert await gateway.text("ack") == "Which one? Add the number: #1002, #1001."
    assert (await gateway.incident()).ack is None
    await gateway.text("ack 1001", sid="SM3")
    assert await gateway.text("ack", sid="SM4") == "You acknowledged #1002."


@pytest.mark.parametrize("text", ["ack 1001", "ack", "resolve 1001"])
async def test_person_who_was_not_notified_changes_nothing(gateway: Phones, text: str) -> None:
    """A sender's number can be forged: it acts only on what was sent to it."""
    assert (await gateway.text(text, BEN)).startswith(("Not done", "Nothing done"))
    assert (await gateway.incident()).state is State.FIRING
    assert (await gateway.incident()).ack is None


async def test_unknown_number_is_recorded_and_not_answered(gateway: Phones) -> None:
    """An answer would cost money and show a stranger that somebody reads this."""
    assert await gateway.text("ack 1001", "+4915100000000") == ""
    assert (await gateway.incident()).ack is None


@pytest.mark.parametrize(
    "text", ["hello?", "1001", "ack one", "comment 1001", "resolve 1001 now", ""]
)
async def test_what_is_not_understood_is_explained_once_an_hour(gateway: Phones, text: str) -> None:
    """Two automatic answers would never end."""
    expected = HELP if text != "ack one" else "You acknowledged #1001."
    assert await gateway.text(text) == expected
    if expected == HELP:
        assert await gateway.text(text, sid="SM3") == ""
        await gateway.world.advance(HOUR)
        assert await gateway.text(text, sid="SM4") == HELP


@pytest.mark.parametrize("word", ["STOP", "stop", " Unsubscribe ", "END", "quit", "cancel"])
async def test_stop_makes_the_contact_unusable_until_start(gateway: Phones, word: str) -> None:
    """E59: twilio refuses to send after STOP: the next contact is notified, until START."""
    assert await gateway.text(word) == ""
    assert "STOP" in gateway.world.engine.plan.unusable_contacts[ANA_SMS]
    assert gateway.sent_to("email:ana@example.com") == ["notification rule"]
    assert await gateway.text("START", sid="SM3") == ""
    assert ANA_SMS not in gateway.world.engine.plan.unusable_contacts


async def test_own_word_for_stop_is_respected(gateway: Phones) -> None:
    """Advanced Opt-Out lets an admin of Twilio choose the words, in any language."""
    assert await gateway.text("ABBESTELLEN", opt_out="STOP") == ""
    assert "STOP" in gateway.world.engine.plan.unusable_contacts[ANA_SMS]
    assert await gateway.text("ANMELDEN", sid="SM3", opt_out="START") == ""
    assert ANA_SMS not in gateway.world.engine.plan.unusable_contacts


async def test_help_is_left_to_twilio(gateway: Phones) -> None:
    """Twilio answers HELP itself; a second answer would confuse."""
    assert await gateway.text("HELP") == ""


async def test_what_cannot_be_saved_is_said(
    gateway: Phones, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twilio posts nothing again: silence would look like an acknowledgement."""

    async def unavailable(*_: object) -> None:
        raise StoreUnavailableError("down")

    monkeypatch.setattr(gateway.world.engine.text_replies, "_respond", unavailable)
    assert (await gateway.text("ack 1001")).startswith("Not saved")


async def test_answer_is_safe_markup(gateway: Phones, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a name or a reason holds cannot become markup or an ill-formed document."""

    async def hostile(*_: object) -> str:
        return "a <b> & \x00\x1b]]> \ud800 …"

    monkeypatch.setattr(gateway.world.engine.text_replies, "record", hostile)
    assert await gateway.text("ack", ANA) == "a <b> & ]]>  ..."
