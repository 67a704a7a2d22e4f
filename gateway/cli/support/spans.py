"""Spans of time as typed on the command line: --from, --to and --last."""

import click

from gateway.cli.support.times import read_time
from gateway.core.time.spans import Span
from gateway.core.time.timestamps import parse_duration


def read_span(
    now: float, zone: str, start: str | None, end: str, last: str | None, default: str
) -> Span:
    """Return the span (Unix seconds); `default` is the one without --from and --last, "-7d".

    Raises click.UsageError.
    """
    if start is not None and last is not None:
        raise click.UsageError("--from and --last exclude each other")
    until = read_time(end, now, zone, "--to")
    if last is None:
        first = read_time(start or default, now, zone, "--from")
    else:
        try:
            first = until - parse_duration(last)
        except ValueError as error:
            raise click.UsageError(f"--last {last!r} is not a duration: {error}") from None
    if first >= until:
        raise click.UsageError("--to must be later than --from")
    return Span(first, until)
