"""`gateway ack`, `gateway take` and `gateway unack`: who works on an incident."""

import shlex
from typing import Any

import click

from gateway.cli.support.api_client import ApiError, api_of, number_argument, url_option
from gateway.cli.support.context import FAILED, CliContext, CliError, json_option, pass_context
from gateway.cli.support.incident_text import clock, zone_of, zone_option
from gateway.cli.support.output import echo, echo_json
from gateway.core.text.escape import one_line

who_option = click.option(
    "--as", "by", metavar="PERSON", required=True, help="Who you are: your id in routes.yaml."
)


@click.command("ack")
@click.argument("number", callback=number_argument)
@who_option
@zone_option
@url_option
@json_option
@pass_context
def command(
    context: CliContext, number: int, by: str, zone: str | None, url: str | None, as_json: bool
) -> None:
    """Acknowledge incident NUMBER: "I have it".

    Reminders and pending steps of the escalation stop, and everyone who was notified learns who
    has it. The first one wins: if somebody else has it, nothing changes, and the command to take
    it over is printed. Exit status 1 then, when it is resolved, or there is no such incident.

    \b
    gateway ack 1042 --as ana
    """
    act(context, number, "ack", {"by": by}, zone, url, as_json)


@click.command("take")
@click.argument("number", callback=number_argument)
@who_option
@click.option(
    "--from",
    "holder",
    metavar="PERSON",
    help="Who has it. Refused if another person has it by now; without --from, if somebody "
    "acknowledged within the last minute.",
)
@zone_option
@url_option
@json_option
@pass_context
def take(
    context: CliContext,
    number: int,
    by: str,
    holder: str | None,
    zone: str | None,
    url: str | None,
    as_json: bool,
) -> None:
    """Take incident NUMBER over from the person who acknowledged it.

    Everyone who was notified gets one message: who has it now, and from whom. The acknowledgement
    expires anew from now on. If nobody has acknowledged, this acknowledges. Exit status 1 when
    another person has it, when it is resolved, or there is no such incident.

    \b
    gateway take 1042 --as ben
    gateway take 1042 --as ben --from ana
    """
    body = {"by": by} if holder is None else {"by": by, "from": holder}
    act(context, number, "take", body, zone, url, as_json)


@click.command("unack")
@click.argument("number", callback=number_argument)
@who_option
@click.option(
    "--back",
    is_flag=True,
    help="Undo `gateway take`: the person it was taken from has it again. Within ten minutes.",
)
@zone_option
@url_option
@json_option
@pass_context
def undo(
    context: CliContext,
    number: int,
    by: str,
    back: bool,
    zone: str | None,
    url: str | None,
    as_json: bool,
) -> None:
    """Undo the acknowledgement of incident NUMBER: reminders and the escalation go on.

    Exit status 1 when it is not acknowledged, when it is resolved, or there is no such incident.

    \b
    gateway unack 1042 --as ana
    gateway unack 1042 --as ben --back
    """
    body: dict[str, Any] = {"by": by} | ({"back": True} if back else {})
    act(context, number, "unack", body, zone, url, as_json)


def act(
    context: CliContext,
    number: int,
    action: str,
    body: dict[str, Any],
    zone: str | None,
    url: str | None,
    as_json: bool,
) -> None:
    """Do it over the API and print the result. Exit status 1 if somebody else has the incident."""
    seen_from = zone_of(context, zone)
    api = api_of(context, url)
    try:
        answer = api.post(f"/incidents/{number}/{action}", body)
    except ApiError as refused:
        if action != "take" or refused.status != 409 or "from" not in refused.fields:
            raise
        hint = _take_command(number, body["by"], api.get(f"/incidents/{number}")["acknowledged"])
        raise CliError(f"{refused.heading}{hint}") from None
    for warning in answer["warnings"]:
        click.echo(f"warning: {one_line(warning, 1000)}", err=True)
    if as_json:
        echo_json(answer)
    else:
        _print(context, answer, body["by"], action, seen_from)
    ack = answer["incident"]["acknowledged"]
    if action == "ack" and ack and ack["by"]["id"] != body["by"]:
        click.get_current_context().exit(FAILED)


def _take_command(number: int, by: str, ack: dict[str, Any] | None) -> str:
    """Return the rest of an error: how to take an incident over from its present holder."""
    if ack is None:  # undone since it was refused
        return f"; run: gateway ack {number} --as {_quoted(by)}"
    holder = _quoted(ack["by"]["id"])
    return f"; to take it over, run: gateway take {number} --as {_quoted(by)} --from {holder}"


def _quoted(name: str) -> str:
    return shlex.quote(one_line(name, 100))


def _print(context: CliContext, answer: dict[str, Any], by: str, action: str, zone: str) -> None:
    incident = answer["incident"]
    number, ack = incident["number"], incident["acknowledged"]
    text = f"#{number} {answer['answer']}"
    if ack:
        since, until = (clock(ack[key], zone, context.now()) for key in ("at", "expires_at"))
        text += f": {ack['by']['name']} has it since {since}, until {until}"
    echo(f"{one_line(text)}   ({one_line(incident['title'], 200)})")
    if not ack:
        return
    me, holder = _quoted(by), _quoted(ack["by"]["id"])
    if ack["by"]["id"] != by:
        if action != "unack":
            echo(f"to take it over: gateway take {number} --as {me} --from {holder}")
    elif answer["answer"] == "taken over" and ack["back_until"]:
        echo(
            f"to undo: gateway unack {number} --as {me} --back   "
            f"({one_line(ack['taken_from']['name'], 100)} has it again; until "
            f"{clock(ack['back_until'], zone, context.now())})"
        )
    else:
        echo(f"to undo: gateway unack {number} --as {me}")
