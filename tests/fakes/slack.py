"""A fake Slack: its Web API and incoming webhooks with their limits, messages and threads."""

import asyncio
import itertools
import json
from collections.abc import Callable
from html import escape
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import WSMsgType, web

from tests.fakes.server import AnswerError, Fake, Received

# docs.slack.dev, block pages; the total is undocumented, 11,341 was refused (bolt-js#2867).
MAX_BLOCKS = 50
MAX_SECTION = 3000
MAX_FIELDS = 10
MAX_FIELD = 2000
MAX_HEADER = 150
MAX_BUTTON = 75
MAX_URL = 3000
MAX_ALL_TEXT = 11_000
MAX_TEXT = 40_000
MAX_TOPIC = 250

MOST_WAIT = 15.0  # seconds for a connection and for an acknowledgement, of a test of processes
MAX_ANSWERS = 5  # at one response_url
RESPONSES = "/actions/"
"""The beginning of a response_url's path."""
PUSH = "/_push"
"""Where a test of processes posts an envelope: POST {"kind": …, "payload": …, "envelope": ""}."""
SOCKETS = "/link/"
"""The beginning of the path of a connection in Socket Mode."""
HOOKS = "/services/"
"""The beginning of an incoming webhook's path."""

_FORM_METHODS = {
    "conversations.info": "_info",
    "conversations.setTopic": "_set_topic",
    "usergroups.users.list": "_group_members",
    "usergroups.users.update": "_update_group",
}
"""Methods whose arguments come as a form: those that read take no JSON."""


