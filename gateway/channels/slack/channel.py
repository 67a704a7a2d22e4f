"""Slack: one message per incident, which is edited, with replies in its thread.

The first notice posts the message. Later ones edit it by channel id and ts, which notifies nobody.
Changes that people must notice also get a reply in the thread. The receipt is channel and ts.
"""

import logging
from collections.abc import Collection, Mapping
from functools import cached_property
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from gateway.channels.contract import accepts_notice
from gateway.channels.slack import blocks, on_call
from gateway.channels.slack.answers import answer_request
from gateway.channels.slack.buttons import Controls
from gateway.channels.slack.codes import MESSAGE_GONE, THREAD_GONE
from gateway.channels.slack.errors import failure_of, is_error
from gateway.channels.slack.incoming_webhook import IncomingWebhook
from gateway.channels.slack.mrkdwn import truncate_mrkdwn
from gateway.channels.support.client import CONNECT_TIMEOUT, TOTAL_TIMEOUT, HttpClient
from gateway.channels.support.connection_errors import connection_failure
from gateway.channels.support.http_errors import vendor_text
from gateway.core.incidents.message import THREAD, Message, Receipt
from gateway.core.incidents.notice import SHIFT_KINDS, SILENT_REASONS, NoticeKind, NotifyReason
from gateway.core.incidents.retry import Failure, SendError
from gateway.core.plan.accounts import ChannelSettings, Secret
from gateway.core.plan.channels import CHANNELS
from gateway.core.plan.plan import Target

IN_FLIGHT = 8
THREAD_TEXT = 3000

STANDALONE_KINDS = frozenset({NoticeKind.DIGEST, NoticeKind.TEST, NoticeKind.REPORT, *SHIFT_KINDS})
"""These get a message of their own and must not overwrite an incident's."""

logger = logging.getLogger(__name__)


