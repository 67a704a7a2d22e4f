"""`gateway comment`, `useful`, `noise`, `unrate` and `team`: what people say about an incident."""

import sys

import click

from gateway.cli.respond.act import act, number
from gateway.cli.support.actor import actor_option
from gateway.cli.support.session import Session, pass_session


@click.command("comment")
@number
@click.argument("text")
@actor_option
@pass_session
def command(session: Session, number: int, text: str, by: str) -> None:
    """Comment on incident NUMBER; TEXT - is read from standard input. Markdown is shown as such.

    It is shown at once in Slack's thread and on the incident's page, and in the next message
    elsewhere. Resolved incidents can be commented on, too.

    \b
    gateway comment 1042 "the refund job runs, 200 of 900 done" --as ana
    """
    if text == "-":
        text = sys.stdin.read()
    act(session, number, "comment", {"as": by, "text": text})


@click.command("useful")
@number
@actor_option
@pass_session
def useful(session: Session, number: int, by: str) -> None:
    """Say that it was useful to be notified of incident NUMBER, for reports.

    \b
    gateway useful 1042 --as ana
    """
    act(session, number, "useful", {"as": by}, f"unrate {number}")


@click.command("noise")
@number
@actor_option
@pass_session
def noise(session: Session, number: int, by: str) -> None:
    """Say that incident NUMBER was noise: nobody needed to be notified of it.

    \b
    gateway noise 1042 --as ana
    """
    act(session, number, "noise", {"as": by}, f"unrate {number}")


@click.command("unrate")
@number
@actor_option
@pass_session
def unrate(session: Session, number: int, by: str) -> None:
    """Take back what you said with `gateway useful` or `gateway noise`.

    \b
    gateway unrate 1042 --as ana
    """
    act(session, number, "unrate", {"as": by})


@click.command("team")
@number
@click.argument("team")
@actor_option
@pass_session
def team(session: Session, number: int, team: str, by: str) -> None:
    """Give incident NUMBER to another TEAM of routes.yaml, where it is listed and counted.

    It notifies nobody: page the team's rota to call its people.

    \b
    gateway team 1042 platform --as ana
    """
    act(session, number, "team", {"as": by, "team": team})
