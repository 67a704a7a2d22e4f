"""Other services by Apprise: Teams, Discord, Telegram, Matrix, Signal and many more.

The library is synchronous and says only whether a service has accepted a message. Its calls run in
threads, its requests over the channels' HTTP client, whose answers say more. It neither waits
between messages nor tries again by itself. A plugin's object stays for the next message, because
some services limit how often one signs in.
"""

import logging
from collections.abc import Mapping
from functools import partial
from typing import Any

import requests

from gateway.channels.apprise.requests_shim import Exchange, begin, load_library
from gateway.channels.apprise.words import title_and_body
from gateway.channels.contract import accepts_notice
from gateway.channels.support.client import CONNECT_TIMEOUT, TOTAL_TIMEOUT, HttpClient
from gateway.channels.support.http_errors import status_failure, vendor_text
from gateway.channels.support.sdk_transport import GRACE, SdkTransport
from gateway.channels.support.threads import Threads
from gateway.core.incidents.message import Message, Receipt
from gateway.core.incidents.notice import NoticeKind
from gateway.core.incidents.retry import Failure, SendError
from gateway.core.plan.accounts import ChannelSettings, Secret
from gateway.core.plan.channels import CHANNELS
from gateway.core.plan.plan import Target
from gateway.core.plan.service_url import scheme_of, secret_parts, service_url
from gateway.log import add_secret

IN_FLIGHT = 4
"""Messages at once. Each holds a thread until the service has answered."""

REQUESTS = 3
"""Requests that a message may take, such as signing in at Matrix. More are cut off by the
deadline of the thread, and the message counts as perhaps sent."""


class Apprise:
    """The channel of other services. One HTTP client for all of them."""

    spec = CHANNELS["apprise"]
    in_flight = IN_FLIGHT

    def __init__(
        self,
        secrets: Mapping[str, Secret],
        *,
        private_addresses: bool = True,
        proxy: Secret | None = None,
        total_timeout: float = TOTAL_TIMEOUT,
        connect_timeout: float = CONNECT_TIMEOUT,
    ) -> None:
        """Set up the client; `secrets` resolves target addresses. Timeouts are in seconds.

        `private_addresses` False refuses to connect to anything that is not a public address.
        Needs a running event loop. The library is imported by the first message, in a thread.
        """
        self._secrets = secrets
        self._http = HttpClient(
            IN_FLIGHT,
            proxy=proxy,
            public_only=not private_addresses,
            total_timeout=total_timeout,
            connect_timeout=connect_timeout,
        )
        self._transport = SdkTransport(self._http)
        self._idle: dict[
            Secret, list[Any]
        ] = {}  # plugins' objects by URL; each is used by one call
        self._threads = Threads("apprise", IN_FLIGHT, REQUESTS * total_timeout + GRACE)

    def accepts(self, kind: NoticeKind, *, quiet: bool) -> bool:
        """Accept what the spec's capabilities cover."""
        return accepts_notice(self.spec, kind, quiet=quiet)

    async def send(self, message: Message, target: Target, receipt: Receipt | None) -> Receipt:
        """Send one message to one service. See Channel.send."""
        secret = self._secrets.get(target.address)
        if secret is None:
            raise SendError(Failure.MISCONFIGURED, f"no service is known as {target.address}")
        try:
            url = service_url(secret.reveal())
        except ValueError as error:
            raise SendError(Failure.BAD_RECIPIENT, f"the service's URL: {error}") from None
        format_ = target.options.get("format", "text")
        await self._threads.call(partial(self._notify, url, message, format_))
        return {"service": scheme_of(url)}

    def _notify(self, url: str, message: Message, format_: str) -> None:
        """Send one message. Runs in a thread; raises SendError only."""
        idle = self._idle.setdefault(Secret(url), [])
        try:
            service = idle.pop()
        except IndexError:  # another thread may have taken the last one
            service = _service(url)
        title, body = title_and_body(message, service.title_maxlen, service.body_maxlen)
        exchange = begin(self._transport)
        try:
            accepted = service.notify(
                body=body, title=title, notify_type=_type_of(message), body_format=format_
            )
        except Exception as error:
            # Plugins let errors of parsing and of types through.
            text = f"the {scheme_of(url)} plugin failed with {type(error).__name__}"
            raise exchange.failure or SendError(Failure.BAD_ANSWER, text, perhaps=True) from None
        if not accepted:
            raise _failure(exchange, url)
        idle.append(service)  # it has signed in; after a failure the next one does so anew

    def problem(self) -> str:
        """See Channel.problem."""
        return self._threads.problem() or self._http.problem()

    async def close(self) -> None:
        """Wait for messages in flight, then release threads and connections."""
        try:
            await self._threads.close()
        finally:
            await self._http.close()


