"""Outgoing webhook in Alertmanager's format, version 4: what understands one understands the other.

Fields as in Alertmanager's notify/webhook and template.Data; `notification_reason` as of 0.32.
"""

import json
import re
from base64 import b64encode
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import aiohttp
import orjson

from gateway.channels.answers import refused, said
from gateway.channels.private_addresses import PrivateAddress, public_socket
from gateway.channels.webhook_body import body
from gateway.core.delivery import Failure, SendError
from gateway.core.message import Message, Receipt
from gateway.core.notice import Kind
from gateway.core.plan import Target
from gateway.core.settings import ChannelSettings, Secret
from gateway.core.web_url import WebUrl, web_url

IN_FLIGHT = 16
TOTAL_TIMEOUT = 10.0
CONNECT_TIMEOUT = 3.0
SHORTEST_PIECE = 8  # of a URL's path that is taken for a secret: "hooks" and "v2" are none
LARGE = 512 * 1024
ANSWER_BYTES = 2000  # of an error's body: enough to say what is wrong

CARRIED = frozenset(
    {
        Kind.FIRING,
        Kind.REPEAT,
        Kind.WORSE,
        Kind.ESCALATION,
        Kind.UNACKNOWLEDGED,
        Kind.RESOLVED,
        Kind.LATE,
        Kind.TEST,
    }
)
"""The format knows firing and resolved. It has no acknowledgement, and no digest of many groups."""


class Webhook:
    """The webhook channel. One HTTP session for all its targets."""

    name = "webhook"
    parts: tuple[str, ...] = ()
    edits = False
    in_flight = IN_FLIGHT

    def __init__(
        self,
        secrets: Mapping[str, Secret],
        *,
        bearer: Secret | None = None,
        max_alerts: int = 0,
        private_addresses: bool = True,
        total_timeout: float = TOTAL_TIMEOUT,
        connect_timeout: float = CONNECT_TIMEOUT,
    ) -> None:
        """`secrets` resolves target addresses; `max_alerts` 0 sends all. Needs a running loop.

        `private_addresses` False refuses to connect to anything that is not a public address.
        """
        self._secrets = secrets
        self._bearer = bearer
        self._max_alerts = max_alerts
        # socket_factory sees every address before it is connected to, also literal ones, which a
        # resolver is never asked for.
        connector = (
            aiohttp.TCPConnector()
            if private_addresses
            else aiohttp.TCPConnector(socket_factory=public_socket)
        )
        self._timeout = aiohttp.ClientTimeout(total=total_timeout, connect=connect_timeout)
        self._session = aiohttp.ClientSession(
            connector=connector,
            headers={"User-Agent": "alert-gateway"},
            cookie_jar=aiohttp.DummyCookieJar(),  # nothing that a restart would miss
        )

    def accepts(self, kind: Kind, quiet: bool) -> bool:
        """Firing and resolved; quiet changes too: a machine wants the state as it is."""
        return kind in CARRIED

    async def send(self, message: Message, target: Target, receipt: Receipt | None) -> Receipt:
        """POST the group once. Any 2xx is done. See Channel.send."""
        url, secret = self._url(target)
        bearer = self._bearer_for(target, url)
        headers = {"Content-Type": "application/json", "X-Gateway-Notice": str(message.notice_id)}
        if url.username is not None:
            headers["Authorization"] = _basic(url)
        elif bearer is not None:
            headers["Authorization"] = f"Bearer {bearer.reveal()}"
        data = _encoded(body(message, max_alerts=self._limit(target)))
        hidden = [*_pieces(secret), *([bearer] if bearer is not None else [])]
        try:
            # aiohttp would follow a redirect with our headers and body to any other host.
            async with self._session.post(
                url.text,
                # aiohttp warns of large bytes, and takes longer over small files.
                data=data if len(data) < LARGE else BytesIO(data),
                headers=headers,
                timeout=self._patience(target),
                allow_redirects=False,
            ) as answer:
                detail = ""
                if answer.status >= 400:
                    detail = said(
                        (await answer.content.read(ANSWER_BYTES)).decode("utf-8", "replace"), hidden
                    )
                error = refused(answer.status, detail, answer.headers, vendor="the webhook")
                status = answer.status
        except PrivateAddress as refusal:
            raise SendError(Failure.MISCONFIGURED, str(refusal)) from None
        except (aiohttp.ClientError, TimeoutError, OSError) as trouble:
            raise _no_answer(trouble) from None
        except ValueError:
            raise SendError(Failure.BAD_RECIPIENT, "the webhook's URL cannot be used") from None
        if error is not None:
            raise error
        return {"status": str(status)}

    def _url(self, target: Target) -> tuple[WebUrl, Secret | None]:
        """The URL to post to and, where it is one, the secret that it came from."""
        secret = self._secrets.get(target.address)
        try:
            return web_url(secret.reveal() if secret is not None else target.address), secret
        except ValueError:
            raise SendError(
                Failure.BAD_RECIPIENT, "the webhook's URL cannot be used: run gateway check"
            ) from None

    def _bearer_for(self, target: Target, url: WebUrl) -> Secret | None:
        """The token to send. The target's own credentials win over the channel's.

        An empty `bearer` at the target sends none. One beside a name and a password in the URL
        is refused by `gateway check`; of a secret that changed since, the URL wins.
        """
        reference = target.options.get("bearer")
        if url.username is not None or reference == "":
            return None
        if reference is None:
            return self._bearer
        if reference not in self._secrets:
            raise SendError(Failure.MISCONFIGURED, f"no secret is known as {reference}")
        return self._secrets[reference]

    def _limit(self, target: Target) -> int:
        asked = target.options.get("max_alerts", "")
        return int(asked) if asked.isdecimal() else self._max_alerts

    def _patience(self, target: Target) -> aiohttp.ClientTimeout:
        asked = target.options.get("timeout")
        if asked is None:
            return self._timeout
        total = float(asked)
        connect = self._timeout.connect
        return aiohttp.ClientTimeout(total=total, connect=min(total, connect or total))

    async def close(self) -> None:
        """Close the HTTP session."""
        await self._session.close()


