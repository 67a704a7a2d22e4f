"""What Slack's requests do, whichever way they came: by HTTP or by Socket Mode.

Each is answered at once and works on in the background: Slack waits three seconds. The outcome
goes to the person alone, by the request's `response_url`. What was not saved is said to be so.
"""

import asyncio
import logging
from collections.abc import Awaitable, Coroutine, Mapping
from typing import Any

from gateway.channels.contract import AnswersRequests
from gateway.core.actor import Actor
from gateway.core.incidents.retry import SendError
from gateway.core.plan.accounts import account_key
from gateway.core.plan.channels import SLACK
from gateway.flow.dispatch.caused import RepeatedEventError
from gateway.flow.engine import Engine
from gateway.store import StoreUnavailableError
from gateway.web.slack.button_actions import BUTTON_ACTIONS
from gateway.web.slack.button_presses import ButtonPress, parse_button_presses
from gateway.web.slack.commands import answer_command
from gateway.web.slack.thread_replies import ReplyRecorder
from gateway.web.slack.users import (
    actor_of,
    how_to_be_known,
    is_anyone_known,
    person_of,
    stated_user,
)

log = logging.getLogger(__name__)

ANSWER_WITHIN = 1.0
"""Seconds after which a request is answered although its work goes on. Slack waits for three."""

SAVING = "Saving…"
NOT_SAVED = (
    "*Not saved*: the gateway's database cannot be reached. Nothing has changed. "
    "Press again in a minute, or open the incident's page."
)
HANDLED = "Nothing more was done: this press was handled before."
FAILED = "*Not saved*: the gateway failed with an internal error, which its log names."

Content = Mapping[str, Any]


class SlackRequests:
    """Handlers of all requests of Slack, for one process."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._replies = ReplyRecorder(engine, self._notify_user)
        self._tasks: set[asyncio.Task[Any]] = set()

    async def act(self, account: str, payload: Any) -> None:
        """Run the buttons that were pressed. Returns when they are done, or still being saved."""
        actions = []
        for press in parse_button_presses(account, payload):
            if press.action in BUTTON_ACTIONS:
                work = self._start(self._press(account, press))
                self._start(self._report(account, press.response_url, work))
                actions.append(work)
        if actions:
            await asyncio.wait(actions, timeout=ANSWER_WITHIN)

    async def command(self, account: str, form: Content) -> Content:
        """Return the answer to a slash command, for the person alone.

        If it takes longer, this answer says so and the real one follows.
        """
        work = self._start(self._command(account, form))
        await asyncio.wait([work], timeout=ANSWER_WITHIN)
        if work.done():
            return _ephemeral(work.result())
        url = form.get("response_url")
        self._start(self._follow(account, url if isinstance(url, str) else "", work))
        return _ephemeral("One moment…")

    async def event(self, account: str, body: Content) -> bool:
        """Record an event; return False if it must be sent again, because nothing was saved."""
        work = self._start(self._replies.record(account, body))
        await asyncio.wait([work], timeout=ANSWER_WITHIN)
        return not work.done() or work.result()

    async def finish(self) -> None:
        """Wait until all work has ended; for a stop of the server, and for tests."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _start(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)  # a task that nobody refers to may be collected
        task.add_done_callback(self._tasks.discard)
        return task

    async def _press(self, account: str, press: ButtonPress) -> str:
        """Run one press; return its outcome as mrkdwn. Raises nothing."""
        plan = self._engine.plan
        person = person_of(plan, account, press.user)
        hint = ""
        if person is None:
            hint = how_to_be_known(account, press.user)
            if is_anyone_known(plan, account):
                return f"*Not saved*: {hint}"
        actor = actor_of(person) if person else stated_user(press.user)
        outcome = await _saved(self._run(press, actor))
        return f"{outcome}\n{hint}" if hint else outcome

    async def _run(self, press: ButtonPress, actor: Actor) -> str:
        try:
            return await BUTTON_ACTIONS[press.action](self._engine, press, actor)
        except KeyError:
            return f"Nothing changed: there is no #{press.number} any more."
        except RepeatedEventError:
            return HANDLED

    async def _command(self, account: str, form: Content) -> str:
        return await _saved(answer_command(self._engine, account, form))

    async def _report(self, account: str, url: str, work: asyncio.Task[str]) -> None:
        """Post the outcome of a press, and before that that it is being saved if it takes long."""
        await asyncio.wait([work], timeout=ANSWER_WITHIN)
        if not work.done():
            await self._post(account, url, SAVING)
        await self._post(account, url, await work)

    async def _follow(self, account: str, url: str, work: asyncio.Task[str]) -> None:
        await self._post(account, url, await work)

    async def _post(self, account: str, url: str, text: str) -> None:
        channel = self._channel(account)
        if channel is None or not url:
            return
        try:
            await channel.answer(url, {**_ephemeral(text), "replace_original": False})
        except SendError as error:
            log.warning("Slack did not take the outcome of a request: %s", error)

    async def _notify_user(
        self, account: str, channel: str, user: str, thread: str, text: str
    ) -> None:
        """Show a text to one user in a thread; a failure is logged."""
        sender = self._channel(account)
        if sender is None:
            return
        try:
            await sender.notify_user(channel, user, thread, text)
        except SendError as error:
            log.warning("Slack did not take a message to a user: %s", error)

    def _channel(self, account: str) -> AnswersRequests | None:
        return self._engine.delivery.answers_requests(account_key(SLACK.name, account))


async def _saved(work: Awaitable[str]) -> str:
    """Return the outcome, or why nothing was saved."""
    try:
        return await work
    except StoreUnavailableError as error:
        log.warning("a request of Slack was not saved: %s", error)
        return NOT_SAVED
    except Exception:
        log.exception("a request of Slack failed")
        return FAILED


def _ephemeral(text: str) -> dict[str, Any]:
    return {"response_type": "ephemeral", "text": text}
