"""The end of something, typed as --until TIME or --for DURATION."""

import click

from gateway.cli.support.session import Session
from gateway.cli.support.times import read_time
from gateway.core.time.timestamps import format_rfc3339, parse_duration


def end_of(session: Session, until: str | None, lasts: str | None) -> str | None:
    """Return the instant that --until or --for names; None without either.

    Raises click.UsageError for both, and for a time that cannot be read.
    """
    if until is not None and lasts is not None:
        raise click.UsageError("--for and --until both set the end: give one of them")
    if until is not None:
        return format_rfc3339(read_time(until, session.now, session.zone, "--until"))
    if lasts is None:
        return None
    try:
        seconds = parse_duration(lasts)
    except ValueError as error:
        raise click.UsageError(f"--for: {error}") from None
    if seconds <= 0:
        raise click.UsageError("--for: must be longer than zero")
    return format_rfc3339(session.now + seconds)
