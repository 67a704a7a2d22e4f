"""The means: how a wish becomes a request, as the vendor or the program makes it."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from gateway.core.actions.table import ActionName
from gateway.core.incidents.dedup_key import dedup_key
from gateway.flow.engine import Engine
from gateway.links import Purpose
from tests.cli.console import gateway
from tests.fakes.pagerduty_account import signature
from tests.fakes.postmark_webhooks import post as post_mail
from tests.flow.world import HOUR
from tests.simulation.acting.wish import Wish
from tests.simulation.acting.world import (
    INBOUND,
    PAGERDUTY_SECRET,
    SLACK_CHANNEL,
    ActingWorld,
    thread_of,
)
from tests.web.slack.requests import button, event, reply, send

Name = ActionName


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: an HTTP status (a command's is 200 or 409), and its text."""

    status: int
    text: str


@dataclass(frozen=True, slots=True)
class Means:
    """A means: which actions it has, whether a request may come late and twice, and how."""

    actions: frozenset[ActionName]
    ask: Callable[[ActingWorld, Engine, Wish], Awaitable[Answer]]
    repeats: bool = False


def rfc3339(at: float) -> str:
    """Return an instant as APIs write it."""
    return datetime.fromtimestamp(at, UTC).isoformat()


async def by_api(world: ActingWorld, engine: Engine, wish: Wish) -> Answer:
    """Post to the API."""
    back = wish.action is Name.BACK
    body: dict[str, Any] = {"as": wish.person, **({"back": True} if back else {})}
    body |= {
        Name.TAKE: {"from": wish.holder} if wish.holder else {},
        Name.PAGE: {"notify": [wish.arguments.get("notify")]},
        Name.SNOOZE: {"until": rfc3339(wish.arguments.get("until", 0.0))},
        Name.MERGE: {"into": wish.other},
        Name.LINK: {"other": wish.other},
        Name.UNLINK: {"other": wish.other},
    }.get(wish.action, dict(wish.arguments))
    name = Name.UNACK if back else wish.action
    client = await world.client(engine)
    answer = await client.post(f"/api/v1/incidents/{wish.number}/{name}", json=body)
    return Answer(answer.status, await answer.text())


async def by_command(world: ActingWorld, engine: Engine, wish: Wish) -> Answer:
    """Run the command, which asks the API."""
    values = wish.arguments
    arguments = {
        Name.TAKE: ["--from", wish.holder] if wish.holder else [],
        Name.BACK: ["--back"],
        Name.HANDOVER: [values.get("to")],
        Name.COMMENT: [values.get("text")],
        Name.PAGE: [values.get("notify")],
        Name.TEAM: [values.get("team", "")],
        Name.SNOOZE: ["--until", rfc3339(values.get("until", 0.0))],
    }.get(wish.action, [] if wish.other is None else [str(wish.other)])
    name = Name.UNACK if wish.action is Name.BACK else wish.action
    client = await world.client(engine)
    words = [name.value, str(wish.number), *arguments, "--as", wish.person]
    url = str(client.make_url("/"))
    result = await asyncio.to_thread(gateway, *words, "--url", url, now=world.now)
    assert result.exit_code in (0, 1), result.output + repr(result.exception)
    return Answer(409 if result.exit_code else 200, result.output)


async def by_link(world: ActingWorld, engine: Engine, wish: Wish) -> Answer:
    """Send the form of the page that the link of a person's message leads to."""
    return await _by_page(world, engine, wish, wish.person)


async def by_page(world: ActingWorld, engine: Engine, wish: Wish) -> Answer:
    """Send the form of the incident's page, where the person says who they are."""
    return await _by_page(world, engine, wish, "")


async def _by_page(world: ActingWorld, engine: Engine, wish: Wish, person: str) -> Answer:
    token = engine.links.token(Purpose.ACKNOWLEDGE, wish.number, person, wish.at + HOUR)
    form: dict[str, Any] = {"person": wish.person, **wish.arguments}
    if wish.action is Name.SNOOZE:
        form["for"] = "7200"
    if wish.action is Name.EXTEND:
        form["for"] = "86400"
    if wish.other is not None:
        form |= {"into": str(wish.other), "other": str(wish.other)}
    path, more = {
        Name.ACK: ("", {}),
        Name.TAKE: ("/take", {"from": wish.holder}),
        Name.UNACK: ("/undo", {}),
        Name.BACK: ("/undo", {"back": "1"}),
    }.get(wish.action, (f"/do/{wish.action}", {}))
    client = await world.client(engine)
    answer = await client.post(f"/ack/{token}{path}", data={**form, **more})
    return Answer(answer.status, await answer.text())