class FakeSlack(Fake):
    """A fake that stores messages by channel id and ts. Its errors are HTTP 200, as Slack's."""

    name = "slack"
    schema = "slack"

    def __init__(self, *, token: str = "", **more: Any) -> None:
        super().__init__(**more)
        self.token = token  # "": any
        self.messages: dict[tuple[str, str], dict[str, Any]] = {}
        self.app_token = ""
        self.sockets: list[web.WebSocketResponse] = []
        self.acknowledged: dict[str, Any] = {}
        self._connected = asyncio.Event()
        self.unknown_channels: set[str] = set()
        self.topics: dict[str, str] = {}  # by channel id
        self.groups: dict[str, list[str]] = {}  # members by user group
        self.hooked: dict[str, list[dict[str, Any]]] = {}  # by the path of an incoming webhook
        self.answers: dict[str, list[dict[str, Any]]] = {}  # by the path of a response_url
        self.ephemeral: list[dict[str, Any]] = []  # shown to one user in a channel
        self._ids: dict[str, str] = {}
        self._numbers = itertools.count(1)

    @property
    def api_url(self) -> str:
        """What `api_url` must be set to."""
        return f"{self.url}/api/"

    def webhook_url(self, token: str) -> str:
        """What `webhook_url` must be set to."""
        return f"{self.url}{HOOKS}T0TEST/B0TEST/{token}"

    def channel_id(self, name: str) -> str:
        """The id of a channel, given by name or id; of the direct messages to a user."""
        if name[:1] in ("C", "D", "G"):
            return name
        letter = "D" if name.startswith("U") else "C"
        return self._ids.setdefault(name, f"{letter}{len(self._ids) + 1:06d}")

    def posted(self, channel: str) -> list[dict[str, Any]]:
        """Return the messages of a channel except replies, in order, in their present state."""
        where = self.channel_id(channel)
        return [
            message
            for (channel_id, _), message in self.messages.items()
            if channel_id == where and "thread_ts" not in message
        ]

    def replies(self, channel: str, ts: str) -> list[dict[str, Any]]:
        """Replies to a message, in order."""
        where = self.channel_id(channel)
        return [
            message
            for (channel_id, _), message in self.messages.items()
            if channel_id == where and message.get("thread_ts") == ts
        ]

    def handle(self, request: Received) -> Any:
        """Answer as the Web API does, and an incoming webhook with plain text."""
        if request.path.startswith(HOOKS):
            return self._hook(request)
        if request.path.startswith(RESPONSES):
            return self._answer_to(request)
        if request.path == "/api/apps.connections.open":
            return self._open_connection(request)
        self._authenticate(request)
        if request.path == "/api/auth.test":
            return {"ok": True, "user": "gateway", "team": "example", "team_id": "T1"}
        method = request.path.removeprefix("/api/")
        if method in _FORM_METHODS:
            return getattr(self, _FORM_METHODS[method])(dict(parse_qsl(request.raw.decode())))
        body = request.json
        if not isinstance(body, dict):
            raise _error("invalid_json")
        if request.path == "/api/chat.postMessage":
            return self._post(body)
        if request.path == "/api/chat.update":
            return self._update(body)
        if request.path == "/api/chat.postEphemeral":
            return self._post_ephemeral(body)
        raise _error("unknown_method")

    def _open_connection(self, request: Received) -> Any:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not token.startswith("xapp-"):
            raise _error("not_allowed_token_type")
        if self.app_token and token != self.app_token:
            raise _error("invalid_auth")
        ticket = next(self._numbers)
        return {"ok": True, "url": f"ws{self.url.removeprefix('http')}{SOCKETS}{ticket}"}

    def add_routes(self, app: web.Application) -> None:
        """Also take the connections of Socket Mode."""
        app.router.add_get(SOCKETS + "{ticket}", self._socket)
        app.router.add_post(PUSH, self._pushed)

    async def _pushed(self, request: web.Request) -> web.Response:
        """Push an envelope; answer with what it is acknowledged with, and with the connections."""
        content = await request.json()
        await asyncio.wait_for(self.until(lambda: bool(self.sockets)), MOST_WAIT)
        acknowledged = await asyncio.wait_for(self.push(**content), MOST_WAIT)
        return web.json_response({"acknowledged": acknowledged, "connections": len(self.sockets)})

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.sockets.append(socket)
        await socket.send_json({"type": "hello", "num_connections": len(self.sockets)})
        self._connected.set()
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                answer = json.loads(message.data)
                self.acknowledged[answer["envelope_id"]] = answer.get("payload")
                self._connected.set()
        self.sockets.remove(socket)
        self._connected.set()
        return socket

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something of Socket Mode is so."""
        while not condition():
            self._connected.clear()
            await self._connected.wait()

    async def push(self, kind: str, payload: Any, envelope: str = "") -> Any:
        """Send an envelope to one connection; return what it is acknowledged with."""
        id_ = envelope or f"envelope-{next(self._numbers)}"
        self.acknowledged.pop(id_, None)
        accepts = kind == "slash_commands"
        content = {"type": kind, "envelope_id": id_, "payload": payload}
        await self.sockets[-1].send_json({**content, "accepts_response_payload": accepts})
        await self.until(lambda: id_ in self.acknowledged)
        return self.acknowledged[id_]

    def _hook(self, request: Received) -> str:
        body = request.json
        if not isinstance(body, dict):
            raise AnswerError(400, "invalid_payload")
        try:
            _check_content(body)
        except AnswerError as error:
            raise AnswerError(400, error.content["error"]) from None
        self.hooked.setdefault(request.path, []).append(body)
        return "ok"

    def response_url(self, user: str) -> str:
        """The URL that comes with a request of a user, for at most five answers."""
        return f"{self.url}{RESPONSES}T0TEST/{user}/{next(self._numbers)}"

    def answers_to(self, user: str) -> list[str]:
        """Return the texts that a user alone was shown, in order."""
        own = [texts for path, texts in self.answers.items() if f"/{user}/" in path]
        shown = [one["text"] for answers in own for one in answers]
        return shown + [one["text"] for one in self.ephemeral if one["user"] == user]

    def _answer_to(self, request: Received) -> str:
        body, before = request.json, self.answers.setdefault(request.path, [])
        if not isinstance(body, dict) or len(before) >= MAX_ANSWERS:
            raise AnswerError(404, {"ok": False, "error": "expired_url"})
        if body.get("replace_original") or body.get("delete_original"):
            raise AnswerError(400, {"ok": False, "error": "would_replace_the_message"})
        before.append(body)
        return "ok"

    def _post_ephemeral(self, body: dict[str, Any]) -> Any:
        if not body.get("user") or not body.get("channel"):
            raise _error("user_not_in_channel")
        self.ephemeral.append(body)
        return {"ok": True, "message_ts": f"1800000000.{next(self._numbers):06d}"}

    def _authenticate(self, request: Received) -> None:
        token = request.headers.get("Authorization", "")
        if not token.startswith("Bearer ") or len(token) < 8:
            raise _error("not_authed")
        if self.token and token != f"Bearer {self.token}":
            raise _error("invalid_auth")

    def _info(self, form: dict[str, str]) -> Any:
        channel = self._channel(form)
        value = escape(self.topics.get(channel, ""), quote=False)
        topic = {"value": value, "creator": "U0ADMIN", "last_set": 1_800_000_000}
        return {"ok": True, "channel": {"id": channel, "name": "billing", "topic": topic}}

    def _set_topic(self, form: dict[str, str]) -> Any:
        channel, topic = self._channel(form), form.get("topic", "")
        if len(topic) > MAX_TOPIC:
            raise _error("too_long")
        self.topics[channel] = topic
        return {"ok": True, "channel": {"id": channel, "topic": {"value": topic}}}

    def _channel(self, form: dict[str, str]) -> str:
        channel = form.get("channel", "")
        if channel[:1] not in ("C", "G") or channel in self.unknown_channels:
            raise _error("channel_not_found")  # names are not accepted here
        return channel

    def _group_members(self, form: dict[str, str]) -> Any:
        return {"ok": True, "users": list(self._group(form))}

    def _update_group(self, form: dict[str, str]) -> Any:
        members = [one for one in form.get("users", "").split(",") if one]
        group = self._group(form)
        if not members:
            raise _error("no_users_provided")
        if not all(one.startswith(("U", "W")) for one in members):
            raise _error("invalid_users")
        group[:] = members
        return {"ok": True, "usergroup": {"id": form["usergroup"], "users": members}}

    def _group(self, form: dict[str, str]) -> list[str]:
        group = self.groups.get(form.get("usergroup", ""))
        if group is None:
            raise _error("no_such_subteam")
        return group

    def _post(self, body: dict[str, Any]) -> Any:
        name = body.get("channel")
        if not isinstance(name, str) or name in self.unknown_channels:
            raise _error("channel_not_found")
        _check_content(body)
        channel = self.channel_id(name)
        thread = body.get("thread_ts")
        if thread is not None and (channel, thread) not in self.messages:
            raise _error("thread_not_found")
        ts = f"1800000000.{next(self._numbers):06d}"
        message = {key: value for key, value in body.items() if key != "channel"} | {"ts": ts}
        self.messages[channel, ts] = message
        return {"ok": True, "channel": channel, "ts": ts, "message": message}

    def _update(self, body: dict[str, Any]) -> Any:
        channel, ts = body.get("channel"), body.get("ts")
        if not isinstance(channel, str) or channel[:1] not in ("C", "D", "G"):
            raise _error("channel_not_found")  # names are not accepted here
        if not isinstance(ts, str) or (channel, ts) not in self.messages:
            raise _error("message_not_found")
        _check_content(body)
        if body.get("parse") != "none":
            raise _error("invalid_arguments")  # stricter than Slack: its default mentions people
        message = self.messages[channel, ts]
        message.update({key: value for key, value in body.items() if key not in ("channel", "ts")})
        return {"ok": True, "channel": channel, "ts": ts, "text": body["text"], "message": message}


def _error(name: str) -> AnswerError:
    return AnswerError(200, {"ok": False, "error": name})


def _check_content(body: dict[str, Any]) -> None:
    text = body.get("text")
    if not isinstance(text, str) or not text.strip():
        raise _error("no_text")
    if len(text) > MAX_TEXT:
        raise _error("msg_too_long")
    if body.get("link_names") or body.get("parse") == "full":
        raise _error("invalid_arguments")  # stricter than Slack: these would mention people
    blocks = body.get("blocks") or []
    if len(blocks) > MAX_BLOCKS or any(not _block_fits(block) for block in blocks):
        raise _error("invalid_blocks")
    if sum(len(text) for block in blocks for text in texts(block)) > MAX_ALL_TEXT:
        raise _error("msg_blocks_too_long")


def texts(block: Any) -> list[str]:
    """All texts in a block, at any depth."""
    texts_below: list[str] = []
    for value in block.values() if isinstance(block, dict) else block:
        if isinstance(value, dict | list):
            texts_below += texts(value)
    if isinstance(block, dict) and isinstance(block.get("text"), str):
        texts_below.append(block["text"])
    return texts_below


def _block_fits(block: dict[str, Any]) -> bool:
    kind = block.get("type")
    if kind == "header":
        inner = block["text"]
        return inner["type"] == "plain_text" and 0 < len(inner["text"]) <= MAX_HEADER
    if kind == "section":
        fields = block.get("fields", [])
        text_fits = "text" not in block or 0 < len(block["text"]["text"]) <= MAX_SECTION
        fields_fit = len(fields) <= MAX_FIELDS and all(
            0 < len(field["text"]) <= MAX_FIELD for field in fields
        )
        return ("text" in block or bool(fields)) and text_fits and fields_fit
    if kind == "context":
        return 0 < len(block["elements"]) <= 10
    if kind == "actions":
        ids = [element["action_id"] for element in block["elements"]]
        return (
            0 < len(ids) <= 25
            and len(set(ids)) == len(ids)
            and all(
                0 < len(element["text"]["text"]) <= MAX_BUTTON
                and len(element.get("url", "")) <= MAX_URL
                for element in block["elements"]
            )
        )
    return kind == "divider"
