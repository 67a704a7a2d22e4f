"""`gateway contact`: contacts of a running gateway that cannot be notified."""

from typing import Any

import click

from gateway.cli.support.actor import actor_option
from gateway.cli.support.incident_text import clock
from gateway.cli.support.output import Cell, echo, echo_json, print_columns
from gateway.cli.support.session import Session, pass_session
from gateway.core.text.escape import one_line


@click.group("contact")
def command() -> None:
    """Contacts at which messages do not arrive: list them, use them again."""


@command.command("list")
@pass_session
def list_unusable(session: Session) -> None:
    """List the contacts and addresses that are not used, with the vendor's reason.

    \b
    gateway contact list

    The person's other contacts are used instead.
    """
    contacts = session.api.get("/contacts")["contacts"]
    if session.as_json:
        echo_json({"contacts": contacts})
    elif not contacts:
        echo("no contact is known not to work")
    else:
        rows = [_row(one, session) for one in contacts]
        print_columns(rows, ("contact", "target", "since", "reason"))


@command.command("clear")
@click.argument("target")
@actor_option
@pass_session
def clear(session: Session, target: str, by: str) -> None:
    """Use TARGET again, because messages arrive there now.

    \b
    gateway contact clear email:ana@example.com --as ben
    gateway contact clear ana --as ben

    TARGET is one that `gateway contact list` prints, or a person for all of their contacts. It is
    not used again if the vendor refuses the next message, too. Exit status 1 if nothing is
    unusable under that name.
    """
    cleared = session.api.post("/contacts/clear", {"target": target, "as": by})["contacts"]
    if session.as_json:
        echo_json({"contacts": cleared})
        return
    for one in cleared:
        echo(f"{one_line(one['target'], 200)} is used again")


def _row(one: dict[str, Any], session: Session) -> list[Cell]:
    contact = f"{one['contact']} of {one['person']['name']}" if one["person"] else "a receiver's"
    since = clock(one["since"], session.zone, session.now)
    return [
        one_line(contact, 80),
        one_line(one["target"], 200),
        since,
        (one_line(one["reason"], 200), "red"),
    ]
