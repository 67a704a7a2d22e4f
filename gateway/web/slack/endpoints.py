"""POST /callbacks/{account}/actions, …/commands and …/events: what Slack posts.

Only what Slack signed in the last five minutes is read. 401 is for everything else; what is
authentic gets a 200, also when it is refused and recorded, because Slack switches events off, or
shows an error to the person, after any other answer. /slack/actions stays for existing apps: the
signature says which account's app posts there.
"""

import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

import orjson
from aiohttp import web

from gateway.core.errors import GatewayError
from gateway.core.plan.accounts import Secret
from gateway.core.plan.channels import SLACK
from gateway.flow.engine import Engine
from gateway.web.http.bodies import read_body
from gateway.web.http.errors import RequestError, json_response
from gateway.web.http.keys import ENGINE
from gateway.web.slack.handlers import SlackRequests
from gateway.web.slack.signature import SignatureCheck
from gateway.web.slack.socket_mode import SocketMode

log = logging.getLogger(__name__)

LARGEST = 256 * 1024
"""Bytes of a request. A press carries the whole message, percent-encoded."""

EXCERPT = 200
"""Characters of a refused body that are stored with its refusal."""

SLACK_REQUESTS: web.AppKey[SlackRequests] = web.AppKey("gateway.slack_requests", SlackRequests)

SOCKET_MODE: web.AppKey[SocketMode] = web.AppKey("gateway.slack_socket_mode", SocketMode)


class MalformedRequestError(GatewayError, ValueError):
    """An authentic request that cannot be read."""


class SlackEndpoints:
    """Handlers of what Slack posts."""

    def __init__(self, engine: Engine, requests: SlackRequests) -> None:
        self._engine = engine
        self._requests = requests
        self._signatures = SignatureCheck(engine.now)

    async def actions(self, request: web.Request) -> web.StreamResponse:
        """Run the buttons that were pressed; answer 200 to unknown ones, too."""
        account, body = await self._read(request, once=True)
        try:
            payload = _json(_field(_form(body), "payload").encode())
        except MalformedRequestError as error:
            return await self._refuse(request, account, body, error)
        await self._requests.act(account, payload)
        return web.Response()  # an empty answer leaves the message as it is

    async def commands(self, request: web.Request) -> web.StreamResponse:
        """Answer a slash command."""
        account, body = await self._read(request, once=True)
        try:
            form = _form(body)
            if "ssl_check" in form:
                return web.Response()
            _field(form, "command")
        except MalformedRequestError as error:
            return await self._refuse(request, account, body, error)
        return json_response(dict(await self._requests.command(account, form)))

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Store what happened in a channel. An event that is posted again changes nothing.

        So its signature may come again: Slack would count a 401 as a failure.
        """
        account, body = await self._read(request, once=False)
        try:
            event = _json(body)
            if event.get("type") == "url_verification":
                return json_response({"challenge": _field(event, "challenge")})
        except MalformedRequestError as error:
            return await self._refuse(request, account, body, error)
        if event.get("type") == "app_rate_limited":
            log.warning("Slack leaves events out: too many", extra={"account": account})
        if not await self._requests.event(account, event):
            raise RequestError(503, "the event was not saved", headers={"Retry-After": "5"})
        return json_response({})

    async def _read(self, request: web.Request, *, once: bool) -> tuple[str, bytes]:
        """Return the account whose app signed a request, and its body.

        Raise RequestError: 404 without a signing secret, 401 for a wrong signature, 413 for a
        body that is too large.
        """
        secrets = self._secrets(request.match_info.get("account"))
        head = self._signatures.head(request, secrets, once=once)
        body = await read_body(request, LARGEST)
        return self._signatures.account_of(request, head, body, once=once), body

    def _secrets(self, account: str | None) -> Mapping[str, Secret]:
        secrets = {
            settings.name: secret
            for settings in self._engine.config.channels.values()
            if settings.type == SLACK.name
            and account in (None, settings.name)
            and (secret := settings.secrets.get("signing_secret"))
            and secret.reveal()
        }
        if not secrets:
            where = "this account" if account else "any account"
            text = f"Slack cannot post here: routes.yaml has no signing_secret for {where}"
            raise RequestError(404, text)
        return secrets

    async def _refuse(
        self, request: web.Request, account: str, body: bytes, error: Exception
    ) -> web.StreamResponse:
        """Record an authentic request that cannot be used, and answer 200."""
        log.warning("request of Slack refused: %s", error, extra={"account": account})
        excerpt = body[:EXCERPT].decode(errors="replace")
        source = f"callbacks/{account}"
        await self._engine.reject(source, 200, str(error), [], request.remote or "", excerpt)
        return json_response({})


def _form(body: bytes) -> dict[str, str]:
    """Return the fields of a form. Raises MalformedRequestError."""
    try:
        fields = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=100)
    except ValueError:
        raise MalformedRequestError("the body is not a form") from None
    return {key: values[0] for key, values in fields.items()}


def _json(body: bytes) -> Mapping[str, Any]:
    """Return a JSON object. Raises MalformedRequestError."""
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise MalformedRequestError("the body is not JSON") from None
    if not isinstance(content, dict):
        raise MalformedRequestError("the body is not a JSON object")
    return content


def _field(content: Mapping[str, Any], name: str) -> str:
    value = content.get(name)
    if not isinstance(value, str) or not value:
        raise MalformedRequestError(f"{name} is missing")
    return value


def add_routes(app: web.Application) -> None:
    """Add the endpoints."""
    requests = SlackRequests(app[ENGINE])
    endpoints = SlackEndpoints(app[ENGINE], requests)
    app[SLACK_REQUESTS] = requests
    app[SOCKET_MODE] = SocketMode(app[ENGINE], requests)
    app.router.add_post("/callbacks/{account}/actions", endpoints.actions)
    app.router.add_post("/callbacks/{account}/commands", endpoints.commands)
    app.router.add_post("/callbacks/{account}/events", endpoints.events)
    app.router.add_post("/slack/actions", endpoints.actions)

    async def finish(app: web.Application) -> None:
        await requests.finish()

    app.on_cleanup.append(finish)