def _service(url: str) -> Any:
    """Return a new object of a URL's plugin. Raises SendError if there can be none."""
    try:
        library = load_library()
    except ModuleNotFoundError:
        text = 'the library is not installed: pip install "alert-gateway[apprise]"'
        raise SendError(Failure.MISCONFIGURED, text) from None
    except Exception as error:
        text = f"the library Apprise cannot be imported ({type(error).__name__})"
        raise SendError(Failure.MISCONFIGURED, text) from error
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)  # it logs URLs and failures
    asset = library.AppriseAsset(
        app_id="Alert gateway",
        app_desc="Alert gateway",
        app_url="",
        plugin_paths=[],
        allow_templates=False,
        async_mode=False,
        interpret_emojis=False,
        interpret_escapes=False,
        secure_logging=True,
        storage_mode=library.PersistentStoreMode.MEMORY,
        pem_autogen=False,
        pgp_autogen=False,
        http_redirects=False,
    )
    service = library.Apprise.instantiate(url, asset=asset, suppress_exceptions=True)
    if service is None:
        text = f"Apprise cannot read this {scheme_of(url)}:// URL: see apprise.md"
        raise SendError(Failure.BAD_RECIPIENT, text)
    # It would sleep between its messages. The outbox and its holds keep the rate.
    service.request_rate_per_sec = 0
    return service


def _type_of(message: Message) -> str:
    if message.status == "resolved":
        return "success"
    return {1: "failure", 2: "warning"}.get(message.rank, "info")


def _failure(exchange: Exchange, url: str) -> SendError:
    """Return why a service has not accepted a message, where its last answer says that."""
    name = f"the {scheme_of(url)} service"
    if exchange.failure is not None:
        return exchange.failure
    response = exchange.response
    if response is None:
        return SendError(Failure.BAD_ANSWER, f"{name} was not asked: Apprise gives no reason")
    hidden = [Secret(part) for part in secret_parts(url)]
    detail = vendor_text(_text(response), [Secret(url), *hidden])
    error = status_failure(response.status_code, detail, response.headers, vendor=name)
    text = f"{name} did not accept it" + (f": {detail}" if detail else "")
    return error or SendError(Failure.BAD_ANSWER, text, perhaps=True)


def _text(response: requests.Response) -> str:
    return response.content[:2000].decode("utf-8", "replace")


def build(settings: ChannelSettings, secrets: Mapping[str, Secret]) -> Apprise:
    """Return the channel of an account. Raises ValueError for an invalid option."""
    private = settings.options.get("private_addresses", "allow")
    if private not in ("allow", "refuse"):
        where = f"channels.{settings.name}.private_addresses"
        raise ValueError(f"{where} is {private!r}: write allow or refuse")
    for secret in secrets.values():
        for part in _parts(secret):
            add_secret(part)
    return Apprise(
        secrets,
        private_addresses=private == "allow",
        proxy=settings.secrets.get("proxy"),
    )


def _parts(secret: Secret) -> list[str]:
    """Return the secret parts of a secret that is a service's URL; nothing for another one."""
    try:
        return secret_parts(service_url(secret.reveal()))
    except ValueError:
        return []
