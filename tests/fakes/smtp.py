"""A fake SMTP server: aiosmtpd, with a record of mails and a script of refusals."""

import asyncio
import logging
import ssl
from collections import deque
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as default_policy
from typing import Any, Self, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.fakes.raw import DRIP
from tests.fakes.server import Behaviour

# It logs the errors of the clients that are tested here.
logging.getLogger("mail.log").setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class Reply:
    """A reply in place of the proper one to a command: MAIL, RCPT, DATA or AUTH."""

    command: str
    text: str
    only: str = ""  # the one address that it concerns


@dataclass
class ReceivedMail:
    """One mail that was handed over completely, whether or not it was accepted."""

    sender: str
    recipients: list[str]
    options: list[str]
    raw: bytes
    encrypted: bool
    login: str
    accepted: bool = False

    @property
    def mail(self) -> EmailMessage:
        """The mail, parsed."""
        return cast(EmailMessage, message_from_bytes(self.raw, policy=default_policy))

    @property
    def text(self) -> str:
        """Subject and all bodies, as a mail program shows them."""
        mail = self.mail
        parts = [part.get_content() for part in mail.walk() if not part.is_multipart()]
        return "\n".join([str(mail["Subject"]), *parts])


class FakeSmtp:
    """An SMTP server on 127.0.0.1. `problems` is there for the contract, and stays empty."""

    def __init__(
        self,
        *,
        starttls: ssl.SSLContext | None = None,
        implicit: ssl.SSLContext | None = None,
        login: tuple[str, str] | None = None,
        size: int | None = 1_000_000_000,
        utf8: bool = False,
    ) -> None:
        """`login`: a name and a password that it asks for; `size` None: it offers no SIZE."""
        self.received: list[ReceivedMail] = []
        self.problems: list[str] = []
        self.replies: list[Reply] = []
        self.default: Behaviour | None = None
        self.connections = 0
        self.hello = ""
        self._script: deque[Behaviour] = deque()
        self._starttls, self._implicit, self._login = starttls, implicit, login
        self._size, self._utf8 = size, utf8
        self._open: set[SMTP] = set()
        self._arrival = asyncio.Event()
        self._stopping = asyncio.Event()
        self.port = 0

    @property
    def accepted(self) -> list[ReceivedMail]:
        """Return the accepted mails, in order."""
        return [one for one in self.received if one.accepted]

    def script(self, *behaviours: Behaviour) -> None:
        """Misbehave at the end of the next mails: `drop`, `hang`, `drip` and `wait`."""
        self._script.extend(behaviours)

    async def arrived(self, count: int) -> None:
        """Wait until `count` mails have come in since the start."""
        while len(self.received) < count:
            self._arrival.clear()
            await self._arrival.wait()

    async def start(self, tls: ssl.SSLContext | None = None) -> Self:
        """Listen; `tls` replaces the context of STARTTLS."""
        self._starttls = tls or self._starttls
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            self._protocol, "127.0.0.1", self.port, ssl=self._implicit
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def stop(self) -> None:
        """Stop listening and close all connections."""
        self._stopping.set()
        self._server.close()
        for one in list(self._open):
            if one.transport is not None:
                one.transport.abort()
        await asyncio.sleep(0)
        for one in list(self._open):
            if one._handler_coroutine is not None:
                one._handler_coroutine.cancel()
                await asyncio.gather(one._handler_coroutine, return_exceptions=True)

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def _protocol(self) -> SMTP:
        self.connections += 1
        server = SMTP(
            self,
            hostname="mail.example.com",
            data_size_limit=self._size,
            enable_SMTPUTF8=self._utf8,
            tls_context=self._starttls,
            require_starttls=False,
            auth_require_tls=not self._implicit and self._starttls is not None,
            authenticator=self._authenticate if self._login else None,
        )
        self._open.add(server)
        return server

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        reply = self._reply("AUTH")
        if reply is not None:
            return AuthResult(success=False, handled=False, message=reply)
        assert isinstance(data, LoginPassword)
        credentials = (data.login.decode(), data.password.decode())
        if credentials != self._login:
            return AuthResult(success=False, handled=False)  # aiosmtpd answers 535
        return AuthResult(success=True, auth_data=credentials[0])

    def _reply(self, command: str, address: str = "") -> str | None:
        for one in self.replies:
            if one.command == command and one.only in ("", address):
                return one.text
        return None

    async def handle_EHLO(
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        """Take the client's name."""
        session.host_name = self.hello = hostname
        if self._login is None:
            responses = [one for one in responses if not one.startswith("250-AUTH")]
        return responses

    async def handle_MAIL(
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        """Take the sender."""
        if refusal := self._reply("MAIL", address):
            return refusal
        if self._login is not None and not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        """Take a recipient."""
        if refusal := self._reply("RCPT", address):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take the mail, or misbehave as the script says."""
        content = envelope.content
        assert isinstance(content, bytes)
        got = ReceivedMail(
            envelope.mail_from or "",
            list(envelope.rcpt_tos),
            list(envelope.mail_options),
            content,
            session.ssl is not None or self._implicit is not None,
            str(session.auth_data or ""),
        )
        self.received.append(got)
        self._arrival.set()
        how = self._script.popleft() if self._script else self.default or Behaviour()
        refusal = self._reply("DATA")
        got.accepted = "before" not in (how.drop, how.hang) and refusal is None and not how.drip
        if how.wait is not None:
            await how.wait.wait()
        if how.drop is not None:
            server.transport.abort()
        elif how.hang is not None:
            await self._stopping.wait()
        elif how.drip:
            await self._drip(server)
        return refusal or "250 2.0.0 queued as 4Z1"

    async def _drip(self, server: SMTP) -> None:
        """Send the reply's continuation lines, a byte now and then, for ever."""
        while not self._stopping.is_set() and not server.transport.is_closing():
            server.transport.write(b"2")
            await asyncio.sleep(DRIP)
