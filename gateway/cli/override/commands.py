"""`gateway override`: changes of rotas at run time, of a running gateway."""

from typing import Any

import click

from gateway.cli.override.add import command as add
from gateway.cli.support.actor import actor_option
from gateway.cli.support.changes_text import change_text, print_effects, span
from gateway.cli.support.output import Cell, echo, echo_json, print_columns
from gateway.cli.support.session import Session, pass_session
from gateway.core.text.escape import one_line

_STATES = {"active": "green", "pending": "yellow", "ended": None, "void": None}


@click.group("override")
def command() -> None:
    """Change who is on call for a time: add, list and remove overrides.

    They are stored by the running gateway and win over routes.yaml. They are in force on every
    replica within a second, and survive reloads and restarts.
    """


command.add_command(add)


@command.command("list")
@click.argument("rota", required=False)
@click.option("--person", metavar="PERSON", help="Only those that name this person.")
@click.option("--ended", is_flag=True, help="Also those that are over.")
@pass_session
def list_overrides(session: Session, rota: str | None, person: str | None, *, ended: bool) -> None:
    """List overrides made at run time, of ROTA or of all rotas, void ones included.

    \b
    gateway override list
    gateway override list billing --ended
    """
    query = {"rota": rota, "person": person, "ended": "true" if ended else None}
    changes = session.api.get("/overrides", **query)["changes"]
    if session.as_json:
        echo_json({"changes": changes})
    elif not changes:
        echo("no overrides at run time; those of the file are in routes.yaml")
    else:
        rows = [_row(one, session) for one in changes]
        print_columns(rows, ("id", "state", "rota", "when", "what", "by", "why"))


@command.command("remove")
@click.argument("ids", metavar="ID...", nargs=-1, required=True, type=click.IntRange(1, 10**15))
@actor_option
@click.option("--why", metavar="TEXT", default="", help="The reason. Others will read it.")
@click.option("--anyway", is_flag=True, help="Even if a rota then reaches nobody for a time.")
@pass_session
def remove(session: Session, ids: tuple[int, ...], by: str, why: str, *, anyway: bool) -> None:
    """Remove overrides that were made at run time, all of them or none.

    \b
    gateway override remove 12 --as ana

    A removed override is void: it has no effect from now on, and is kept in the list with who
    removed it. Exit status 1 if an ID names none, or one that is void or over.
    """
    body = {"ids": list(ids), "as": by, "why": why, "anyway": anyway}
    answer = session.api.post("/overrides/remove", body)
    if session.as_json:
        echo_json(answer)
        return
    for one in answer["changes"]:
        echo(f"removed override {one['id']}: {change_text(one, session)}")
    print_effects(answer["effects"], session)


def _row(one: dict[str, Any], session: Session) -> list[Cell]:
    why = one_line(one["why"], 100)
    if one["void_reason"]:
        by = one_line(one["voided_by"]["name"], 80)
        why = f"{one_line(one['void_reason'], 200)} (by {by})" + (f"; {why}" if why else "")
    return [
        str(one["id"]),
        (one["state"], _STATES.get(one["state"])),
        one_line(one["rota"] or "every rota", 80),
        span(one, session),
        one_line(one["what"], 100),
        one_line(one["by"]["name"], 80),
        why,
    ]
