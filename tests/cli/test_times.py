"""Times as typed on the command line."""

import click
import pytest

from gateway.cli.support.times import read_time
from gateway.core.time.timestamps import parse_rfc3339
from tests.cli.console import NOW


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("now", "2026-11-20T04:00:00Z"),
        ("+2d", "2026-11-22T04:00:00Z"),
        ("-90m", "2026-11-20T02:30:00Z"),
        ("2026-11-20T03:00:00Z", "2026-11-20T03:00:00Z"),
        ("2026-11-20T03:00:00+02:00", "2026-11-20T01:00:00Z"),
        ("2026-11-20T03:00:00.000+0200", "2026-11-20T01:00:00Z"),
        ("2026-11-20T03:00Z", "2026-11-20T03:00:00Z"),
        ("2026-11-20 09:00", "2026-11-20T08:00:00Z"),
        ("2026-11-20 9:00", "2026-11-20T08:00:00Z"),
        ("2026-07-20T09:00:30", "2026-07-20T07:00:30Z"),
        ("2026-11-20", "2026-11-19T23:00:00Z"),
        ("2026-03-29 02:30", "2026-03-29T01:00:00Z"),  # skipped: the first instant after
        ("2026-10-25 02:30", "2026-10-25T00:30:00Z"),  # comes twice: the first
    ],
)
def test_time_is_read_in_every_documented_format(typed: str, meant: str) -> None:
    """Wall-clock times are read in the zone, Berlin here, with daylight saving time."""
    assert read_time(typed, NOW, "Europe/Berlin") == parse_rfc3339(meant)


@pytest.mark.parametrize("typed", ["", "+", "+2x", "monday", "2026-13-01", "2026-11-20 24:00"])
def test_invalid_time_is_refused_with_the_formats(typed: str) -> None:
    """The message names the option, so that the wrong one of two times is known."""
    with pytest.raises(click.UsageError, match=r"--from .* is not a time.*Write RFC 3339"):
        read_time(typed, NOW, "Europe/Berlin", "--from")