class Slack:
    """The Slack channel. One client and one HTTP session for the process."""

    spec = CHANNELS["slack"]
    in_flight = IN_FLIGHT

    def __init__(
        self,
        token: Secret,
        *,
        api_url: str = AsyncWebClient.BASE_URL,
        acts: bool = False,
        proxy: Secret | None = None,
        total_timeout: float = TOTAL_TIMEOUT,
        connect_timeout: float = CONNECT_TIMEOUT,
    ) -> None:
        """Set up the client. Needs a running event loop.

        `acts`: presses of buttons reach the gateway, so that they act at once. Timeouts are in
        seconds, for one call. A message may take three calls: with blocks, as plain text, and in
        the thread.
        """
        self._token = token
        self._http = HttpClient(
            IN_FLIGHT, proxy=proxy, total_timeout=total_timeout, connect_timeout=connect_timeout
        )
        self._api_url = api_url
        self._controls = Controls.ACTIONS if acts else Controls.LINKS

    @cached_property
    def _client(self) -> AsyncWebClient:
        # The default handler posts again after a dropped connection, also when Slack has already
        # accepted the message. Its logger is ours, so that no root setting makes it print bodies.
        quiet = logging.getLogger(f"{__name__}.sdk")
        quiet.setLevel(logging.WARNING)
        client = AsyncWebClient(
            token=self._token.reveal(),
            base_url=self._api_url,
            session=self._http.session,  # slack_sdk ignores its own timeout then
            retry_handlers=[],
            logger=quiet,
        )
        # The SDK has read HTTPS_PROXY by itself: only the session's proxy counts.
        client.proxy = None
        return client

    def accepts(self, kind: NoticeKind, *, quiet: bool) -> bool:
        """Accept everything: a quiet change edits the message."""
        return accepts_notice(self.spec, kind, quiet=quiet)

    async def send(self, message: Message, target: Target, receipt: Receipt | None) -> Receipt:
        """Post or edit the message, and reply if people must notice. See Channel.send."""
        if message.kind in STANDALONE_KINDS:
            aside = await self._post(message, target.address)
            # Later notices still edit the incident's own message.
            message_ref = "/".join(aside.get(part, "") for part in ("channel", "ts"))
            return {**(receipt or {}), "aside": message_ref}
        if not receipt or not receipt.get("ts") or not receipt.get("channel"):
            return await self._post(message, target.address)
        try:
            await self._update(message, receipt)
            if _needs_reply(message):
                await self._reply(message, receipt)
        except SlackApiError as error:
            if not is_error(error, MESSAGE_GONE | THREAD_GONE):
                raise failure_of(error, self._token) from None
            logger.info(
                "slack: the message of incident %s is gone: posting a new one", message.incident
            )
            return await self._post(message, target.address)
        # Receipts of earlier releases have no thread.
        return {**receipt, THREAD: f"{receipt['channel']}/{receipt['ts']}"}

    async def _post(self, message: Message, address: str) -> dict[str, str]:
        """Post a message to a channel's name or id, or directly to a member's id."""
        try:
            answer = await self._with_blocks("chat.postMessage", message, {"channel": address})
        except SlackApiError as error:
            raise failure_of(error, self._token) from None
        channel, ts = answer.get("channel"), answer.get("ts")
        if isinstance(channel, str) and isinstance(ts, str):
            return {"channel": channel, "ts": ts, THREAD: f"{channel}/{ts}"}
        if answer.get("ok") is not True:
            raise SendError(Failure.BAD_ANSWER, "Slack's answer has no channel or ts", perhaps=True)
        # `ok` decides. A retry for lack of a ts would post the same message again and again.
        logger.warning("slack: accepted without channel and ts: it cannot be updated later")
        return {}

    async def _update(self, message: Message, receipt: Receipt) -> None:
        # Without `parse`, chat.update makes a mention of "@here" in a label.
        message_ref = {"channel": receipt["channel"], "ts": receipt["ts"], "parse": "none"}
        await self._with_blocks("chat.update", message, message_ref)

    async def _reply(self, message: Message, receipt: Receipt) -> None:
        """Post a reply in the thread, which notifies people."""
        short = blocks.rendered_part(message, "thread") or blocks.headline(message)
        text = truncate_mrkdwn(short, THREAD_TEXT, "… cut")
        if (paged := blocks.mentions(message)) and paged not in text:
            text = f"{text}\n{paged}"
        content: dict[str, Any] = {
            "channel": receipt["channel"],
            "thread_ts": receipt["ts"],
            "text": text,
            "unfurl_links": False,
            "unfurl_media": False,
        }
        if not message.reduced:
            content["metadata"] = _metadata(message)
        await self._call("chat.postMessage", content)

    async def _with_blocks(
        self, method: str, message: Message, message_ref: Mapping[str, str]
    ) -> Mapping[str, Any]:
        """Send the message with its blocks; a reduced one as plain text without metadata."""
        if message.reduced:
            # An update keeps the old blocks unless they are emptied.
            plain = blocks.plain_text(message)
            return await self._call(method, {**message_ref, "text": plain, "blocks": []})
        content: dict[str, Any] = {
            **message_ref,
            "metadata": _metadata(message),
            "text": blocks.headline(message),
            "blocks": blocks.blocks(message, self._controls),
        }
        if method == "chat.postMessage":
            content |= {"unfurl_links": False, "unfurl_media": False}
        return await self._call(method, content)

    async def _call(
        self,
        method: str,
        body: dict[str, Any] | None = None,
        *,
        data: dict[str, Any] | None = None,
    ) -> Mapping[str, Any]:
        """Make one request, with a body of JSON or with form data.

        Raises SlackApiError for an error of Slack's, SendError for any other.
        """
        try:
            answer = await self._client.api_call(method, json=body, data=data)
        except SlackApiError as error:
            if not hasattr(error.response, "data"):
                # Broken JSON: the SDK hands over the raw HTTP response.
                raise SendError(
                    Failure.BAD_ANSWER, "Slack's answer is not JSON", perhaps=True
                ) from None
            raise
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise connection_failure(error) from None
        except (SlackClientError, AttributeError, ValueError, TypeError) as error:
            # The SDK trips over 200 text/plain with an AttributeError.
            raise SendError(
                Failure.BAD_ANSWER,
                f"Slack's answer cannot be read ({type(error).__name__})",
                perhaps=True,
            ) from None
        content = answer.data
        return content if isinstance(content, Mapping) else {}

    async def check_account(self) -> str:
        """See ChecksAccount.check_account: auth.test."""
        answer = await self._form_call("auth.test", {})
        names = [vendor_text(answer.get(key, ""), [self._token], 60) for key in ("user", "team")]
        return " at ".join(names)

    async def show_topic(self, channel: str, label: str, people: str) -> bool:
        """See ShowsOnCall.show_topic. `channel` is an id: names are not accepted here."""
        return await on_call.show_topic(self._form_call, channel, label, people)

    async def show_members(self, group: str, members: Collection[str]) -> bool:
        """See ShowsOnCall.show_members."""
        return await on_call.show_members(self._form_call, group, members)

    async def answer(self, url: str, content: Mapping[str, Any]) -> None:
        """See AnswersRequests.answer."""
        await answer_request(self._http, url, content, self._api_url)

    async def notify_user(self, channel: str, user: str, thread: str, text: str) -> None:
        """See AnswersRequests.notify_user."""
        content = {"channel": channel, "user": user, "thread_ts": thread, "text": text}
        try:
            await self._call("chat.postEphemeral", content)
        except SlackApiError as error:
            raise failure_of(error, self._token) from None

    async def _form_call(self, method: str, arguments: dict[str, Any]) -> Mapping[str, Any]:
        """Make one request with form arguments: methods that read take no JSON."""
        try:
            return await self._call(method, data=arguments)
        except SlackApiError as error:
            raise failure_of(error, self._token) from None

    def problem(self) -> str:
        """See Channel.problem."""
        return self._http.problem()

    async def close(self) -> None:
        """Close the HTTP client."""
        await self._http.close()


