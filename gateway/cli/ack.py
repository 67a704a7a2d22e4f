"""`gateway ack` and `gateway unack`: taking an incident, and giving it back."""

import click

from gateway.cli.api import api_of, incident_number, url_option
from gateway.cli.show import say, say_json
from gateway.cli.story import clock, zone_of, zone_option
from gateway.cli.world import World, json_option, pass_world
from gateway.core.escape import one_line

who_option = click.option(
    "--as", "by", metavar="PERSON", required=True, help="Who you are: your id in routes.yaml."
)


@click.command("ack")
@click.argument("number", callback=incident_number)
@who_option
@zone_option
@url_option
@json_option
@pass_world
def command(
    world: World, number: int, by: str, zone: str | None, url: str | None, as_json: bool
) -> None:
    """Acknowledge incident NUMBER: "I have it".

    Reminders and pending steps of the escalation stop, and everybody who was told hears who has
    it. The first one wins: when somebody has it already, that is said. Exit status 1 when it is
    over, or there is no such incident.

    \b
    gateway ack 1042 --as ana
    """
    act(world, number, by, zone, url, as_json, "ack")


@click.command("unack")
@click.argument("number", callback=incident_number)
@who_option
@zone_option
@url_option
@json_option
@pass_world
def undo(
    world: World, number: int, by: str, zone: str | None, url: str | None, as_json: bool
) -> None:
    """Give incident NUMBER back: reminders and the escalation go on.

    Exit status 1 when nobody has it, when it is over, or there is no such incident.

    \b
    gateway unack 1042 --as ana
    """
    act(world, number, by, zone, url, as_json, "unack")


def act(
    world: World, number: int, by: str, zone: str | None, url: str | None, as_json: bool, what: str
) -> None:
    """Do it over the API and say what came of it."""
    seen_from = zone_of(world, zone)
    answer = api_of(world, url).post(f"/incidents/{number}/{what}", {"by": by})
    for warning in answer["warnings"]:
        click.echo(f"warning: {one_line(warning, 1000)}", err=True)
    if as_json:
        say_json(answer)
        return
    incident = answer["incident"]
    text = f"#{number} {answer['answer']}"
    ack = incident["acknowledged"]
    if ack:
        since = clock(ack["at"], seen_from, world.now())
        until = clock(ack["expires_at"], seen_from, world.now())
        text += f": {ack['by']['name']} has it since {since}, until {until}"
    say(f"{one_line(text)}   ({one_line(incident['title'], 200)})")
    if what == "ack" and ack:
        say(f"to undo: gateway unack {number} --as {one_line(by)}")
