"""`gateway drill`: whether test alerts arrived, and begin one now."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import click

from gateway.cli.support.actor import actor_option
from gateway.cli.support.context import FAILED, CliError
from gateway.cli.support.incident_text import clock
from gateway.cli.support.output import Cell, echo, echo_json, print_columns
from gateway.cli.support.progress import Progress
from gateway.cli.support.session import Session, pass_session
from gateway.core.text.escape import one_line
from gateway.core.time.timestamps import format_duration

COLOURS = {"arrived": "green", "failed": "red", "running": "yellow"}
EVERY = 2.0
"""Seconds between two questions whether a drill has ended."""


@click.group("drill")
def command() -> None:
    """Test alerts by the clock, which must arrive: list, run."""


@command.command("list")
@pass_session
def list_drills(session: Session) -> None:
    """List the drills: the last result of each, and when the next run is.

    \b
    gateway drill list
    gateway drill list --json

    Exit status 1 if the last result of one is that it failed.
    """
    answer = session.api.get("/drills")
    drills = answer["drills"]
    if session.as_json:
        echo_json(answer)
    elif not drills:
        echo("routes.yaml declares no drills:")
    else:
        rows = [_row(one, session) for one in drills]
        print_columns(rows, ("drill", "of", "last", "at", "what", "next"))
    last = [_last_finished(one) for one in drills]
    if any(run is not None and run["state"] == "failed" for run in last):
        raise click.exceptions.Exit(FAILED)


@command.command("run")
@click.argument("name")
@click.option("--no-wait", is_flag=True, help="Return at once, not when the drill has ended.")
@actor_option
@pass_session
def run(session: Session, name: str, by: str, *, no_wait: bool) -> None:
    """Begin the drill NAME now, and wait until it has succeeded or failed.

    \b
    gateway drill run weekly --as ana

    It pages the people whom a real alert would page. Exit status 1 if it fails.
    """
    begun = session.api.post(f"/drills/{quote(name, safe='')}/run", {"as": by})
    ended = begun if no_wait else _wait(session, name, begun)
    if session.as_json:
        echo_json(ended)
    else:
        _print(ended, session)
    if ended["state"] == "failed":
        raise click.exceptions.Exit(FAILED)


def _wait(session: Session, name: str, begun: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the run when it has ended. Raises CliError if it is not stored any more."""
    now = begun
    with Progress() as progress:
        while now["state"] == "running":
            progress.show(f"drill {name}: {now['text']}")
            session.context.pause(EVERY)
            drills = session.api.get("/drills")["drills"]
            runs = [run for one in drills if one["name"] == name for run in one["runs"]]
            same = [run for run in runs if run["id"] == begun["id"]]
            if not same:
                raise CliError(f"drill {name} was removed from routes.yaml while it ran")
            now = same[0]
    return now


def _print(ended: Mapping[str, Any], session: Session) -> None:
    echo(f"{ended['state']}: {one_line(ended['text'])}")
    if ended["messages"]:
        rows = [_message(one, session) for one in ended["messages"]]
        print_columns(rows, ("to", "arrived", "after", "by"), indent=2)
    if ended["incident"] is not None:
        echo(f"incident #{ended['incident']}")


def _message(one: Mapping[str, Any], session: Session) -> list[Cell]:
    if one["arrived_at"] is None:
        return [one["name"], ("no", "red"), "", one["problem"] or one["proof"]]
    at = clock(one["arrived_at"], session.zone, session.now)
    return [one["name"], at, format_duration(round(one["seconds"])), one["proof"]]


def _row(one: Mapping[str, Any], session: Session) -> list[Cell]:
    runs = one["runs"]
    following = clock(one["next_at"], session.zone, session.now)
    if not runs:
        return [one["name"], one["subject"], "not yet run", "", "", following]
    last = runs[0]
    began = clock(last["began_at"], session.zone, session.now)
    state = (last["state"], COLOURS[last["state"]])
    return [one["name"], one["subject"], state, began, last["text"], following]


def _last_finished(one: Mapping[str, Any]) -> Mapping[str, Any] | None:
    return next((run for run in one["runs"] if run["state"] != "running"), None)
