"""`gateway incidents`: what goes on, and one incident with everything that happened."""

from typing import Any

import click

from gateway.cli import story
from gateway.cli.api import api_of, incident_number, url_option
from gateway.cli.show import Cell, columns, say, say_json, severity_colour
from gateway.cli.world import World, json_option, pass_world
from gateway.core.when import parse_rfc3339

STATES = ("open", "firing", "acknowledged", "resolved", "all")


@click.command("incidents")
@click.argument("number", callback=incident_number, required=False)
@click.option(
    "--state", type=click.Choice(STATES), default="open", show_default=True, help="Which ones."
)
@click.option("--receiver", metavar="NAME", help="Only those of this receiver.")
@click.option("--severity", metavar="NAME", help="Only those of this severity.")
@click.option("--search", metavar="TEXT", help="Only those with this in title, labels, receiver.")
@click.option(
    "--limit", type=click.IntRange(1, 500), default=50, show_default=True, help="How many."
)
@story.zone_option
@url_option
@json_option
@pass_world
def command(
    world: World,
    number: int | None,
    state: str,
    receiver: str | None,
    severity: str | None,
    search: str | None,
    limit: int,
    zone: str | None,
    url: str | None,
    as_json: bool,
) -> None:
    """List incidents, or show incident NUMBER with its timeline, messages and alerts.

    \b
    gateway incidents
    gateway incidents --state all --receiver billing-critical
    gateway incidents 1042
    """
    seen_from = story.zone_of(world, zone)
    api = api_of(world, url)
    if number is not None:
        incident = api.get(f"/incidents/{number}")
        if as_json:
            say_json(incident)
        else:
            story.say_incident(incident, seen_from, world.now())
        return
    page = api.get(
        "/incidents",
        state=None if state == "all" else state,
        receiver=receiver,
        severity=severity,
        q=search,
        limit=limit,
    )
    if as_json:
        say_json(page)
        return
    if not page["incidents"]:
        say("no incidents" if state == "all" else f"no incidents are {state}")
        return
    # What nobody has comes first; within that the newest, as the API gives them.
    ordered = sorted(page["incidents"], key=lambda one: one["state"] != "firing")
    columns(
        [_row(one, seen_from, world.now()) for one in ordered],
        ("number", "severity", "state", "since", "answer by", "receiver", "what"),
    )
    if page["next"] is not None:
        say(f"… and older ones: --limit shows more than {limit}")


def _row(one: dict[str, Any], zone: str, now: float) -> list[Cell]:
    ack = one["acknowledged"]
    state = f"{ack['by']['name']} has it" if ack else one["state"]
    return [
        f"#{one['number']}",
        (one["severity"] or "none", severity_colour(one["severity"])),
        (state, "green" if one["state"] == "resolved" else None),
        story.clock(one["opened_at"], zone, now),
        _answer_by(one, zone, now),
        one["receiver"],
        one["title"],
    ]


def _answer_by(one: dict[str, Any], zone: str, now: float) -> Cell:
    """Until when somebody should take it; nothing is asked of people who are not told."""
    if one["why_quiet"]:
        return "nobody is told"
    if one["respond_by"] is None:
        return ""
    until = story.clock(one["respond_by"], zone, now)
    return (f"overdue since {until}", "red") if parse_rfc3339(one["respond_by"]) < now else until
