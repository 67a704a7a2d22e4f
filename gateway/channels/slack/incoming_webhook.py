"""Slack's incoming webhooks: each notice is a message of its own.

An incoming webhook posts to one channel and answers plain text: "ok", or the name of an error. It
returns no identity of the message, so nothing can be edited and there is no thread. Its URL is the
credential. Errors: docs.slack.dev, "Sending messages using incoming webhooks".
"""

import logging
import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import aiohttp
from slack_sdk.webhook import WebhookResponse
from slack_sdk.webhook.async_client import AsyncWebhookClient

from gateway.channels.contract import accepts_notice
from gateway.channels.slack import blocks
from gateway.channels.slack.answers import answer_request
from gateway.channels.slack.buttons import Controls
from gateway.channels.slack.codes import CODES, HINTS, POSSIBLY_ACCEPTED, failure_by_code
from gateway.channels.support.client import CONNECT_TIMEOUT, TOTAL_TIMEOUT, HttpClient
from gateway.channels.support.connection_errors import connection_failure
from gateway.channels.support.http_errors import status_failure, vendor_text
from gateway.channels.support.secret_urls import secret_parts
from gateway.core.incidents.message import Message, Receipt
from gateway.core.incidents.notice import NoticeKind
from gateway.core.incidents.retry import Failure, Scope, SendError
from gateway.core.plan.accounts import Secret
from gateway.core.plan.channels import CHANNELS
from gateway.core.plan.plan import Target

IN_FLIGHT = 4
"""Messages at once. Slack takes one a second of each webhook, and short bursts."""

_ERROR_NAME = re.compile(r"[a-z][a-z0-9_]{1,59}")


class IncomingWebhook:
    """The Slack channel of an account with `webhook_url`. One HTTP session."""

    spec = CHANNELS["slack"]
    in_flight = IN_FLIGHT

    def __init__(
        self,
        url: Secret,
        *,
        acts: bool = False,
        proxy: Secret | None = None,
        total_timeout: float = TOTAL_TIMEOUT,
        connect_timeout: float = CONNECT_TIMEOUT,
    ) -> None:
        """Set up the client. Needs a running event loop. Timeouts are in seconds, for one call.

        `acts`: presses of buttons reach the gateway. Without that Slack shows a warning beside
        each button that is pressed, so messages have plain links instead.
        """
        self._url = url
        self._controls = Controls.ACTIONS if acts else Controls.TEXT
        self._http = HttpClient(
            IN_FLIGHT, proxy=proxy, total_timeout=total_timeout, connect_timeout=connect_timeout
        )

    @cached_property
    def _client(self) -> AsyncWebhookClient:
        quiet = logging.getLogger(f"{__name__}.sdk")
        quiet.setLevel(logging.WARNING)  # at DEBUG it prints the URL and whole messages
        client = AsyncWebhookClient(
            self._url.reveal(),
            session=self._http.session,
            retry_handlers=[],  # the default one posts again after a dropped connection
            logger=quiet,
        )
        client.proxy = None  # the SDK has read HTTPS_PROXY: only the session's proxy counts
        return client

    def accepts(self, kind: NoticeKind, *, quiet: bool) -> bool:
        """Accept everything except quiet changes, because no message can be edited."""
        return not quiet and accepts_notice(self.spec, kind, quiet=quiet)

    async def send(self, message: Message, target: Target, receipt: Receipt | None) -> Receipt:
        """Post the message. See Channel.send.

        The webhooks of apps ignore `channel`; those of the older kind, which Slack calls custom
        integrations, post to it.
        """
        content: dict[str, Any] = {"channel": target.address, "unfurl_links": False}
        content["unfurl_media"] = False
        if message.reduced:
            content["text"] = blocks.plain_text(message)
        else:
            content["text"] = blocks.headline(message)
            content["blocks"] = blocks.blocks(message, self._controls)
        response = await self._post(content)
        error = self._failure(response)
        if error is not None:
            raise error
        return {"notice": str(message.notice_id)}

    async def _post(self, content: Mapping[str, Any]) -> WebhookResponse:
        """Make one request. Raises SendError where nothing of Slack's is answered."""
        try:
            return await self._client.send_dict(dict(content))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise connection_failure(error) from None
        except ValueError:
            raise SendError(
                Failure.BAD_ANSWER, "Slack's answer cannot be read", perhaps=True
            ) from None

    def _failure(self, response: WebhookResponse) -> SendError | None:
        """Return the failure that an answer stands for, None for a success."""
        status, body = response.status_code, response.body.strip()
        if status == 200 and body == "ok":
            return None
        name = body if _ERROR_NAME.fullmatch(body) else ""
        known = name in CODES and status < 500 and status != 429
        if not known:
            detail = vendor_text(body, secret_parts(self._url), 100) if status >= 300 else ""
            by_status = status_failure(
                status, detail, response.headers, vendor="Slack", scope=Scope.ACCOUNT
            )
            if by_status is not None:
                return by_status
            if not name:
                text = "Slack's answer is not that of an incoming webhook"
                return SendError(Failure.BAD_ANSWER, text, perhaps=True)
        hint = f" ({HINTS[name]})" if name in HINTS else ""
        failure = failure_by_code(name)
        if failure is Failure.BAD_RECIPIENT:
            # The webhook leads there and nowhere else: nothing that it sends arrives.
            failure = Failure.MISCONFIGURED
        text = f"Slack says {vendor_text(name, secret_parts(self._url), 100)}{hint}"
        return SendError(failure, text, perhaps=name in POSSIBLY_ACCEPTED)

    async def answer(self, url: str, content: Mapping[str, Any]) -> None:
        """See AnswersRequests.answer."""
        await answer_request(self._http, url, content, self._url.reveal())

    async def notify_user(self, channel: str, user: str, thread: str, text: str) -> None:
        """Raise SendError: a webhook reaches nobody alone."""
        raise SendError(Failure.MISCONFIGURED, "an incoming webhook reaches no single person")

    def problem(self) -> str:
        """See Channel.problem."""
        return self._http.problem()

    async def close(self) -> None:
        """Close the HTTP client."""
        await self._http.close()
