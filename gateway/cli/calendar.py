"""`gateway calendar`: the calendars that a running gateway reads for rotas and holidays."""

from typing import Any

import click

from gateway.cli.support.incident_text import clock
from gateway.cli.support.output import Cell, echo, echo_json, paint, print_columns
from gateway.cli.support.session import Session, pass_session
from gateway.core.text.escape import one_line

_LONGEST = 200


@click.group("calendar")
def command() -> None:
    """Calendars that rotas and holidays read: list them, confirm that one lost its events."""


@command.command("list")
@pass_session
def list_calendars(session: Session) -> None:
    """List the calendars, when each was read, and what is wrong with it.

    \b
    gateway calendar list

    Events that name nobody are listed with the nearest person, and events that were left out with
    the reason.
    """
    calendars = session.api.get("/calendars")["calendars"]
    if session.as_json:
        echo_json({"calendars": calendars})
    elif not calendars:
        echo("routes.yaml names no calendars")
    else:
        print_columns(
            [_row(one, session) for one in calendars],
            ("calendar", "for", "state", "read", "known until", "events"),
        )
        for one in calendars:
            _print_problems(one)


@command.command("confirm")
@click.argument("calendar")
@click.option(
    "--as", "by", metavar="PERSON", required=True, help="Who you are: your id in routes.yaml."
)
@pass_session
def confirm(session: Session, calendar: str, by: str) -> None:
    """Believe that CALENDAR lost its events on purpose.

    \b
    gateway calendar confirm '${BILLING_CALENDAR}' --as ana

    A calendar that suddenly has none, or less than half, of its future events is not believed at
    once: its last good copy is used, until it has been so for `calendars.confirm_after`. This
    command ends that, within seconds. Exit status 1 if it has not lost its events.
    """
    answer = session.api.post("/calendars/confirm", {"calendar": calendar, "by": by})
    if session.as_json:
        echo_json(answer)
    else:
        echo(f"{one_line(calendar, _LONGEST)}: read again within seconds, and believed")


def _row(one: dict[str, Any], session: Session) -> list[Cell]:
    state = "ok" if one["ok"] else "lost events" if one["lost_events"] else "failing"

    def time(value: str | None) -> str:
        return clock(value, session.zone, session.now) if value else "never"

    return [
        one_line(one["calendar"], _LONGEST),
        f"{one['use']} ({one['timezone']})",
        (state, "green" if one["ok"] else "red"),
        time(one["read_at"]),
        time(one["known_until"]),
        str(one["events"]),
    ]


def _print_problems(one: dict[str, Any]) -> None:
    name = one_line(one["calendar"], _LONGEST)
    if one["error"]:
        echo(f"{paint(name, 'red')}: {one_line(one['error'], 500)}")
    for unknown in one["unknown_names"]:
        hint = f"; did you mean {unknown['nearest']}?" if unknown["nearest"] else ""
        summary = one_line(unknown["summary"], _LONGEST)
        echo(f'{paint(name, "yellow")}: the event "{summary}" names nobody{hint}')
    for problem in one["problems"]:
        echo(f"{paint(name, 'yellow')}: {one_line(problem, 500)}")