def _needs_reply(message: Message) -> bool:
    """Return whether an update gets a reply in the thread, because people should notice it.

    A mention that an update adds notifies nobody. A comment that was written in Slack is known
    there.
    """
    if blocks.mentions(message):
        return True
    if message.reason is NotifyReason.COMMENTED:
        return not _is_from_slack(message)
    return message.reason not in SILENT_REASONS


def _is_from_slack(message: Message) -> bool:
    comments = message.facts.get("comments")
    last = comments[-1] if isinstance(comments, list | tuple) and comments else None
    return isinstance(last, Mapping) and last.get("via") == CHANNELS["slack"].name


def _metadata(message: Message) -> dict[str, Any]:
    """Return our ids for the message. Any app of the workspace can read them."""
    return {
        "event_type": "gateway_notice",
        "event_payload": {"incident": message.incident, "notice": message.notice_id},
    }


def preview(message: Message) -> dict[str, Any]:
    """Return the message for Slack's Block Kit Builder."""
    return {"blocks": blocks.blocks(message)}


def build(settings: ChannelSettings, secrets: Mapping[str, Secret]) -> Slack | IncomingWebhook:
    """Return the channel of `channels: slack:`.

    Raises ValueError without a token and without a webhook URL.
    """
    where = f"channels.{settings.name}"
    app_token = settings.secrets.get("app_token")
    if app_token is not None and app_token.reveal()[:5] not in ("", "xapp-"):
        raise ValueError(
            f"{where}.app_token is not an app-level token: it begins with xapp-, and is made under "
            "Basic Information at api.slack.com/apps"
        )
    acts = any(settings.secrets.get(key) for key in ("signing_secret", "app_token"))
    url = settings.secrets.get("webhook_url")
    if url is not None and url.reveal():
        return IncomingWebhook(url, acts=acts, proxy=settings.secrets.get("proxy"))
    token = settings.secrets.get("token")
    if token is None or not token.reveal():
        raise ValueError(
            f"{where}.token is missing: set it, or say `provider: console` to print "
            "messages instead of sending them"
        )
    options = settings.options
    return Slack(
        token,
        api_url=options.get("api_url") or AsyncWebClient.BASE_URL,
        acts=acts,
        proxy=settings.secrets.get("proxy"),
    )
