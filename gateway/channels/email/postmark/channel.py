"""E-mail by Postmark, through postmarker.

postmarker is synchronous and has no deadline. Its calls run in threads, its requests over the
channels' HTTP client. Each recipient gets a separate mail, so a bounce or an acknowledge link
concerns one person only; a copy (`cc`) is of the same mail, whose link is nobody's own.
"""

import logging
from collections.abc import Mapping
from typing import Any

import requests
from postmarker.core import PostmarkClient

from gateway.channels.contract import accepts_notice
from gateway.channels.email.mail import MailOptions, mail_of, receipt_of
from gateway.channels.email.postmark import errors
from gateway.channels.email.postmark.fields import DEFAULT_STREAM, mail_fields
from gateway.channels.support.client import CONNECT_TIMEOUT, TOTAL_TIMEOUT, HttpClient
from gateway.channels.support.http_errors import vendor_text
from gateway.channels.support.sdk_transport import GRACE, mount
from gateway.channels.support.threads import Threads
from gateway.core.incidents.message import Message, Receipt
from gateway.core.incidents.notice import NoticeKind
from gateway.core.plan.accounts import ChannelSettings, Secret
from gateway.core.plan.channels import CHANNELS
from gateway.core.plan.plan import Target

IN_FLIGHT = 8
API_URL = "https://api.postmarkapp.com/"
logger = logging.getLogger(__name__)


class Postmark(PostmarkClient):  # type: ignore[misc]  # postmarker ships no types
    """postmarker's client without the token in its repr."""

    def __repr__(self) -> str:
        return "<PostmarkClient>"


class PostmarkEmail:
    """The e-mail channel by Postmark. One client, as many connections as mails in flight."""

    spec = CHANNELS["email"]

    def __init__(
        self,
        token: Secret,
        options: MailOptions,
        *,
        stream: str = DEFAULT_STREAM,
        api_url: str = API_URL,
        in_flight: int = IN_FLIGHT,
        proxy: Secret | None = None,
        total_timeout: float = TOTAL_TIMEOUT,
        connect_timeout: float = CONNECT_TIMEOUT,
    ) -> None:
        """Set up one client. Timeouts are in seconds, for one call.

        Needs a running event loop.
        """
        self.in_flight = in_flight
        self._token = token
        self._options = options
        self._stream = stream
        self._threads = Threads("email", in_flight, total_timeout + GRACE)
        self._http = HttpClient(
            in_flight, proxy=proxy, total_timeout=total_timeout, connect_timeout=connect_timeout
        )
        self._client = Postmark(server_token=token.reveal(), root_api_url=api_url)
        # postmarker has no public parameter for a transport.
        self._client._session = requests.Session()
        mount(self._client._session, self._http)

    @property
    def takes_replies(self) -> bool:
        """See TakesReplies."""
        return bool(self._options.inbound_address)

    def accepts(self, kind: NoticeKind, *, quiet: bool) -> bool:
        """Accept everything except quiet updates: e-mail cannot be edited in place."""
        return accepts_notice(self.spec, kind, quiet=quiet)

    async def send(self, message: Message, target: Target, receipt: Receipt | None) -> Receipt:
        """Send one mail to one recipient. See Channel.send."""
        mail = mail_of(message, target, receipt, self._options)
        content = mail_fields(mail, message, self._options.sender, self._stream)
        answer = await self._threads.call(lambda: self._post(content))
        if errors.skips(answer, mail.to):
            raise errors.inactive(answer, self._token)
        vendor_id = answer.get("MessageID")
        mail_id = vendor_id if isinstance(vendor_id, str) else ""
        inactive = {one: "inactive" for one in mail.copies if errors.skips(answer, one)}
        return receipt_of(mail_id, message, receipt, self._options, inactive)

    def _post(self, content: dict[str, Any]) -> Mapping[str, Any]:
        """Make one request. Runs in a thread; raises SendError only."""
        try:
            answer = self._client.emails.send(**content)
        except Exception as error:
            # postmarker lets KeyError, AssertionError and requests' own errors through.
            raise errors.failure_of(error, self._token) from None
        if not isinstance(answer, Mapping) or answer.get("ErrorCode") != 0:
            raise errors.bad_answer(answer, self._token)
        return answer

    async def check_account(self) -> str:
        """See ChecksAccount.check_account: GET /server, which sends nothing."""
        answer = await self._threads.call(self._server)
        name = answer.get("Name", "") if isinstance(answer, Mapping) else ""
        return f"server {vendor_text(name, [self._token], 60)}"

    def _server(self) -> Any:
        """Make one request. Runs in a thread; raises SendError only."""
        try:
            return self._client.call("GET", "server")
        except Exception as error:
            raise errors.failure_of(error, self._token) from None

    def problem(self) -> str:
        """See Channel.problem."""
        return self._threads.problem() or self._http.problem()

    async def close(self) -> None:
        """Wait for mails in flight, then release threads and connections."""
        try:
            await self._threads.close()
        finally:
            await self._http.close()


def build(settings: ChannelSettings, options: MailOptions) -> PostmarkEmail:
    """Return the channel of an account. Raises ValueError naming what is missing."""
    where = f"channels.{settings.name}"
    token = settings.secrets.get("token")
    if token is None or not token.reveal():
        raise ValueError(
            f"{where}.token is missing: set it, or say `provider: console` to print "
            "messages instead of sending them"
        )
    api_url = settings.options.get("api_url") or API_URL
    if api_url.split("://", 1)[-1].rstrip("/").count("/"):
        raise ValueError(f"{where}.api_url must be host and port only, without a path")
    return PostmarkEmail(
        token,
        options,
        stream=settings.options.get("message_stream") or DEFAULT_STREAM,
        api_url=api_url,
        proxy=settings.secrets.get("proxy"),
    )