BUTTONS: Mapping[ActionName, str] = {
    Name.ACK: "acknowledge",
    Name.TAKE: "take",
    Name.UNACK: "undo",
    Name.DECLINE: "decline",
    Name.USEFUL: "useful",
    Name.NOISE: "noise",
    Name.ESCALATE: "escalate",
    Name.RESOLVE: "resolve",
}
SLACK_USERS = {"ana": "U0ANA", "ben": "U0BEN"}


async def by_slack(world: ActingWorld, engine: Engine, wish: Wish) -> Answer:
    """Press a button, or reply in the thread of the message."""
    client, user = await world.client(engine), SLACK_USERS[wish.person]
    before = len(world.outcomes)
    if wish.action is Name.COMMENT:
        inner = reply(wish.arguments["text"], SLACK_CHANNEL, thread_of(wish.number), user)
        body, path = event(inner, f"Ev{wish.id}"), "/callbacks/slack/events"
    else:
        value = f"{wish.number}:{wish.holder}" if wish.action is Name.TAKE else str(wish.number)
        url = f"https://hooks.slack.com/actions/{wish.id}"
        body = button(BUTTONS[wish.action], user, value, response_url=url)
        path = "/callbacks/slack/actions"
    answer = await send(world, client, body, path=path)
    await world.quiet(engine)
    if wish.action is not Name.COMMENT and answer.status == 200:
        assert len(world.outcomes) == before + 1, world.outcomes[before:]
    return Answer(answer.status, "\n".join(world.outcomes[before:]))


WORDS: Mapping[ActionName, str] = {
    Name.ACK: "ack",
    Name.DECLINE: "decline",
    Name.USEFUL: "useful",
    Name.NOISE: "noise",
    Name.ESCALATE: "escalate",
    Name.RESOLVE: "resolve",
}


async def by_mail(world: ActingWorld, engine: Engine, wish: Wish) -> Answer:
    """Reply to the mail of a person; Postmark posts it."""
    token = engine.links.reply_token(wish.number, wish.person, wish.at + 24 * HOUR)
    name, _, domain = INBOUND.partition("@")
    to, sender = f"{name}+{token}@{domain}", f"{wish.person}@example.com"
    body = {
        "MessageID": wish.id,
        "FromFull": {"Email": sender},
        "ToFull": [{"Email": to, "MailboxHash": token}],
        "OriginalRecipient": to,
        "MailboxHash": token,
        "TextBody": WORDS.get(wish.action) or wish.arguments["text"],
        "Headers": [],
    }
    client = await world.client(engine)
    answer = await post_mail(client, body, path="/callbacks/email/inbound")
    return Answer(answer.status, await answer.text())


EVENTS: Mapping[ActionName, str] = {
    Name.ACK: "acknowledged",
    Name.UNACK: "unacknowledged",
    Name.RESOLVE: "resolved",
    Name.REOPEN: "reopened",
    Name.TAKE: "reassigned",
    Name.HANDOVER: "reassigned",
    Name.ESCALATE: "escalated",
    Name.COMMENT: "annotated",
}


async def by_pagerduty(world: ActingWorld, engine: Engine, wish: Wish) -> Answer:
    """Let PagerDuty post what its user did."""
    incident = await world.incident(wish.number)
    key = dedup_key(incident.number, incident.group_key, incident.opened_at)
    content: dict[str, Any] = {"id": f"PINC{wish.number}", "incident_key": key}
    if wish.action is Name.COMMENT:
        content = {"id": "PNOTE", "incident": content, "content": wish.arguments["text"]}
    assignee = wish.arguments.get("to", wish.person)
    if wish.action in (Name.TAKE, Name.HANDOVER):
        content["assignees"] = [_user(assignee)]
        content["status"] = "acknowledged" if wish.action is Name.TAKE else "triggered"
    happened = {
        "id": f"01{wish.id}",
        "event_type": f"incident.{EVENTS[wish.action]}",
        "occurred_at": rfc3339(wish.at),
        "agent": _user(wish.person),
        "data": content,
    }
    body = json.dumps({"event": happened}).encode()
    client = await world.client(engine)
    headers = signature(body, PAGERDUTY_SECRET)
    answer = await client.post("/callbacks/pagerduty", data=body, headers=headers)
    return Answer(answer.status, await answer.text())


def _user(person: str) -> dict[str, str]:
    return {"id": f"P{person.upper()}", "type": "user_reference", "summary": person.title()}


MEANS: Mapping[str, Means] = {
    "api": Means(frozenset(ActionName), by_api),
    "command": Means(frozenset(ActionName), by_command),
    "link": Means(frozenset(ActionName), by_link),
    "page": Means(frozenset(ActionName), by_page),
    "slack": Means(frozenset({*BUTTONS, Name.COMMENT}), by_slack),
    "mail": Means(frozenset({*WORDS, Name.COMMENT}), by_mail, repeats=True),
    "pagerduty": Means(frozenset(EVENTS), by_pagerduty, repeats=True),
}
"""By name. The interfaces of the API, commands and pages have every action."""
