"""Push messages through a server of ntfy.

The server is the admins' own choice, as an `api_url` is, so it may have a private address.
"""

import json
from collections.abc import Mapping

import aiohttp
import orjson

from gateway.channels.contract import accepts_notice
from gateway.channels.ntfy.body import publication
from gateway.channels.ntfy.errors import failure_of, message_id
from gateway.channels.support.client import (
    CONNECT_TIMEOUT,
    TOTAL_TIMEOUT,
    HttpClient,
    authorization,
)
from gateway.channels.support.connection_errors import connection_failure
from gateway.core.incidents.message import Message, Receipt
from gateway.core.incidents.notice import NoticeKind
from gateway.core.incidents.retry import Failure, SendError
from gateway.core.plan.accounts import ChannelSettings, Secret
from gateway.core.plan.channels import CHANNELS
from gateway.core.plan.plan import Target
from gateway.core.text.ntfy_topic import is_topic

IN_FLIGHT = 4
"""A server counts the gateway as one visitor: after 60 requests one every five seconds."""


class Ntfy:
    """The ntfy channel. One HTTP session for its server."""

    spec = CHANNELS["ntfy"]
    in_flight = IN_FLIGHT

    def __init__(
        self,
        url: str,
        secrets: Mapping[str, Secret],
        *,
        credentials: Secret | None = None,
        priorities: Mapping[str, int] | None = None,
        proxy: Secret | None = None,
        total_timeout: float = TOTAL_TIMEOUT,
        connect_timeout: float = CONNECT_TIMEOUT,
    ) -> None:
        """Set up the client. Needs a running event loop.

        `secrets` resolves topics; `credentials` are the header Authorization.
        """
        self._url = f"{url.rstrip('/')}/"
        self._secrets = secrets
        self._credentials = credentials
        self._priorities = priorities or {}
        self._http = HttpClient(
            IN_FLIGHT,
            proxy=proxy,
            total_timeout=total_timeout,
            connect_timeout=connect_timeout,
            headers={"User-Agent": "alert-gateway"},
        )

    def accepts(self, kind: NoticeKind, *, quiet: bool) -> bool:
        """Accept everything except reports and quiet updates."""
        return accepts_notice(self.spec, kind, quiet=quiet)

    async def send(self, message: Message, target: Target, receipt: Receipt | None) -> Receipt:
        """Publish one message. See Channel.send."""
        topic, hidden = self._topic(target)
        headers = {"Content-Type": "application/json"}
        if self._credentials is not None:
            headers["Authorization"] = self._credentials.reveal()
            _, _, credential = self._credentials.reveal().partition(" ")
            hidden.append(Secret(credential))
        if message.button is not None:
            hidden.append(Secret(message.button.token))
        data = orjson.dumps(publication(message, topic, self._priorities))
        try:
            async with self._http.session.post(self._url, data=data, headers=headers) as response:
                text = await response.text(errors="replace")
                error = failure_of(response.status, response.headers, text, hidden)
        except (aiohttp.ClientError, TimeoutError, OSError) as failure:
            raise connection_failure(failure) from None
        if error is not None:
            raise error
        return {"id": message_id(text)}

    async def check_account(self) -> str:
        """See ChecksAccount.check_account: GET /v1/account, as ntfy's web app does."""
        headers = {}
        hidden = []
        if self._credentials is not None:
            headers["Authorization"] = self._credentials.reveal()
            hidden.append(Secret(self._credentials.reveal().partition(" ")[2]))
        try:
            async with self._http.session.get(
                f"{self._url}v1/account", headers=headers
            ) as response:
                text = await response.text(errors="replace")
                error = failure_of(response.status, response.headers, text, hidden)
        except (aiohttp.ClientError, TimeoutError, OSError) as failure:
            raise connection_failure(failure) from None
        if error is not None:
            raise error
        return "with credentials" if hidden else "without credentials"

    def _topic(self, target: Target) -> tuple[str, list[Secret]]:
        """Return the topic, and it again if it is a secret that an answer must not repeat."""
        secret = self._secrets.get(target.address)
        topic = target.address if secret is None else secret.reveal()
        if not is_topic(topic):
            raise SendError(Failure.BAD_RECIPIENT, "the topic cannot be used: run gateway check")
        return topic, [] if secret is None else [secret]

    def problem(self) -> str:
        """See Channel.problem."""
        return self._http.problem()

    async def close(self) -> None:
        """Close the HTTP client."""
        await self._http.close()


def build(settings: ChannelSettings, secrets: Mapping[str, Secret]) -> Ntfy:
    """Return the channel of an account. Raises ValueError if the server is missing."""
    url = settings.options.get("url", "")
    if not url:
        raise ValueError(f"channels.{settings.name}.url is missing: the server of ntfy")
    return Ntfy(
        url,
        secrets,
        credentials=_credentials(settings),
        priorities=_priorities(settings.options.get("priorities", "")),
        proxy=settings.secrets.get("proxy"),
    )


def _credentials(settings: ChannelSettings) -> Secret | None:
    token, password = settings.secrets.get("token"), settings.secrets.get("password")
    if token is not None:
        return Secret(f"Bearer {token.reveal()}")
    if password is not None:
        name = settings.options.get("username", "")
        return Secret(authorization(name, password.reveal()))
    return None


def _priorities(text: str) -> dict[str, int]:
    """Return the priorities by severity, which an account has as JSON."""
    return {name: int(value) for name, value in json.loads(text or "{}").items()}
