"""`gateway route`: where an alert would go, who would be notified, and why."""

from pathlib import Path

import click

from gateway.cli.route import as_json as route_json
from gateway.cli.route import as_text
from gateway.cli.route.preview import preview_route
from gateway.cli.support.context import CliContext, config_option, json_option, pass_context
from gateway.cli.support.label_arguments import label_arguments
from gateway.cli.support.output import echo_json
from gateway.cli.support.times import TIME_FORMATS, read_time


@click.command("route")
@click.argument("labels", metavar="LABEL=VALUE...", nargs=-1, required=True)
@click.option("--at", default="now", metavar="TIME", help=f"When it fires: {TIME_FORMATS}.")
@config_option
@json_option
@pass_context
def command(
    context: CliContext, labels: tuple[str, ...], at: str, config: Path | None, *, as_json: bool
) -> None:
    """Print where an alert with these labels goes, who would be notified, and why.

    \b
    gateway route alertname=DoubleCharge severity=critical team=billing
    gateway route team=platform severity=warning --at "2026-11-20 03:00"

    Prints the receivers, the group, the intervals and what set each, whether the route is muted,
    the targets and escalation steps by name, and the path through the routing tree. A TIME
    without a zone is read in the zone of business_hours.
    """
    alert_labels = label_arguments(labels)
    loaded = context.config(config)
    now = context.now()
    instant = read_time(at, now, loaded.plan.business_hours.zone)
    preview = preview_route(loaded.plan, alert_labels, instant)
    if as_json:
        echo_json(route_json.as_json(loaded.plan, preview))
    else:
        as_text.print_preview(loaded.plan, preview, context.config_path(config))
