"""`gateway merge`, `unmerge`, `link` and `unlink`: two incidents that belong together."""

import click

from gateway.cli.respond.act import act, number
from gateway.cli.support.actor import actor_option
from gateway.cli.support.api_client import number_argument
from gateway.cli.support.session import Session, pass_session

other = click.argument("other", callback=number_argument)


@click.command("merge")
@number
@click.argument("into", callback=number_argument)
@actor_option
@pass_session
def command(session: Session, number: int, into: int, by: str) -> None:
    """Merge incident NUMBER into incident INTO, because they have the same cause.

    INTO notifies for both from now on, shows the alerts of both, and ends for both. Actions on
    NUMBER go to INTO. Exit status 1 if one of them is resolved or merged already.

    \b
    gateway merge 1043 1042 --as ana
    """
    act(session, number, "merge", {"as": by, "into": into}, f"unmerge {number}")


@click.command("unmerge")
@number
@actor_option
@pass_session
def unmerge(session: Session, number: int, by: str) -> None:
    """Undo a merge: incident NUMBER notifies by itself again.

    \b
    gateway unmerge 1043 --as ana
    """
    act(session, number, "unmerge", {"as": by})


@click.command("link")
@number
@other
@actor_option
@pass_session
def link(session: Session, number: int, other: int, by: str) -> None:
    """Link incidents NUMBER and OTHER: each shows the other. Nothing else changes.

    \b
    gateway link 1042 1017 --as ana
    """
    act(session, number, "link", {"as": by, "other": other}, f"unlink {number} {other}")


@click.command("unlink")
@number
@other
@actor_option
@pass_session
def unlink(session: Session, number: int, other: int, by: str) -> None:
    """Undo a link of two incidents.

    \b
    gateway unlink 1042 1017 --as ana
    """
    act(session, number, "unlink", {"as": by, "other": other})
