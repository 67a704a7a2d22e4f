"""`gateway route`: where an alert would go, who would hear of it, and why."""

from pathlib import Path

import click

from gateway.cli import route_answer, route_json, route_words
from gateway.cli.instants import HELP, read_instant
from gateway.cli.show import say_json
from gateway.cli.world import World, config_option, json_option, pass_world


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
    given = read_labels(labels)
    loaded = world.config(config)
    now = world.now()
    instant = read_instant(at, now, loaded.plan.business_hours.zone)
    answer = route_answer.answer(loaded.plan, given, instant)
    if as_json:
        say_json(route_json.as_json(loaded.plan, answer))
    else:
        route_words.say_answer(loaded.plan, answer, world.file(config))


def read_labels(pairs: tuple[str, ...]) -> dict[str, str]:
    """Labels as typed, NAME=VALUE. Raises click.UsageError naming what is not one."""
    found: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name or name.endswith("!"):
            raise click.UsageError(
                f"{pair!r} is no label: write NAME=VALUE, such as severity=critical"
            )
        if name in found:
            raise click.UsageError(f"label {name} is given twice: {found[name]!r} and {value!r}")
        found[name] = value
    return {name: value for name, value in found.items() if value}
