"""`gateway source`: who may post alerts, and what becomes of a body."""

from pathlib import Path
from typing import Any, BinaryIO

import click

from gateway.cli.source.heartbeats import list_heartbeats
from gateway.cli.source.trial import try_body
from gateway.cli.source.trial_text import print_trial, trial_json
from gateway.cli.support.api_client import ApiError, api_of, url_option
from gateway.cli.support.context import (
    FAILED,
    CliContext,
    CliError,
    config_option,
    json_option,
    pass_context,
)
from gateway.cli.support.incident_text import clock
from gateway.cli.support.output import Cell, echo_error, echo_json, print_columns
from gateway.cli.support.session import zone_of
from gateway.core.plan.accounts import SourceSettings
from gateway.core.text.nearest import nearest


@click.group("source")
def command() -> None:
    """Sources of alerts: list them, try what becomes of a body, see which jobs pinged."""


command.add_command(list_heartbeats)


@command.command("list")
@config_option
@url_option
@json_option
@pass_context
def list_sources(
    context: CliContext, config: Path | None, url: str | None, *, as_json: bool
) -> None:
    """List the sources of routes.yaml: credentials, the last post, and what was refused.

    \b
    gateway source list

    The running gateway is asked. If none answers, or with --config, routes.yaml alone is read.
    """
    answer = None if config is not None else _ask(context, url)
    if answer is not None:
        if as_json:
            echo_json(answer)
        else:
            zone, now = zone_of(context, None), context.now()
            print_columns([_state_row(one, zone, now) for one in answer["sources"]], _HEADINGS)
        return
    sources = context.config(config).sources.values()
    if as_json:
        echo_json({"sources": [_source_json(one) for one in sources]})
        return
    rows = [(one.name, one.type, f"/webhook/{one.name}", _credentials(one)) for one in sources]
    print_columns(rows, ("source", "type", "path", "credentials"))


@command.command("try")
@click.argument("name")
@click.argument("body", type=click.File("rb"), default="-")
@click.option(
    "--header",
    "headers",
    multiple=True,
    metavar="NAME:VALUE",
    help="A header of the request, such as Sentry-Hook-Resource:issue; repeatable.",
)
@config_option
@json_option
@pass_context
def try_source(
    context: CliContext,
    name: str,
    body: BinaryIO,
    headers: tuple[str, ...],
    config: Path | None,
    *,
    as_json: bool,
) -> None:
    """Print which alerts source NAME makes of a BODY, and who would receive them.

    \b
    gateway source try backups < body.json
    gateway source try sentry issue.json --header Sentry-Hook-Resource:issue

    Nothing is stored or sent, and no credentials are needed. Exit status 1 if the body or one of
    its alerts is refused.
    """
    loaded = context.config(config)
    source = loaded.sources.get(name)
    if source is None:
        near = nearest(name, loaded.sources)
        hint = f"; did you mean {near}?" if near else f": {', '.join(loaded.sources) or 'none'}"
        raise CliError(f"there is no source {name}{hint}")
    trial = try_body(loaded.plan, source, body.read(), _headers(headers), context.now())
    if as_json:
        echo_json(trial_json(trial))
    else:
        print_trial(trial)
    if trial.failed:
        raise click.exceptions.Exit(FAILED)


def _ask(context: CliContext, url: str | None) -> Any:
    """Return the running gateway's sources, None if none answers, which is said on stderr."""
    try:
        return api_of(context, url).get("/sources")
    except ApiError:
        raise
    except CliError as error:
        if url is not None:
            raise
        echo_error(f"{error.message.partition('. ')[0]}: reading the file, without what was posted")
        return None


_HEADINGS = ("source", "type", "credentials", "last post", "in an hour", "last refusal")


def _state_row(one: dict[str, Any], zone: str, now: float) -> list[Cell]:
    last = clock(one["last_post_at"], zone, now) or "never"
    refusal = one["last_refusal"]
    refused = "" if refusal is None else f"{clock(refusal['at'], zone, now)}: {refusal['error']}"
    return [
        one["name"],
        one["type"],
        ", ".join(one["credentials"]) or "open",
        (f"{last}, silent", "red") if one["silent"] else last,
        str(one["posts_last_hour"]),
        refused,
    ]


def _headers(options: tuple[str, ...]) -> dict[str, str]:
    headers = {}
    for option in options:
        name, colon, value = option.partition(":")
        if not colon or not name.strip():
            raise click.UsageError(f"--header {option}: write NAME:VALUE")
        headers[name.strip()] = value.strip()
    return headers


def _credentials(source: SourceSettings) -> str:
    return ", ".join(source.credentials) or "open"


def _source_json(source: SourceSettings) -> dict[str, object]:
    return {
        "name": source.name,
        "type": source.type,
        "path": f"/webhook/{source.name}",
        "credentials": list(source.credentials) or ["open"],
        "labels": dict(source.labels),
    }
