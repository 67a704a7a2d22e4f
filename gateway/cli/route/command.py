"""`gateway route`: where an alert would go, who would be notified, and why."""

from pathlib import Path
from typing import Any

import click

from gateway.cli.route.as_text import print_preview
from gateway.cli.support.api_client import Api, api_of, ask_or_none, url_option
from gateway.cli.support.context import (
    CliContext,
    config_option,
    json_option,
    pass_context,
)
from gateway.cli.support.label_arguments import label_arguments
from gateway.cli.support.output import echo_json
from gateway.cli.support.times import TIME_FORMATS, read_time
from gateway.core.decide.route_preview import preview_route
from gateway.core.matching.text import write_labels
from gateway.core.time.timestamps import format_rfc3339
from gateway.render.view.route_preview import route_preview_json

_NOW = "now"


@click.command("route")
@click.argument("labels", metavar="LABEL=VALUE...", nargs=-1, required=True)
@click.option("--at", default=_NOW, metavar="TIME", help=f"When it fires: {TIME_FORMATS}.")
@click.option("--file", "from_file", is_flag=True, help="Read routes.yaml alone, ask no gateway.")
@config_option
@url_option
@json_option
@pass_context
def command(
    context: CliContext,
    labels: tuple[str, ...],
    at: str,
    config: Path | None,
    url: str | None,
    *,
    from_file: bool,
    as_json: bool,
) -> None:
    """Print where an alert with these labels goes, who would be notified, and why.

    \b
    gateway route alertname=DoubleCharge severity=critical team=billing
    gateway route team=platform severity=warning --at "2026-11-20 03:00"

    Prints the receivers, the group, the intervals and what set each, whether the route is muted,
    the targets and escalation steps by name, and the path through the routing tree. A TIME
    without a zone is read in the zone of business_hours.

    The running gateway is asked: it has the changes made at run time, whose turn it is after the
    file was edited, and the contacts that do not work. If none answers, routes.yaml alone is read,
    and standard error says so; --file and --config do that at once.
    """
    alert_labels = label_arguments(labels)
    preview = None
    if not from_file and config is None:
        preview = ask_or_none(
            url, lambda: _preview(context, api_of(context, url), alert_labels, at)
        )
    if preview is None:
        preview = _of_file(context, alert_labels, at, config)
    if as_json:
        echo_json(preview)
    else:
        print_preview(preview, str(context.config_path(config)))


def _preview(context: CliContext, api: Api, labels: dict[str, str], at: str) -> Any:
    text = write_labels(labels)
    preview = api.get("/route", labels=text)
    if at.strip() == _NOW:
        return preview
    # A time without a zone is on the wall clock of the gateway's business_hours.
    instant = read_time(at, context.now(), preview["timezone"])
    milliseconds = instant != int(instant)
    return api.get("/route", labels=text, at=format_rfc3339(instant, milliseconds=milliseconds))


def _of_file(
    context: CliContext, labels: dict[str, str], at: str, config: Path | None
) -> dict[str, Any]:
    plan = context.config(config).plan
    instant = read_time(at, context.now(), plan.business_hours.zone)
    return route_preview_json(plan, preview_route(plan, labels, instant))
