"""`gateway resolve` and `gateway reopen`: the end of an incident, decided by a person."""

import click

from gateway.cli.respond.act import act, number
from gateway.cli.support.actor import actor_option
from gateway.cli.support.session import Session, pass_session


@click.command("resolve")
@number
@actor_option
@click.option("--why", metavar="TEXT", default="", help="The reason. Others will read it.")
@pass_session
def command(session: Session, number: int, by: str, why: str) -> None:
    """Resolve incident NUMBER, though its alerts may still fire.

    Everyone who was notified is notified that it is resolved. If its alerts still fire when the
    route's `reopen_after` is over (5 minutes by default), it opens again and notifies.

    \b
    gateway resolve 1042 --why "refunded by hand" --as ana
    """
    act(session, number, "resolve", {"as": by, "reason": why}, f"reopen {number}")


@click.command("reopen")
@number
@actor_option
@pass_session
def reopen(session: Session, number: int, by: str) -> None:
    """Open incident NUMBER again, which a person resolved and whose alerts still fire.

    \b
    gateway reopen 1042 --as ana
    """
    act(session, number, "reopen", {"as": by})
