"""Session of a command with a running gateway: its API client, and how to print the answers."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import update_wrapper
from typing import Any

import click

from gateway.cli.support.api_client import Api, api_of, url_option
from gateway.cli.support.context import CliContext, json_option, pass_context
from gateway.core.time.wallclock import load_zone

zone_option = click.option(
    "--zone", metavar="ZONE", help="Time zone of what is printed.  [default: $TZ, else UTC]"
)


@dataclass(frozen=True, slots=True)
class Session:
    """The gateway to call, and the command's options for printing."""

    context: CliContext
    api: Api
    zone: str
    """IANA name of the zone to print times in."""
    now: float
    """Unix seconds at which the command started."""
    as_json: bool


def pass_session(function: Callable[..., None]) -> Callable[..., None]:
    """Add --zone, --url and --json to a command, and pass it a Session as its first argument."""

    def with_session(
        context: CliContext,
        /,
        *args: Any,
        zone: str | None,
        url: str | None,
        as_json: bool,
        **kwargs: Any,
    ) -> None:
        session = Session(
            context=context,
            api=api_of(context, url),
            zone=zone_of(context, zone),
            now=context.now(),
            as_json=as_json,
        )
        function(session, *args, **kwargs)

    update_wrapper(with_session, function)
    return zone_option(url_option(json_option(pass_context(with_session))))


def zone_of(context: CliContext, option: str | None) -> str:
    """Return the zone to print times in. Raises click.UsageError for an unknown --zone."""
    if option is None:
        # TZ may also hold values that are not IANA names, such as ":/etc/localtime".
        name = context.env.get("TZ") or "UTC"
        try:
            load_zone(name)
        except ValueError:
            return "UTC"
        return name
    try:
        load_zone(option)
    except ValueError as error:
        raise click.UsageError(f"--zone: {error}") from None
    return option
