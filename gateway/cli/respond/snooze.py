"""`gateway snooze` and `gateway unsnooze`: no notifications of one incident for a time."""

import click

from gateway.cli.respond.act import act, number
from gateway.cli.support.actor import actor_option
from gateway.cli.support.ends import end_of
from gateway.cli.support.session import Session, pass_session
from gateway.cli.support.times import TIME_FORMATS


@click.command("snooze")
@number
@actor_option
@click.option("--until", metavar="TIME", help=f"Until when: {TIME_FORMATS}.")
@click.option("--for", "lasts", metavar="DURATION", help="From now, such as 2h.")
@click.option("--why", metavar="TEXT", default="", help="The reason. Others will read it.")
@pass_session
def command(
    session: Session, number: int, by: str, until: str | None, lasts: str | None, why: str
) -> None:
    """Notify nothing about incident NUMBER until a time, unless it gets worse.

    Its end is notified. What still fires when the time has come notifies then. A silence
    (`gateway silence add`) covers alerts by their labels instead, in all incidents.

    \b
    gateway snooze 1042 --for 2h --why "the provider repairs it" --as ana
    gateway snooze 1042 --until "2026-12-02 09:00" --as ana
    """
    end = end_of(session, until, lasts)
    if end is None:
        raise click.UsageError("say for how long: --for 2h or --until TIME")
    body = {"as": by, "until": end, "reason": why}
    act(session, number, "snooze", body, f"unsnooze {number}")


@click.command("unsnooze")
@number
@actor_option
@pass_session
def unsnooze(session: Session, number: int, by: str) -> None:
    """End the snooze of incident NUMBER: what still fires is notified now.

    \b
    gateway unsnooze 1042 --as ana
    """
    act(session, number, "unsnooze", {"as": by})
