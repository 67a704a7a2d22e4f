"""`gateway swap`: exchange shifts with somebody who confirms it, on a running gateway."""

import shlex
from typing import Any

import click

from gateway.cli.support.actor import actor_option
from gateway.cli.support.changes_text import in_zone_of, print_effects, span
from gateway.cli.support.output import Cell, echo, echo_json, print_columns
from gateway.cli.support.session import Session, pass_session
from gateway.cli.support.times import TIME_FORMATS, read_time
from gateway.core.text.escape import one_line
from gateway.core.time.timestamps import format_rfc3339

_STATES = {"open": "yellow", "accepted": "green"}
id_argument = click.argument("id_", metavar="ID", type=click.IntRange(1, 10**15))


@click.group("swap")
def command() -> None:
    """Swap shifts: ask somebody, accept, decline, list, cancel."""


@command.command("ask")
@click.argument("rota")
@click.option("--with", "other", metavar="PERSON", required=True, help="Whom you ask.")
@click.option(
    "--give", metavar="TIME", required=True, help=f"A time in your shift: {TIME_FORMATS}."
)
@click.option("--give-to", metavar="TIME", help="Only the part from --give to this time.")
@click.option("--take", metavar="TIME", help="A time in their shift that you take in return.")
@click.option("--take-to", metavar="TIME", help="Only the part from --take to this time.")
@click.option("--why", metavar="TEXT", default="", help="The reason. The other person reads it.")
@actor_option
@pass_session
def ask(
    session: Session,
    rota: str,
    other: str,
    give: str,
    give_to: str | None,
    take: str | None,
    take_to: str | None,
    why: str,
    by: str,
) -> None:
    """Ask another person to take your shift in ROTA.

    \b
    gateway swap ask billing --with ben --give 2026-12-08 --take 2026-12-15 --as ana
    gateway swap ask billing --with ben --give "2026-12-08 18:00" --give-to "2026-12-08 22:00" \\
                     --why "parents' evening" --as ana

    Without --give-to and --take-to the whole shift at that time is meant. Without --take the other
    person gets nothing in return. Nothing changes until they accept. A TIME without a zone is on
    the wall clock of the rota, or of --zone. Exit status 1 with the reason if it is rejected.
    """
    if take_to is not None and take is None:
        raise click.UsageError("--take-to needs --take")
    session = in_zone_of(session, rota)
    body = {
        "rota": rota,
        "as": by,
        "with": other,
        "gives": _choice(session, give, give_to, "--give"),
        "takes": None if take is None else _choice(session, take, take_to, "--take"),
        "why": why,
    }
    answer = session.api.post("/swaps", body)
    if session.as_json:
        echo_json(answer)
        return
    swap = answer["swap"]
    echo(f"asked for swap {swap['id']}: {_text(swap, session)}")
    echo(f"to accept: gateway swap accept {swap['id']} --as {shlex.quote(other)}")
    echo(f"to undo: gateway swap cancel {swap['id']} --as {shlex.quote(by)}")


@command.command("accept")
@id_argument
@actor_option
@pass_session
def accept(session: Session, id_: int, by: str) -> None:
    """Accept swap ID as the person who was asked; it is in force at once.

    \b
    gateway swap accept 3 --as ben

    Exit status 1 if somebody else was asked, if it was answered already, or if one of you is not
    on call in these shifts any more.
    """
    _answer(session, id_, by, "accept")


@command.command("decline")
@id_argument
@actor_option
@pass_session
def decline(session: Session, id_: int, by: str) -> None:
    """Decline swap ID as the person who was asked.

    \b
    gateway swap decline 3 --as ben
    """
    _answer(session, id_, by, "decline")


@command.command("cancel")
@id_argument
@actor_option
@pass_session
def cancel(session: Session, id_: int, by: str) -> None:
    """Take swap ID back as the person who asked, while nobody has answered.

    \b
    gateway swap cancel 3 --as ana

    An accepted swap is undone by another one, or by removing the overrides that it made: see
    `gateway override list`.
    """
    _answer(session, id_, by, "cancel")


@command.command("list")
@click.option("--person", metavar="PERSON", help="Only those of this person, on either side.")
@click.option("--ended", is_flag=True, help="Also those whose shifts are over.")
@pass_session
def list_swaps(session: Session, person: str | None, *, ended: bool) -> None:
    """List swaps, answered ones included.

    \b
    gateway swap list --person ben
    """
    swaps = session.api.get("/swaps", person=person, ended="true" if ended else None)["swaps"]
    if session.as_json:
        echo_json({"swaps": swaps})
    elif not swaps:
        echo("no swaps")
    else:
        rows = [_row(one, session) for one in swaps]
        print_columns(rows, ("id", "state", "rota", "who", "gives", "takes", "why"))


def _choice(session: Session, start: str, end: str | None, option: str) -> dict[str, str | None]:
    first = read_time(start, session.now, session.zone, option)
    last = None if end is None else read_time(end, session.now, session.zone, f"{option}-to")
    return {
        "from": format_rfc3339(first),
        "to": None if last is None else format_rfc3339(last),
    }


def _answer(session: Session, id_: int, by: str, verb: str) -> None:
    answer = session.api.post(f"/swaps/{id_}/{verb}", {"as": by})
    if session.as_json:
        echo_json(answer)
        return
    swap = answer["swap"]
    session = in_zone_of(session, swap["rota"])
    echo(f"swap {id_} {swap['state']}: {_text(swap, session)}")
    print_effects(answer["effects"], session)


def _text(swap: dict[str, Any], session: Session) -> str:
    person, other = (one_line(swap[side]["name"], 80) for side in ("person", "with"))
    text = f"{other} takes {person}'s shift {span(swap['gives'], session)}"
    if swap["takes"]:
        text += f", {person} takes {other}'s {span(swap['takes'], session)}"
    return f"{text} in rota {one_line(swap['rota'], 80)}"


def _row(swap: dict[str, Any], session: Session) -> list[Cell]:
    why = one_line(swap["why"], 100)
    return [
        str(swap["id"]),
        (swap["state"], _STATES.get(swap["state"])),
        one_line(swap["rota"], 80),
        f"{one_line(swap['person']['name'], 80)} → {one_line(swap['with']['name'], 80)}",
        span(swap["gives"], session),
        span(swap["takes"], session) if swap["takes"] else "nothing",
        one_line(swap["reason"], 200) or why,
    ]
