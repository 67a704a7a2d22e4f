"""Calls by Twilio."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.contract import Channel, accepts_notice
from gateway.channels.twilio.client import Credentials
from gateway.channels.voice.channel import LONGEST_CALL, RING_FOR, VoiceCalls, VoiceOptions, build
from gateway.channels.voice.script import LONGEST_SCRIPT, Voice, script
from gateway.channels.voice.speech import spoken
from gateway.core.incidents.notice import NoticeKind
from gateway.core.plan.accounts import ChannelSettings, Secret, SourceSettings
from gateway.core.plan.channels import CHANNELS
from gateway.core.plan.plan import Target
from tests.channels.contract import LONG, ChannelContract
from tests.channels.messages import hostile, message
from tests.fakes import Fake, FakeTwilio

ACCOUNT = "AC" + 32 * "0"
ANA = Target("voice", "+4915112345678", person="ana")
OPTIONS = VoiceOptions("+4930123456", Voice("en-GB", "Polly.Amy"), reports=True)
URL = "https://alerts.example.com/callbacks/voice"
PARTS = {
    "text": "critical. Incident #1042. DoubleChargeDetected: A customer was charged twice.",
    "prompt": "Press 1 to acknowledge.",
}


def speech_of(document: str) -> list[str]:
    """Return what a document says, in order."""
    return [one.text or "" for one in ElementTree.fromstring(document).iter("Say")]


class TestVoice(ChannelContract):
    """The contract, and what is the call's own."""

    target = ANA
    secret = "test-twilio-token"
    cut_mark = "and more"  # signs are not read out
    braces = "7 7"  # signs would be read out

    def vendor(self) -> Fake:
        return FakeTwilio(account_sid=ACCOUNT, token=self.secret)

    def make(
        self,
        fake: Fake,
        *,
        timeout: float = LONG,
        proxy: Secret | None = None,
        options: VoiceOptions = OPTIONS,
    ) -> Channel:
        return VoiceCalls(
            Credentials(ACCOUNT, Secret(self.secret)),
            options,
            api_url=fake.url,
            proxy=proxy,
            total_timeout=timeout,
            connect_timeout=timeout,
        )

    def sent_text(self, fake: Fake) -> str:
        assert isinstance(fake, FakeTwilio)
        return " ".join(speech_of(fake.calls[-1]["Twiml"]))

    async def test_call_reads_the_message_twice_and_takes_a_key(
        self, channel: Channel, fake: FakeTwilio
    ) -> None:
        """Who has just woken up misses the first half; the incident is bound by the URL."""
        receipt = await channel.send(message(parts=PARTS, callback_url=URL), ANA, None)
        (call,) = fake.calls
        assert receipt == {"call_id": call.sid}
        assert (call["To"], call["From"]) == (ANA.address, "+4930123456")
        assert (call["Timeout"], call["TimeLimit"]) == (str(RING_FOR), str(LONGEST_CALL))
        assert call["StatusCallback"] == f"{URL}/status?notice=7001"
        text = "critical. Incident 1 0 4 2. Double Charge Detected: A customer was charged twice."
        assert speech_of(call["Twiml"]) == 2 * [text, "Press 1 to acknowledge."]
        root = ElementTree.fromstring(call["Twiml"])
        gathers = root.findall("Gather")
        assert {one.attrib["action"] for one in gathers} == {f"{URL}/keys?notice=7001"}
        assert {one.attrib["numDigits"] for one in gathers} == {"1"}
        assert root[-1].tag == "Hangup"
        voices = {(one.attrib["language"], one.attrib["voice"]) for one in root.iter("Say")}
        assert voices == {("en-GB", "Polly.Amy")}

    async def test_call_without_callbacks_asks_for_no_key(self, fake: FakeTwilio) -> None:
        """A key that goes nowhere would count as an acknowledgement."""
        channel = self.make(fake, options=VoiceOptions("+4930123456"))
        await channel.send(message(parts=PARTS, callback_url=URL), ANA, None)
        await channel.close()
        (call,) = fake.calls
        assert call.get("StatusCallback") == ""
        assert len(speech_of(call["Twiml"])) == 2
        assert "Gather" not in call["Twiml"]
        assert "Press" not in call["Twiml"]

    async def test_simplest_form_says_the_number_only(
        self, channel: Channel, fake: FakeTwilio
    ) -> None:
        """If Twilio refuses the document, few plain words wake the person all the same."""
        await channel.send(message(parts=PARTS, reduced=True), ANA, None)
        assert "Incident 1 0 4 2" in self.sent_text(fake)
        assert "customer" not in self.sent_text(fake)


@pytest.mark.parametrize("kind", NoticeKind)
def test_nobody_is_called_about_what_needs_no_response(kind: NoticeKind) -> None:
    """A phone that rings because all is well teaches people to switch it off."""
    rings = accepts_notice(CHANNELS["voice"], kind, quiet=False)
    asking = "firing repeat worse escalation missed unacknowledged test"
    assert rings == (kind.value in asking.split())
    assert not accepts_notice(CHANNELS["voice"], kind, quiet=True)


@pytest.mark.parametrize(
    ("text", "speech"),
    [
        ("Incident #1042.", "Incident 1 0 4 2."),
        ("BillingDatabaseDown", "Billing Database Down"),
        ("db_pool_91%", "db pool 91%"),
        ("[prod] {a} <b> `c`", "prod a b c"),
        ("Bits & pieces", "Bits and pieces"),
        ("see https://runbooks.example.com/x now", "see now"),
        ("two\nlines\x00\u202e", "two lines"),
        ("🚨 Down ⚠️ “now” – 5 €", "Down “now” – 5 €"),
    ],
)
def test_text_becomes_speech(text: str, speech: str) -> None:
    """A voice reads 1042 as a thousand, and a bracket as its name."""
    assert spoken(text) == speech


@given(st.text(max_size=1500), st.text(max_size=300))
def test_document_is_always_well_formed_and_fits(text: str, prompt: str) -> None:
    """An ill-formed document is a dead call."""
    parts = {"text": text, "prompt": prompt}
    made = script(message(parts=parts), Voice("de-DE", "Polly.Vicki"), f"{URL}/keys?a=1&b='\"<")
    assert len(made) <= LONGEST_SCRIPT
    assert made.isprintable()
    ElementTree.fromstring(made)


def test_hostile_labels_become_no_markup() -> None:
    """A label cannot add a verb to the call."""
    made = script(hostile(), Voice(), f"{URL}/keys")
    tags = {one.tag for one in ElementTree.fromstring(made).iter()}
    assert tags == {"Response", "Gather", "Pause", "Say", "Hangup"}


async def test_settings_make_a_channel() -> None:
    """`channels: voice:` in routes.yaml."""
    options = {"account_sid": ACCOUNT, "from": "+4930123456", "language": "de-DE"}
    callbacks = SourceSettings("voice", "callbacks", hmac=(Secret("test-token"),))
    settings = ChannelSettings(
        "voice", options, {"token": Secret("test-token")}, callbacks=callbacks
    )
    channel = build(settings, {})
    assert 'language="de-DE"' in channel.script(message(parts=PARTS, callback_url=URL))
    await channel.close()


def test_settings_without_a_caller_are_named() -> None:
    """The error says which key is missing."""
    options = {"account_sid": ACCOUNT}
    with pytest.raises(ValueError, match=r"channels\.voice\.from is missing"):
        build(ChannelSettings("voice", options, {"token": Secret("test-token")}), {})
