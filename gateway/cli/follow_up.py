"""`gateway followup` and `gateway timeline`: what is left to do, and the story."""

from typing import Any

import click

from gateway.cli.support.actor import actor_option
from gateway.cli.support.api_client import number_argument
from gateway.cli.support.ends import end_of
from gateway.cli.support.incident_text import clock
from gateway.cli.support.output import echo, echo_json
from gateway.cli.support.session import Session, pass_session
from gateway.cli.support.times import TIME_FORMATS
from gateway.core.text.escape import one_line

NONE = "none"
"""The value of --owner and --due that removes them."""

ID = click.argument("item", type=click.IntRange(min=1), metavar="ITEM")


@click.group("followup")
def command() -> None:
    """What is to be done after an incident: add, list, change, done."""


@command.command("add")
@click.argument("number", callback=number_argument)
@click.argument("text")
@click.option("--owner", metavar="PERSON", default="", help="Who does it.")
@click.option("--due", metavar="TIME", help=f"By when: {TIME_FORMATS}.")
@actor_option
@pass_session
def add(session: Session, number: int, text: str, owner: str, due: str | None, by: str) -> None:
    """Add an item to incident NUMBER.

    \b
    gateway followup add 1042 "alert on the retry queue" --owner ben --due 2026-12-10 --as ana
    """
    body = {"as": by, "text": text, "owner": owner, "due_at": end_of(session, due, None)}
    item = session.api.post(f"/incidents/{number}/follow-ups", body)
    _print(session, item, f"added {_text(item, session)}")


@command.command("list")
@click.argument("number", callback=number_argument, required=False)
@click.option("--owner", metavar="PERSON", help="Only what this person does.")
@pass_session
def list_items(session: Session, number: int | None, owner: str | None) -> None:
    """List what is still to be done, or all items of incident NUMBER.

    \b
    gateway followup list --owner ben
    gateway followup list 1042
    """
    if number is None:
        answer = session.api.get("/follow-ups", owner=owner)
    else:
        answer = session.api.get(f"/incidents/{number}/follow-ups")
    if session.as_json:
        echo_json(answer)
        return
    items = [
        one
        for one in answer["follow_ups"]
        if owner is None or (one["owner"] and one["owner"]["id"] == owner)
    ]
    for item in items:
        echo(_text(item, session))
    if not items:
        echo("nothing to do")


@command.command("done")
@ID
@click.option("--undo", is_flag=True, help="It is not done after all.")
@actor_option
@pass_session
def done(session: Session, item: int, by: str, *, undo: bool) -> None:
    """Mark ITEM as done; its number is in `gateway followup list`.

    \b
    gateway followup done 3 --as ben
    """
    changed = session.api.post(f"/follow-ups/{item}", {"as": by, "done": not undo})
    _print(session, changed, _text(changed, session))


@command.command("change")
@ID
@click.option("--text", help="What is to be done.")
@click.option("--owner", metavar="PERSON", help="Who does it; none: nobody yet.")
@click.option("--due", metavar="TIME", help=f"By when: {TIME_FORMATS}; none: no date.")
@actor_option
@pass_session
def change(
    session: Session, item: int, text: str | None, owner: str | None, due: str | None, by: str
) -> None:
    """Change text, owner or date of ITEM; its number is in `gateway followup list`.

    \b
    gateway followup change 3 --owner cho --due 2026-12-12 --as ben
    gateway followup change 3 --due none --as ben
    """
    if text is None and owner is None and due is None:
        raise click.UsageError("nothing changes: give --text, --owner or --due")
    body = {
        "as": by,
        "text": text,
        "owner": "" if owner == NONE else owner,
        "due_at": end_of(session, None if due == NONE else due, None),
        "no_due": due == NONE,
    }
    changed = session.api.post(f"/follow-ups/{item}/change", body)
    _print(session, changed, _text(changed, session))


@click.command("timeline")
@click.argument("number", callback=number_argument)
@click.option("--markdown", is_flag=True, help="As a document for a review.")
@pass_session
def timeline(session: Session, number: int, *, markdown: bool) -> None:
    """Print what happened in incident NUMBER: its timeline, or the whole story as a document.

    The document has the facts, the alerts, the timeline with all comments, who was notified, and
    the follow-up items.

    \b
    gateway timeline 1042 --markdown > review.md
    """
    if markdown:
        answer = session.api.get(f"/incidents/{number}/story")
        if session.as_json:
            echo_json(answer)
        else:
            click.echo(answer["markdown"], nl=False)
        return
    incident = session.api.get(f"/incidents/{number}")
    if session.as_json:
        echo_json(incident["timeline"])
        return
    for one in incident["timeline"]:
        at = clock(one["at"], session.zone, session.now)
        echo(f"{at}  {one_line(one['kind'], 40)}  {one_line(one['text'], 1000)}")


def _print(session: Session, item: dict[str, Any], text: str) -> None:
    if session.as_json:
        echo_json(item)
    else:
        echo(text)


def _text(item: dict[str, Any], session: Session) -> str:
    box = "x" if item["done_at"] else " "
    text = f"{item['id']} [{box}] #{item['incident']} {one_line(item['text'], 500)}"
    if item["owner"]:
        text += f"   ({one_line(item['owner']['name'], 100)})"
    if item["due_at"]:
        text += f", due {clock(item['due_at'], session.zone, session.now)}"
    return text
