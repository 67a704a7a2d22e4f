"""One connection to an SMTP server, which takes one mail.

aiosmtplib speaks the protocol. It would look up names in a shared pool, and wait a minute for each
reply; here the name lookup has threads of its own, and the caller has one deadline for all.
"""

import asyncio
import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import aiosmtplib

from gateway.channels.email.smtp.errors import failure_of, reply_failure
from gateway.channels.email.smtp.replies import Step
from gateway.channels.support.resolver import Resolver
from gateway.channels.support.tls import tls_context
from gateway.core.incidents.retry import Failure, SendError
from gateway.core.plan.accounts import Secret

QUIT_TIMEOUT = 1.0
"""Seconds to wait for the answer to QUIT, after the mail was accepted."""

STARTTLS, IMPLICIT, NO_TLS = "starttls", "implicit", "none"
"""How a connection is encrypted, as routes.yaml writes it."""


@dataclass(frozen=True, slots=True)
class Server:
    """An SMTP server, and how to connect to it. `authorities` is PEM; empty: the system's."""

    host: str
    port: int
    hello: str
    tls: str = STARTTLS
    username: str = ""
    password: Secret | None = None
    authorities: str = ""

    def context(self) -> ssl.SSLContext | None:
        """Return what checks its certificate; None without TLS."""
        return None if self.tls == NO_TLS else tls_context(self.authorities)

    @property
    def secrets(self) -> list[Secret]:
        """Return what a reply may repeat and nobody may read."""
        return [] if self.password is None else [self.password]


class Session:
    """A connection. `open`, then `send` once, then `close`."""

    def __init__(self, server: Server, context: ssl.SSLContext | None, timeout: float) -> None:
        """`timeout` is in seconds, for a single reply; the caller limits the whole."""
        self.step = Step.CONNECT
        self._server = server
        self._context = context
        self._timeout = timeout
        self._client: aiosmtplib.SMTP | None = None

    async def open(self, resolver: Resolver, connect_timeout: float) -> None:
        """Connect, encrypt and log in. Raises SendError and what aiosmtplib raises."""
        server = self._server
        async with asyncio.timeout(connect_timeout):
            sock = await _connect(server, resolver)
        client = self._client = aiosmtplib.SMTP(
            hostname=server.host,
            port=None,
            sock=sock,
            timeout=self._timeout,
            local_hostname=server.hello,
            use_tls=server.tls == IMPLICIT,
            start_tls=False,
            tls_context=self._context,
        )
        self.step = Step.GREETING
        await client.connect()
        self.step = Step.HELLO
        await client.ehlo()
        if server.tls == STARTTLS:
            await self._start_tls(client)
        if server.password is not None:
            await self._log_in(client, server.password)

    async def _start_tls(self, client: aiosmtplib.SMTP) -> None:
        self.step = Step.STARTTLS
        if not client.supports_extension("starttls"):
            # Never without: somebody on the way may have removed the offer.
            text = "the SMTP server offers no STARTTLS; see `tls` of the account"
            raise SendError(Failure.MISCONFIGURED, text)
        await client.starttls()
        self.step = Step.HELLO
        await client.ehlo()

    async def _log_in(self, client: aiosmtplib.SMTP, password: Secret) -> None:
        self.step = Step.LOGIN
        if not client.supported_auth_methods:
            text = "the SMTP server offers no login by password here"
            raise SendError(Failure.MISCONFIGURED, text)
        await client.login(self._server.username, password.reveal())

    async def send(
        self, sender: str, to: str, copies: Sequence[str], content: bytes
    ) -> dict[str, SendError]:
        """Hand over a mail; return the copies that were refused, each with why.

        If the recipient is refused for now, nobody gets the mail yet. If it is refused for good,
        the copies get it, and then the refusal is raised.
        """
        client = self._client
        assert client is not None
        utf8 = not "".join((sender, to, *copies)).isascii()
        self._check_extensions(client, len(content), utf8=utf8)
        encoding = "utf-8" if utf8 else "ascii"
        options = ["SMTPUTF8", "BODY=8BITMIME"] if utf8 else []
        if client.supports_extension("size"):
            options.append(f"SIZE={len(content)}")
        self.step = Step.SENDER
        await client.mail(sender, options=options, encoding=encoding)
        self.step = Step.RECIPIENT
        refusals = {}
        for address in dict.fromkeys((to, *copies)):
            try:
                await client.rcpt(address, encoding=encoding)
            except aiosmtplib.SMTPRecipientRefused as refused:
                error = reply_failure(
                    self.step, refused.code, refused.message, self._server.secrets
                )
                refusals[address] = error
                if address == to and error.failure is not Failure.BAD_RECIPIENT:
                    raise error from None
        if len(refusals) <= len(copies):
            self.step = Step.DATA
            await client.data(content)
        if to in refusals:
            raise refusals[to] if len(refusals) > len(copies) else _copies_only(refusals[to])
        return refusals

    def _check_extensions(self, client: aiosmtplib.SMTP, size: int, *, utf8: bool) -> None:
        """Raise SendError for what the server has said that it refuses."""
        if utf8 and not client.supports_extension("smtputf8"):
            text = "the SMTP server takes no addresses beyond ASCII (SMTPUTF8)"
            raise SendError(Failure.BAD_RECIPIENT, text)
        limit = client.esmtp_extensions.get("size", "").strip()
        if limit.isdecimal() and 0 < int(limit) < size:
            text = f"the SMTP server takes at most {int(limit)} bytes, and the mail has {size}"
            raise SendError(Failure.BAD_CONTENT, text)

    async def close(self, *, polite: bool) -> None:
        """Close the connection; say QUIT first if `polite`. Raises nothing."""
        client, self._client = self._client, None
        if client is None:
            return
        if polite:
            with suppress(aiosmtplib.SMTPException, OSError):
                await client.quit(timeout=QUIT_TIMEOUT)
        client.close()

    def failure(self, error: BaseException) -> SendError:
        """Return the failure of an error at the present step."""
        return failure_of(error, self.step, self._server.secrets)


def _copies_only(refusal: SendError) -> SendError:
    return SendError(refusal.failure, f"only the copies were sent: {refusal.detail}")


async def _connect(server: Server, resolver: Resolver) -> socket.socket:
    """Return a connected socket, to the first address that answers. Raises OSError."""
    loop = asyncio.get_running_loop()
    error: OSError = OSError("the name has no address")
    for one in await resolver.resolve(server.host, server.port):
        sock = socket.socket(one["family"], socket.SOCK_STREAM)
        sock.settimeout(0)  # the loop waits, not the socket
        try:
            await loop.sock_connect(sock, (one["host"], one["port"]))
        except OSError as fault:
            sock.close()
            error = fault
        except BaseException:
            sock.close()
            raise
        else:
            return sock
    raise error
