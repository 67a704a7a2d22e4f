"""`gateway ack`, `gateway take` and `gateway unack`: who works on an incident."""

import shlex
from typing import Any

import click

from gateway.cli.support.actor import actor_option
from gateway.cli.support.api_client import ApiError, number_argument
from gateway.cli.support.context import FAILED, CliError
from gateway.cli.support.incident_text import clock
from gateway.cli.support.output import echo, echo_error, echo_json
from gateway.cli.support.session import Session, pass_session
from gateway.core.text.escape import one_line


@click.command("ack")
@click.argument("number", callback=number_argument)
@actor_option
@pass_session
def command(session: Session, number: int, by: str) -> None:
    """Acknowledge incident NUMBER: you work on it.

    Reminders and pending escalation steps stop, and everyone who was notified is notified that
    you acknowledged. The first acknowledgement wins: if another person was faster, nothing
    changes, and the command to take the incident over is printed. Exit status 1 then, if the
    incident is resolved, or if it does not exist.

    \b
    gateway ack 1042 --as ana
    """
    act(session, number, "ack", {"as": by})


@click.command("take")
@click.argument("number", callback=number_argument)
@actor_option
@click.option(
    "--from",
    "holder",
    metavar="PERSON",
    help="Who acknowledged it. Refused if it is another person by now; without --from, if "
    "somebody acknowledged within the last minute.",
)
@pass_session
def take(session: Session, number: int, by: str, holder: str | None) -> None:
    """Take incident NUMBER over from the person who acknowledged it.

    Everyone who was notified gets one message that names you and the person before you. The
    acknowledgement expires later, counted from now. If nobody has acknowledged, this
    acknowledges. Exit status 1 if another person than --from has acknowledged, if the incident
    is resolved, or if it does not exist.

    \b
    gateway take 1042 --as ben
    gateway take 1042 --as ben --from ana
    """
    body = {"as": by} if holder is None else {"as": by, "from": holder}
    act(session, number, "take", body)


@click.command("unack")
@click.argument("number", callback=number_argument)
@actor_option
@click.option(
    "--back",
    is_flag=True,
    help="Undo `gateway take`: return the incident to the person it was taken from. Within ten "
    "minutes.",
)
@pass_session
def undo(session: Session, number: int, by: str, *, back: bool) -> None:
    """Undo the acknowledgement of incident NUMBER: reminders and the escalation continue.

    Exit status 1 if the incident is not acknowledged, if it is resolved, or if it does not exist.

    \b
    gateway unack 1042 --as ana
    gateway unack 1042 --as ben --back
    """
    body: dict[str, Any] = {"as": by} | ({"back": True} if back else {})
    act(session, number, "unack", body)


def act(session: Session, number: int, action: str, body: dict[str, Any]) -> None:
    """Call the action's endpoint and print the result.

    Exits with status 1 if `action` is "ack" and another person has acknowledged.
    """
    try:
        answer = session.api.post(f"/incidents/{number}/{action}", body)
    except ApiError as error:
        if action != "take" or error.status != 409 or "from" not in error.fields:
            raise
        ack = session.api.get(f"/incidents/{number}")["acknowledged"]
        raise CliError(f"{error.heading}{_take_hint(number, body['as'], ack)}") from None
    for warning in answer["warnings"]:
        echo_error(f"warning: {one_line(warning, 1000)}")
    if session.as_json:
        echo_json(answer)
    else:
        _print(session, answer, body["as"], action)
    ack = answer["incident"]["acknowledged"]
    if action == "ack" and ack and ack["by"]["id"] != body["as"]:
        click.get_current_context().exit(FAILED)


def _take_hint(number: int, by: str, ack: dict[str, Any] | None) -> str:
    """Return the rest of an error: how to take an incident over from its present holder."""
    if ack is None:  # undone since the request was refused
        return f"; run: gateway ack {number} --as {_quoted(by)}"
    holder = _quoted(ack["by"]["id"])
    return f"; to take it over, run: gateway take {number} --as {_quoted(by)} --from {holder}"


def _quoted(name: str) -> str:
    return shlex.quote(one_line(name, 100))


def _print(session: Session, answer: dict[str, Any], by: str, action: str) -> None:
    incident = answer["incident"]
    number, ack = incident["number"], incident["acknowledged"]
    text = f"#{number} {answer['answer']}"
    if ack:
        if not text.endswith(("acknowledged", "taken over")):
            text += ": acknowledged"
        since, until = (clock(ack[key], session.zone, session.now) for key in ("at", "expires_at"))
        text += f" by {ack['by']['name']} since {since}, until {until}"
    echo(f"{one_line(text)}   ({one_line(incident['title'], 200)})")
    if not ack:
        return
    person, holder = _quoted(by), _quoted(ack["by"]["id"])
    if ack["by"]["id"] != by:
        if action != "unack":
            echo(f"to take it over: gateway take {number} --as {person} --from {holder}")
    elif answer["answer"] == "taken over" and ack["back_until"]:
        echo(
            f"to undo: gateway unack {number} --as {person} --back   "
            f"(returns it to {one_line(ack['taken_from']['name'], 100)}; until "
            f"{clock(ack['back_until'], session.zone, session.now)})"
        )
    else:
        echo(f"to undo: gateway unack {number} --as {person}")
