"""E-mail through an SMTP server: a relay of one's own, or a provider's submission server.

Each mail has a connection of its own. It costs a handshake, and no mail meets a connection that the
server has closed meanwhile.
"""

import asyncio
import socket
from collections.abc import Callable
from functools import partial

from gateway import clock
from gateway.channels.contract import accepts_notice
from gateway.channels.email.mail import MailOptions, mail_of, message_id, receipt_of, split_sender
from gateway.channels.email.smtp.mime import mail_bytes, transport_address
from gateway.channels.email.smtp.session import IMPLICIT, NO_TLS, STARTTLS, Server, Session
from gateway.channels.support.resolver import Resolver
from gateway.core.incidents.message import Message, Receipt
from gateway.core.incidents.notice import NoticeKind
from gateway.core.plan.accounts import ChannelSettings
from gateway.core.plan.channels import CHANNELS
from gateway.core.plan.plan import Target

IN_FLIGHT = 8

TOTAL_TIMEOUT = 30.0
"""Seconds for a whole mail, below the deadline of an attempt. Servers check a mail for viruses and
spam before they accept it, which takes many seconds. Lower: such a mail is sent twice."""

LARGE_MAIL = 128 * 1024
"""Characters from which a mail is encoded in a thread. A smaller one holds the event loop for 6 ms
at most, the largest would for 40 ms."""

CONNECT_TIMEOUT = 5.0
"""Seconds for name lookup and connecting."""

PORTS = {STARTTLS: 587, IMPLICIT: 465, NO_TLS: 25}
"""RFC 6409 (submission), RFC 8314 (submissions) and RFC 5321."""


class SmtpEmail:
    """The e-mail channel by SMTP."""

    spec = CHANNELS["email"]

    def __init__(
        self,
        server: Server,
        options: MailOptions,
        *,
        in_flight: int = IN_FLIGHT,
        total_timeout: float = TOTAL_TIMEOUT,
        connect_timeout: float = CONNECT_TIMEOUT,
        now: Callable[[], float] = clock.now,
    ) -> None:
        """Timeouts are in seconds. Needs a running event loop. Raises ValueError for `server`."""
        self.in_flight = in_flight
        self._server = server
        self._options = options
        self._context = server.context()
        self._sender = transport_address(split_sender(options.sender).address)
        self._resolver = Resolver(in_flight)
        self._total_timeout = total_timeout
        self._connect_timeout = connect_timeout
        self._now = now

    def accepts(self, kind: NoticeKind, *, quiet: bool) -> bool:
        """Accept everything except quiet updates: e-mail cannot be edited in place."""
        return accepts_notice(self.spec, kind, quiet=quiet)

    async def send(self, message: Message, target: Target, receipt: Receipt | None) -> Receipt:
        """Send one mail to one recipient, and its copies. See Channel.send."""
        mail = mail_of(message, target, receipt, self._options)
        to, *copies = map(transport_address, (mail.to, *mail.copies))
        make_bytes = partial(mail_bytes, mail, self._options.sender, self._now())
        is_large = len(mail.text) + len(mail.html) > LARGE_MAIL
        content = await asyncio.to_thread(make_bytes) if is_large else make_bytes()
        session = Session(self._server, self._context, self._total_timeout)
        try:
            async with asyncio.timeout(self._total_timeout):
                await session.open(self._resolver, self._connect_timeout)
                refused = await session.send(self._sender, to, copies, content)
        except Exception as error:
            await session.close(polite=False)
            raise session.failure(error) from None
        except BaseException:
            await session.close(polite=False)
            raise
        await session.close(polite=True)
        own_id = message_id(message, self._options)
        why = {address: error.detail for address, error in refused.items()}
        return receipt_of(own_id, message, receipt, self._options, why)

    async def check_account(self) -> str:
        """See ChecksAccount.check_account: connect, encrypt, log in, and send nothing."""
        session = Session(self._server, self._context, self._total_timeout)
        try:
            async with asyncio.timeout(self._total_timeout):
                await session.open(self._resolver, self._connect_timeout)
        except Exception as error:
            await session.close(polite=False)
            raise session.failure(error) from None
        except BaseException:
            await session.close(polite=False)
            raise
        await session.close(polite=True)
        return f"{self._server.host}:{self._server.port}"

    def problem(self) -> str:
        """See Channel.problem."""
        return self._resolver.threads.problem()

    async def close(self) -> None:
        """Do nothing: each send closes its connection."""


def build(settings: ChannelSettings, options: MailOptions) -> SmtpEmail:
    """Return the channel of an account. Raises ValueError naming what is missing or invalid."""
    host = settings.options.get("host", "")
    if not host:
        raise ValueError(f"channels.{settings.name}.host is missing: the SMTP server")
    tls = settings.options.get("tls", STARTTLS)
    return SmtpEmail(
        Server(
            host=host,
            port=int(settings.options.get("port") or PORTS[tls]),
            hello=settings.options.get("hello") or _own_name(options),
            tls=tls,
            username=settings.options.get("username", ""),
            password=settings.secrets.get("password"),
            authorities=settings.options.get("ca_file", ""),
        ),
        options,
    )


def _own_name(options: MailOptions) -> str:
    """Return the machine's name if it is a full one, else the sender's domain. No name lookup."""
    name = socket.gethostname()
    return name if "." in name and name.isascii() else options.domain
