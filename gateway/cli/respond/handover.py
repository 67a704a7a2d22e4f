"""`gateway handover`, `gateway decline` and `gateway extend`: who holds an incident, how long."""

import click

from gateway.cli.respond.act import act, number
from gateway.cli.support.actor import actor_option
from gateway.cli.support.ends import end_of
from gateway.cli.support.session import Session, pass_session
from gateway.cli.support.times import TIME_FORMATS


@click.command("handover")
@number
@click.argument("person")
@actor_option
@click.option("--text", metavar="TEXT", default="", help="What the person should know.")
@pass_session
def command(session: Session, number: int, person: str, by: str, text: str) -> None:
    """Hand incident NUMBER over to PERSON, who is notified and accepts by acknowledging it.

    Until then the holder keeps it. Exit status 1 if nobody has acknowledged the incident, if it is
    resolved, or if PERSON is not in routes.yaml.

    \b
    gateway handover 1042 ben --text "my train leaves" --as ana
    """
    body = {"as": by, "to": person, "text": text}
    act(session, number, "handover", body, f"decline {number}")


@click.command("decline")
@number
@actor_option
@pass_session
def decline(session: Session, number: int, by: str) -> None:
    """Decline incident NUMBER that is handed over to you, or withdraw the offer.

    \b
    gateway decline 1042 --as ben
    """
    act(session, number, "decline", {"as": by})


@click.command("extend")
@number
@actor_option
@click.option("--until", metavar="TIME", help=f"Until when: {TIME_FORMATS}.")
@click.option("--for", "lasts", metavar="DURATION", help="From now, such as 4h.")
@pass_session
def extend(session: Session, number: int, by: str, until: str | None, lasts: str | None) -> None:
    """Let the acknowledgement of incident NUMBER hold longer; the holder stays.

    Without --until and --for as long from now as a new acknowledgement would. Exit status 1 if it
    holds longer already, or if nobody has acknowledged the incident.

    \b
    gateway extend 1042 --for 4h --as ana
    """
    act(session, number, "extend", {"as": by, "until": end_of(session, until, lasts)})
