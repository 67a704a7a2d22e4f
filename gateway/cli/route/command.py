"""`gateway route`: where an alert would go, who would hear of it, and why."""

from pathlib import Path

import click

from gateway.cli.route import answer as route_answer
from gateway.cli.route import as_json as route_json
from gateway.cli.route import as_text
from gateway.cli.support.context import World, config_option, json_option, pass_world
from gateway.cli.support.label_arguments import label_arguments
from gateway.cli.support.output import say_json
from gateway.cli.support.times import HELP, read_instant


@click.command("route")
@click.argument("labels", metavar="LABEL=VALUE...", nargs=-1, required=True)
@click.option("--at", default="now", metavar="TIME", help=f"The instant to ask for: {HELP}.")
@config_option
@json_option
@pass_world
def command(
    world: World, labels: tuple[str, ...], at: str, config: Path | None, as_json: bool
) -> None:
    """Say where an alert with these labels goes, who would be told, and why.

    \b
    gateway route alertname=DoubleCharge severity=critical team=billing
    gateway route team=platform severity=warning --at "2026-11-20 03:00"

    Prints the receivers, the group, the intervals with the place that set each, whether the route
    is muted, the targets and the steps of the escalation by name, and the way through the tree.
    A TIME without a zone is read in the zone of business_hours.
    """
    given = label_arguments(labels)
    loaded = world.config(config)
    now = world.now()
    instant = read_instant(at, now, loaded.plan.business_hours.zone)
    answer = route_answer.answer(loaded.plan, given, instant)
    if as_json:
        say_json(route_json.as_json(loaded.plan, answer))
    else:
        as_text.say_answer(loaded.plan, answer, world.file(config))