def _basic(url: WebUrl) -> str:
    """The header of HTTP's basic authentication, in UTF-8 (RFC 7617, 2.1)."""
    both = f"{url.username or ''}:{url.password or ''}"
    return "Basic " + b64encode(both.encode("utf-8", "surrogateescape")).decode("ascii")


def _pieces(url: Secret | None) -> list[Secret]:
    """A secret URL and what is secret in it: answers like to repeat the path."""
    if url is None:
        return []
    _, _, rest = url.reveal().partition("://")
    _, _, path = rest.partition("/")
    found = [piece for piece in re.split(r"[/?&=#]", path) if len(piece) >= SHORTEST_PIECE]
    return [url, *map(Secret, sorted(found, key=len, reverse=True))]


def _encoded(content: Mapping[str, Any]) -> bytes:
    try:
        return orjson.dumps(content)
    except orjson.JSONEncodeError:
        # Lone surrogates: the standard library writes them as escapes.
        return json.dumps(content).encode("ascii")


def _no_answer(error: Exception) -> SendError:
    """The failure that no answer stands for; only its kind, for aiohttp's texts hold URLs."""
    what = type(error).__name__
    if isinstance(error, aiohttp.ClientConnectorError):
        if isinstance(error.os_error, PrivateAddress):
            return SendError(Failure.MISCONFIGURED, str(error.os_error))
        return SendError(Failure.CONNECTION, f"cannot connect ({type(error.os_error).__name__})")
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return SendError(Failure.CONNECTION, f"cannot connect ({what})")
    if isinstance(error, aiohttp.InvalidURL):
        return SendError(Failure.BAD_RECIPIENT, "the webhook's URL cannot be used")
    if isinstance(error, TimeoutError):
        return SendError(Failure.TIMEOUT, "no answer in time", perhaps=True)
    return SendError(Failure.CONNECTION, f"the connection broke ({what})", perhaps=True)


def build(settings: ChannelSettings, secrets: Mapping[str, Secret]) -> Webhook:
    """The channel of `channels: webhook:`. Raises ValueError for an option it cannot read."""
    options = settings.options
    private = options.get("private_addresses", "allow")
    if private not in ("allow", "refuse"):
        raise ValueError(
            f"channels.webhook.private_addresses is {private!r}: write allow or refuse"
        )
    most = options.get("max_alerts", "0")
    if not most.isdecimal():
        raise ValueError(f"channels.webhook.max_alerts is {most!r}: write a number, 0 for all")
    return Webhook(
        secrets,
        bearer=settings.secrets.get("bearer"),
        max_alerts=int(most),
        private_addresses=private == "allow",
    )
