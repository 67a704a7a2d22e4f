"""Outgoing webhooks in Alertmanager's format, version 4.

Fields as in Alertmanager's notify/webhook and template.Data; `notification_reason` as of 0.32.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import aiohttp
import orjson

from gateway.channels.contract import accepts_notice
from gateway.channels.support.client import (
    CONNECT_TIMEOUT,
    TOTAL_TIMEOUT,
    HttpClient,
    basic_auth,
    request_body,
)
from gateway.channels.support.connection_errors import connection_failure
from gateway.channels.support.http_errors import status_failure, vendor_text
from gateway.channels.support.secret_urls import secret_parts
from gateway.channels.webhook.body import body
from gateway.core.incidents.message import Message, Receipt
from gateway.core.incidents.notice import NoticeKind
from gateway.core.incidents.retry import Failure, SendError
from gateway.core.plan.accounts import ChannelSettings, Secret
from gateway.core.plan.channels import CHANNELS
from gateway.core.plan.plan import Target
from gateway.core.urls.web_url import WebUrl, web_url

IN_FLIGHT = 16
MAX_CACHED_URLS = 1024
"""Parsed URLs that are cached; those of further targets are parsed for each message."""
RESPONSE_BYTES = 2000  # of an error's body: enough to say what is wrong


class Webhook:
    """The webhook channel. One HTTP session for all its targets."""

    spec = CHANNELS["webhook"]
    in_flight = IN_FLIGHT

    def __init__(
        self,
        secrets: Mapping[str, Secret],
        *,
        bearer: Secret | None = None,
        max_alerts: int = 0,
        private_addresses: bool = True,
        proxy: Secret | None = None,
        total_timeout: float = TOTAL_TIMEOUT,
        connect_timeout: float = CONNECT_TIMEOUT,
    ) -> None:
        """Set up the client. Needs a running event loop.

        `secrets` resolves target addresses; `max_alerts` 0 sends all alerts.

        `private_addresses` False refuses to connect to anything that is not a public address.
        """
        self._secrets = secrets
        self._bearer = bearer
        self._web_url = lru_cache(maxsize=MAX_CACHED_URLS)(web_url)
        self._max_alerts = max_alerts
        self._http = HttpClient(
            IN_FLIGHT,
            proxy=proxy,
            public_only=not private_addresses,
            total_timeout=total_timeout,
            connect_timeout=connect_timeout,
            headers={"User-Agent": "alert-gateway"},
            refuse_redirects=False,  # `send` follows none
        )

    def accepts(self, kind: NoticeKind, *, quiet: bool) -> bool:
        """Accept firing and resolved notices, quiet ones too: a program reads the state."""
        return accepts_notice(self.spec, kind, quiet=quiet)

    async def send(self, message: Message, target: Target, receipt: Receipt | None) -> Receipt:
        """POST the group once; any 2xx is a success. See Channel.send."""
        url, secret = self._url(target)
        bearer = self._bearer_for(target, url)
        headers = {"Content-Type": "application/json", "X-Gateway-Notice": str(message.notice_id)}
        if url.username is not None:
            headers["Authorization"] = basic_auth(url)
        elif bearer is not None:
            headers["Authorization"] = f"Bearer {bearer.reveal()}"
        data = _to_json(body(message, max_alerts=self._max_alerts_for(target)))
        try:
            # aiohttp would send headers and body to any host that a redirect names.
            async with self._http.session.post(
                url.text,
                data=request_body(data),
                headers=headers,
                timeout=self._http.timeout(self._timeout(target)),
                allow_redirects=False,
            ) as answer:
                detail = ""
                if answer.status >= 400:
                    hidden = [*secret_parts(secret), *_credentials(url)]
                    hidden += [bearer] if bearer is not None else []
                    detail = vendor_text(
                        (await answer.content.read(RESPONSE_BYTES)).decode("utf-8", "replace"),
                        hidden,
                    )
                error = status_failure(answer.status, detail, answer.headers, vendor="the webhook")
                status = answer.status
        except aiohttp.InvalidURL:
            raise SendError(Failure.BAD_RECIPIENT, "the webhook's URL cannot be used") from None
        except (aiohttp.ClientError, TimeoutError, OSError) as failure:
            # Before ValueError, because the error of an untrusted certificate is one too.
            raise connection_failure(failure) from None
        except ValueError:
            raise SendError(Failure.BAD_RECIPIENT, "the webhook's URL cannot be used") from None
        if error is not None:
            raise error
        return {"status": str(status)}

    def _url(self, target: Target) -> tuple[WebUrl, Secret | None]:
        """Return the URL to post to, and the secret that it came from, if any."""
        secret = self._secrets.get(target.address)
        try:
            return self._web_url(secret.reveal() if secret is not None else target.address), secret
        except ValueError:
            raise SendError(
                Failure.BAD_RECIPIENT, "the webhook's URL cannot be used: run gateway check"
            ) from None

    def _bearer_for(self, target: Target, url: WebUrl) -> Secret | None:
        """Return the token to send. The target's credentials win over the channel's.

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

    def _max_alerts_for(self, target: Target) -> int:
        value = target.options.get("max_alerts", "")
        return int(value) if value.isdecimal() else self._max_alerts

    def _timeout(self, target: Target) -> float:
        """Return the seconds for the whole call."""
        return float(target.options.get("timeout", self._http.total_timeout))

    def problem(self) -> str:
        """See Channel.problem."""
        return self._http.problem()

    async def close(self) -> None:
        """Close the HTTP client."""
        await self._http.close()


def _credentials(url: WebUrl) -> list[Secret]:
    """Return the secrets in a URL's credentials, which a response may repeat."""
    if url.username is None:
        return []
    return [Secret(basic_auth(url).removeprefix("Basic ")), Secret(url.password or "")]


def _to_json(content: Mapping[str, Any]) -> bytes:
    try:
        return orjson.dumps(content)
    except orjson.JSONEncodeError:
        # Lone surrogates: the standard library writes them as escapes.
        return json.dumps(content).encode("ascii")


def build(settings: ChannelSettings, secrets: Mapping[str, Secret]) -> Webhook:
    """Return the channel of `channels: webhook:`.

    Raises ValueError for an invalid option.
    """
    options, where = settings.options, f"channels.{settings.name}"
    private = options.get("private_addresses", "allow")
    if private not in ("allow", "refuse"):
        raise ValueError(f"{where}.private_addresses is {private!r}: write allow or refuse")
    max_alerts = options.get("max_alerts", "0")
    if not max_alerts.isdecimal():
        raise ValueError(f"{where}.max_alerts is {max_alerts!r}: write a number, 0 for all")
    return Webhook(
        secrets,
        bearer=settings.secrets.get("bearer"),
        max_alerts=int(max_alerts),
        private_addresses=private == "allow",
        proxy=settings.secrets.get("proxy"),
    )
