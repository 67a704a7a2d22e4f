"""`gateway change`: report deployments and other changes, and list them."""

from typing import Any

import click

from gateway.cli.support.actor import actor_option
from gateway.cli.support.incident_text import clock
from gateway.cli.support.label_arguments import label_arguments
from gateway.cli.support.output import echo, echo_json, print_columns
from gateway.cli.support.session import Session, pass_session
from gateway.cli.support.times import TIME_FORMATS, read_time
from gateway.core.matching.text import write_labels
from gateway.core.text.escape import one_line
from gateway.core.time.timestamps import format_rfc3339


@click.group("change")
def command() -> None:
    """Deployments and other changes, which incidents after them show: add, list."""


@command.command("add")
@click.argument("title")
@click.argument("labels", nargs=-1, metavar="[LABEL=VALUE]...")
@click.option("--at", metavar="TIME", help=f"When it happened: {TIME_FORMATS}.")
@click.option("--link", metavar="URL", default="", help="Where to read more.")
@click.option("--key", default="", help="Your id of it; reported again, it is replaced.")
@actor_option
@pass_session
def add(
    session: Session,
    title: str,
    labels: tuple[str, ...],
    at: str | None,
    link: str,
    key: str,
    by: str,
) -> None:
    """Report a change with a TITLE and the labels that it concerns.

    \b
    gateway change add "billing-api 1.42" service=billing-api environment=production --as ana
    gateway change add "new database" team=billing --at -10m --as program:ci

    Incidents that begin within an hour show it if their alerts share one of the labels, and
    contradict none.
    """
    body = {
        "as": by,
        "title": title,
        "labels": label_arguments(labels),
        "link": link,
        "key": key,
    }
    if at is not None:
        body["at"] = format_rfc3339(read_time(at, session.now, session.zone))
    change = session.api.post("/changes", body)
    if session.as_json:
        echo_json(change)
    else:
        echo(f"added change {change['id']}: {one_line(change['title'])}")


@command.command("list")
@click.option("--from", "start", metavar="TIME", help="From when on.  [default: seven days ago]")
@click.option("--to", "end", metavar="TIME", help="Until when.  [default: now]")
@pass_session
def list_changes(session: Session, start: str | None, end: str | None) -> None:
    """List changes, the latest first.

    \b
    gateway change list
    gateway change list --from "2026-11-20 09:00" --json
    """
    query = {
        name: None if text is None else format_rfc3339(_time(session, text, f"--{name}"))
        for name, text in (("from", start), ("to", end))
    }
    answer = session.api.get("/changes", **query)
    if session.as_json:
        echo_json(answer)
    elif not answer["changes"]:
        echo("no changes")
    else:
        rows = [_row(one, session) for one in answer["changes"]]
        print_columns(rows, ("at", "change", "labels", "by", "incidents"))


def _row(one: dict[str, Any], session: Session) -> list[str]:
    title = one_line(one["title"], 200)
    return [
        clock(one["at"], session.zone, session.now),
        f"{title} ({one['status']})" if one["status"] else title,
        one_line(write_labels(one["labels"]), 200) if one["labels"] else "",
        one["created_by"]["name"],
        str(one["incidents"] or ""),
    ]


def _time(session: Session, text: str, option: str) -> float:
    return read_time(text, session.now, session.zone, option)
