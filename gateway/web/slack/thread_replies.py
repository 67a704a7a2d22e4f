"""Replies in the thread of an incident's message: a known person's reply is a comment.

Slack posts each event again at once, after one and after five minutes if it gets no 2xx. So events
are recognised by their id, in the database, because any replica may get the second one. Messages of
apps are left out, ours among them: a comment changes the message, which Slack reports as an event.
"""

import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from gateway.core.actions.table import ActionName
from gateway.core.decide.result import ActionOutcome
from gateway.core.plan.accounts import account_key
from gateway.core.plan.channels import SLACK
from gateway.core.text.escape import slack_escape
from gateway.flow.engine import Engine
from gateway.store import StoreUnavailableError, outbox
from gateway.store.state import callback_events
from gateway.web.slack.message_text import plain_message
from gateway.web.slack.users import actor_of, how_to_be_known, person_of

log = logging.getLogger(__name__)

SUBTYPES = frozenset({None, "", "file_share", "thread_broadcast"})
"""Kinds of messages that people write. Edits, deletions and messages of apps have others."""

ANSWERED = 1000
"""Unknown users remembered, so that each is answered once; more are answered again."""

NotifyUser = Callable[[str, str, str, str, str], Awaitable[None]]
"""(account, channel, user, thread, text): show a text to one user in a thread."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply in a thread: `thread` and `channel` name the message that it is below."""

    event: str
    channel: str
    thread: str
    user: str
    text: str


def parse_reply(body: Mapping[str, Any]) -> Reply | None:
    """Return the reply that an event is about; None for everything else."""
    event = body.get("event")
    if body.get("type") != "event_callback" or not isinstance(event, Mapping):
        return None
    if event.get("type") != "message" or event.get("subtype") not in SUBTYPES:
        return None
    if event.get("bot_id") or event.get("hidden") or event.get("thread_ts") == event.get("ts"):
        return None
    values = (
        body.get("event_id"),
        event.get("channel"),
        event.get("thread_ts"),
        event.get("user"),
        event.get("text"),
    )
    if not all(isinstance(one, str) and one for one in values):
        return None
    return Reply(*map(str, values))


class ReplyRecorder:
    """Stores replies as comments, each once."""

    def __init__(self, engine: Engine, notify_user: NotifyUser) -> None:
        self._engine = engine
        self._notify_user = notify_user
        self._answered: OrderedDict[tuple[str, str], None] = OrderedDict()

    async def record(self, account: str, body: Mapping[str, Any]) -> bool:
        """Store the reply that an event is about, if any; return False if that failed."""
        reply = parse_reply(body)
        if reply is None:
            return True
        store, now = self._engine.store, self._engine.now()
        try:
            number = await store.read(partial(_incident_of, account=account, reply=reply))
            if number is None:
                return True
            begin = partial(callback_events.begin, account=account, event=reply.event, now=now)
            if not await store.write(begin):
                return True
            outcome = await self._comment(account, number, reply)
            end = partial(
                callback_events.finish, account=account, event=reply.event, outcome=outcome
            )
            await store.write(end)
        except Exception as error:
            if not isinstance(error, StoreUnavailableError):
                log.exception("a reply in Slack was not stored")
            forget = partial(callback_events.forget, account=account, event=reply.event)
            with suppress(StoreUnavailableError):
                await store.write(forget)
            await self._say(account, reply, "*Not saved* as a comment. Send it again in a minute.")
            return False
        return True

    async def _comment(self, account: str, number: int, reply: Reply) -> str:
        """Add the comment, or say to its author why not; return what became of it."""
        plan = self._engine.plan
        person = person_of(plan, account, reply.user)
        if person is None:
            if self._is_new(account, reply.user):
                hint = how_to_be_known(account, reply.user)
                await self._say(account, reply, f"*Not saved* as a comment: {hint}")
            return "unknown user"
        text = plain_message(reply.text, lambda user: _name(person_of(plan, account, user), user))
        result = await self._engine.act(number, ActionName.COMMENT, actor_of(person), text=text)
        if result.answer is ActionOutcome.REFUSED:
            why = slack_escape(result.why)
            await self._say(account, reply, f"*Not saved* as a comment: {why}.")
        return result.answer.value

    async def _say(self, account: str, reply: Reply, text: str) -> None:
        await self._notify_user(account, reply.channel, reply.user, reply.thread, text)

    def _is_new(self, account: str, user: str) -> bool:
        """Return whether an unknown user is answered for the first time."""
        if (account, user) in self._answered:
            return False
        self._answered[account, user] = None
        while len(self._answered) > ANSWERED:
            self._answered.popitem(last=False)
        return True


def _incident_of(tx: Any, account: str, reply: Reply) -> int | None:
    """Return the incident whose message a reply is below; None for another message."""
    key = account_key(SLACK.name, account)
    return outbox.incident_of_thread(tx, key, f"{reply.channel}/{reply.thread}")


def _name(person: Any, user: str) -> str:
    return person.name if person is not None else user
