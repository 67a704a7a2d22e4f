"""Calls by Twilio, through its SDK.

The document that is read goes with the request, so the message is read also where Twilio cannot
reach the gateway. A call that was answered proves nothing, because a machine answers, too: only a
pressed key does.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.channels.contract import accepts_notice
from gateway.channels.support.client import CONNECT_TIMEOUT, TOTAL_TIMEOUT
from gateway.channels.twilio.client import API_URL, Credentials, TwilioClient, credentials_of
from gateway.channels.voice.script import Voice, last_words, script
from gateway.core.incidents.message import Message, Receipt
from gateway.core.incidents.notice import NoticeKind
from gateway.core.plan.accounts import ChannelSettings, Secret
from gateway.core.plan.channels import CHANNELS
from gateway.core.plan.plan import Target

IN_FLIGHT = 2
"""Requests at once. Twilio begins one call a second, and queues the rest."""

RING_FOR = 30
"""Seconds that a phone rings. Longer: more calls end at a machine. Twilio adds five seconds."""

LONGEST_CALL = 300
"""Seconds after which a call is ended, so that a recording does not keep it open."""


@dataclass(frozen=True, slots=True)
class VoiceOptions:
    """The settings of an account. `reports`: Twilio may post back to the gateway."""

    caller: str
    voice: Voice = field(default_factory=Voice)
    reports: bool = False


class VoiceCalls:
    """The channel of calls. One client for the process."""

    spec = CHANNELS["voice"]

    def __init__(
        self,
        credentials: Credentials,
        options: VoiceOptions,
        *,
        api_url: str = API_URL,
        proxy: Secret | None = None,
        total_timeout: float = TOTAL_TIMEOUT,
        connect_timeout: float = CONNECT_TIMEOUT,
    ) -> None:
        """Timeouts are in seconds, for one request. Needs a running event loop."""
        self.in_flight = IN_FLIGHT
        self._options = options
        self._client = TwilioClient(
            credentials,
            IN_FLIGHT,
            api_url=api_url,
            proxy=proxy,
            total_timeout=total_timeout,
            connect_timeout=connect_timeout,
        )

    def accepts(self, kind: NoticeKind, *, quiet: bool) -> bool:
        """Accept what asks for a response: nobody is called about an end."""
        return accepts_notice(self.spec, kind, quiet=quiet)

    async def send(self, message: Message, target: Target, receipt: Receipt | None) -> Receipt:
        """Begin one call with one request. See Channel.send."""
        parameters = {
            "to": target.address,
            "from_": self._options.caller,
            "twiml": self.script(message),
            "timeout": RING_FOR,
            "time_limit": LONGEST_CALL,
        }
        if url := self._callback(message, "status"):
            parameters["status_callback"] = url
        sid = await self._client.create(self._client.sdk.calls.create_async(**parameters))
        return {"call_id": sid}

    def script(self, message: Message) -> str:
        """See Speaks."""
        return script(message, self._options.voice, self._callback(message, "keys"))

    def last_words(self, text: str) -> str:
        """See Speaks."""
        return last_words(text, self._options.voice)

    async def check_account(self) -> str:
        """See ChecksAccount.check_account: GET the account, which sends nothing."""
        return await self._client.check_account()

    def problem(self) -> str:
        """See Channel.problem."""
        return self._client.problem()

    async def close(self) -> None:
        """Close the client."""
        await self._client.close()

    def _callback(self, message: Message, kind: str) -> str:
        if not self._options.reports or not message.callback_url:
            return ""
        return f"{message.callback_url}/{kind}?notice={message.notice_id}"


def preview(message: Message) -> dict[str, str]:
    """Return the document of a call that takes keys."""
    return {"twiml": script(message, Voice(), "https://alerts.example.com/callbacks/voice/keys")}


def build(settings: ChannelSettings, secrets: Mapping[str, Secret]) -> VoiceCalls:
    """Return the channel of an account. Raises ValueError naming what is missing."""
    options = settings.options
    caller = options.get("from", "")
    if not caller:
        raise ValueError(f"channels.{settings.name}.from is missing: the number that calls")
    return VoiceCalls(
        credentials_of(settings),
        VoiceOptions(
            caller,
            Voice(options.get("language", ""), options.get("voice", "")),
            reports=settings.callbacks is not None,
        ),
        api_url=options.get("api_url") or API_URL,
        proxy=settings.secrets.get("proxy"),
    )
