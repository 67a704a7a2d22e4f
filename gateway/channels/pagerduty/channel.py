"""PagerDuty by Events API v2, through pdpyras.

trigger, acknowledge and resolve on one dedup key per incident: a repeat of any of them is
harmless. pdpyras is synchronous; its calls run in threads of our own, and its requests over the
channels' HTTP client.
"""

import warnings
from collections.abc import Mapping
from functools import partial
from typing import Any

import requests

from gateway.channels.contract import accepts_notice
from gateway.channels.pagerduty import errors
from gateway.channels.pagerduty.directory import REST_URL, Directory
from gateway.channels.pagerduty.event import dedup_key, event
from gateway.channels.support.client import CONNECT_TIMEOUT, TOTAL_TIMEOUT, HttpClient
from gateway.channels.support.sdk_transport import GRACE, mount
from gateway.channels.support.threads import Threads
from gateway.core.incidents.message import Message, Receipt
from gateway.core.incidents.notice import NoticeKind
from gateway.core.incidents.retry import Failure, SendError
from gateway.core.plan.accounts import ChannelSettings, Secret
from gateway.core.plan.channels import CHANNELS
from gateway.core.plan.plan import Target

with warnings.catch_warnings():
    # Its import warns that it is deprecated; docs/decisions say why it stays.
    warnings.simplefilter("ignore", UserWarning)
    from pdpyras import EventsAPISession, PDHTTPError

IN_FLIGHT = 8
API_URL = "https://events.pagerduty.com"

_ACTIONS = {
    NoticeKind.FIRING: ("trigger",),
    NoticeKind.REPEAT: ("trigger",),
    NoticeKind.WORSE: ("trigger",),
    NoticeKind.ESCALATION: ("trigger",),
    # The Events API has no "unacknowledge": a trigger at least shows in the incident's log.
    NoticeKind.UNACKNOWLEDGED: ("trigger",),
    NoticeKind.MISSED: ("trigger",),  # a line in the incident's log
    NoticeKind.ACKNOWLEDGED: ("acknowledge",),
    NoticeKind.RESOLVED: ("resolve",),
    NoticeKind.LATE: ("trigger", "resolve"),
    NoticeKind.TEST: ("trigger",),
}
"""Event actions by kind. No digest: each incident has its own dedup key, which must resolve."""


class Session(EventsAPISession):  # type: ignore[misc]  # pdpyras ships no types
    """pdpyras's session with one request per call.

    Unchanged, it sleeps and retries inside the thread, on 429 without end, and logs an error. An
    exception that is raised here leaves its loop at once (read in 5.4.1).
    """

    max_network_attempts = 0

    def postprocess(self, response: requests.Response) -> None:
        """Raise PDHTTPError unless the response is a success."""
        if not response.ok:
            raise PDHTTPError(f"the answer was {response.status_code}", response)


class PagerDuty:
    """The PagerDuty channel. One session per routing key, made when it is first used."""

    spec = CHANNELS["pagerduty"]

    def __init__(
        self,
        secrets: Mapping[str, Secret],
        *,
        api_url: str = API_URL,
        rest_token: Secret | None = None,
        rest_url: str = REST_URL,
        in_flight: int = IN_FLIGHT,
        proxy: Secret | None = None,
        total_timeout: float = TOTAL_TIMEOUT,
        connect_timeout: float = CONNECT_TIMEOUT,
    ) -> None:
        """Set up the threads; `secrets` resolves target addresses to routing keys.

        `rest_token` is a read-only key of the REST API, for what webhooks leave out.
        Timeouts are in seconds, for one call. Needs a running event loop.
        """
        self.in_flight = in_flight
        self._secrets = secrets
        self._api_url = api_url.rstrip("/")
        self._threads = Threads("pagerduty", in_flight, total_timeout + GRACE)
        self._http = HttpClient(
            in_flight, proxy=proxy, total_timeout=total_timeout, connect_timeout=connect_timeout
        )
        self._directory = Directory(self._http, rest_token, rest_url)
        self._sessions: dict[Secret, Session] = {}

    def accepts(self, kind: NoticeKind, *, quiet: bool) -> bool:
        """Accept everything except digests and quiet updates."""
        return accepts_notice(self.spec, kind, quiet=quiet)

    async def send(self, message: Message, target: Target, receipt: Receipt | None) -> Receipt:
        """Send one event, or two for an incident that has resolved meanwhile.

        See Channel.send.
        """
        key = self._secrets.get(target.address)
        if key is None or not key.reveal():
            raise SendError(Failure.MISCONFIGURED, f"no routing key is known as {target.address}")
        session = self._session(key)
        for action in _ACTIONS.get(message.kind, ("trigger",)):
            content = event(message, target) if action == "trigger" else {}
            await self._threads.call(
                partial(self._enqueue, session, key, action, dedup_key(message), content)
            )
        return {"dedup_key": dedup_key(message)}

    async def check_account(self) -> str | None:
        """See ChecksAccount.check_account.

        A routing key cannot be checked without an event. The read-only key of the REST API can.
        """
        return await self._directory.check_token()

    def incident_directory(self) -> Directory:
        """See KnowsIncidents."""
        return self._directory

    def _enqueue(
        self,
        session: Session,
        routing_key: Secret,
        action: str,
        key: str,
        content: dict[str, Any],
    ) -> None:
        """Make one request. Runs in a thread; raises SendError only."""
        try:
            session.send_event(action, dedup_key=key, **content)
        except Exception as error:
            # pdpyras lets errors of requests and json through.
            raise errors.failure_of(error, routing_key) from None

    def _session(self, routing_key: Secret) -> Session:
        session = self._sessions.get(routing_key)
        if session is None:
            session = self._sessions[routing_key] = Session(routing_key.reveal())
            session.url = self._api_url
            mount(session, self._http)
        return session

    def problem(self) -> str:
        """See Channel.problem."""
        return self._threads.problem() or self._http.problem()

    async def close(self) -> None:
        """Wait for events in flight, then release threads and connections."""
        try:
            await self._threads.close()
        finally:
            await self._http.close()


def preview(message: Message) -> dict[str, Any]:
    """Return a trigger event, without its keys."""
    return event(message, Target("pagerduty", "a routing key"))


def build(settings: ChannelSettings, secrets: Mapping[str, Secret]) -> PagerDuty:
    """Return the channel of `channels: pagerduty:`.

    EU accounts need another `api_url` and `rest_url`.
    """
    return PagerDuty(
        secrets,
        api_url=settings.options.get("api_url") or API_URL,
        rest_token=settings.secrets.get("rest_token"),
        rest_url=settings.options.get("rest_url") or REST_URL,
        proxy=settings.secrets.get("proxy"),
    )
