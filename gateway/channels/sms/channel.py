"""Text messages by Twilio, through its SDK.

Twilio knows no idempotency key: a message that is sent again after a lost answer is a second one.
That an answer names a SID means that Twilio has taken the message; whether it reached the phone,
its status callbacks say.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.channels.contract import accepts_notice
from gateway.channels.sms.body import MAX_SEGMENTS, body
from gateway.channels.sms.segments import segments
from gateway.channels.support.client import CONNECT_TIMEOUT, TOTAL_TIMEOUT
from gateway.channels.twilio.client import API_URL, Credentials, TwilioClient, credentials_of
from gateway.core.incidents.message import Message, Receipt
from gateway.core.incidents.notice import NoticeKind
from gateway.core.plan.accounts import ChannelSettings, Secret
from gateway.core.plan.channels import CHANNELS
from gateway.core.plan.plan import Target

IN_FLIGHT = 4
"""Requests at once. A long number sends one segment a second, and Twilio queues the rest; it
refuses too many requests at once with 20429."""

VALID_FOR = 900
"""Seconds for which Twilio tries to deliver. Its default is ten hours: a page that late is worse
than none, because the next contact was not notified."""

SERVICE_PREFIX = "MG"
"""What the SID of a messaging service begins with; another sender is a number or a name."""


@dataclass(frozen=True, slots=True)
class SmsOptions:
    """The settings of an account. `reports`: Twilio may post back to the gateway."""

    sender: str
    max_segments: int = MAX_SEGMENTS
    reports: bool = False


class Sms:
    """The channel of text messages. One client for the process."""

    spec = CHANNELS["sms"]

    def __init__(
        self,
        credentials: Credentials,
        options: SmsOptions,
        *,
        api_url: str = API_URL,
        proxy: Secret | None = None,
        total_timeout: float = TOTAL_TIMEOUT,
        connect_timeout: float = CONNECT_TIMEOUT,
    ) -> None:
        """Timeouts are in seconds, for one call. Needs a running event loop."""
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

    @property
    def takes_replies(self) -> bool:
        """See TakesReplies."""
        return self._options.reports

    def accepts(self, kind: NoticeKind, *, quiet: bool) -> bool:
        """Accept what the spec's capabilities cover."""
        return accepts_notice(self.spec, kind, quiet=quiet)

    async def send(self, message: Message, target: Target, receipt: Receipt | None) -> Receipt:
        """Send one message with one request. See Channel.send."""
        options, sender = self._options, self._options.sender
        parameters = {
            "to": target.address,
            "body": body(message, options.max_segments, replies=self.takes_replies),
            "validity_period": VALID_FOR,
        }
        if sender.startswith(SERVICE_PREFIX):
            parameters["messaging_service_sid"] = sender
        else:
            parameters["from_"] = sender
        if options.reports and message.callback_url:
            parameters["status_callback"] = (
                f"{message.callback_url}/status?notice={message.notice_id}"
            )
        sid = await self._client.create(self._client.sdk.messages.create_async(**parameters))
        return {"message_id": sid}

    async def check_account(self) -> str:
        """See ChecksAccount.check_account: GET the account, which sends nothing."""
        return await self._client.check_account()

    def problem(self) -> str:
        """See Channel.problem."""
        return self._client.problem()

    async def close(self) -> None:
        """Close the client."""
        await self._client.close()


def preview(message: Message) -> dict[str, str | int]:
    """Return the text of an account whose messages may be answered, and what it takes."""
    text = body(message, MAX_SEGMENTS, replies=True)
    return {"body": text, "segments": segments(text)}


def build(settings: ChannelSettings, secrets: Mapping[str, Secret]) -> Sms:
    """Return the channel of an account. Raises ValueError naming what is missing."""
    options = settings.options
    sender = options.get("from", "")
    if not sender:
        raise ValueError(f"channels.{settings.name}.from is missing: the sender of messages")
    return Sms(
        credentials_of(settings),
        SmsOptions(
            sender,
            int(options.get("max_segments") or MAX_SEGMENTS),
            reports=settings.callbacks is not None,
        ),
        api_url=options.get("api_url") or API_URL,
        proxy=settings.secrets.get("proxy"),
    )
