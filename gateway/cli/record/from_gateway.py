"""A recording of what a gateway stored."""

from collections.abc import Callable

from gateway.cli.support.api_client import Api
from gateway.core.time.spans import Span
from gateway.core.time.timestamps import format_rfc3339
from gateway.simulate.entries import header, line_of

PATIENCE = 60.0
"""Seconds to wait for one page."""


def read_gateway(api: Api, span: Span, show: Callable[[str], None]) -> list[str]:
    """Return the lines of the recording. `show` is called with how far it is. Raises CliError."""
    api = api.with_timeout(PATIENCE)
    lines = [line_of(header(span.start, span.end))]
    where = {"from": format_rfc3339(span.start), "to": format_rfc3339(span.end)}
    cursor: str | None = None
    while True:
        page = api.get("/recording", cursor=cursor, **where)
        lines += [line_of(entry) for entry in page["entries"]]
        cursor = page["next"]
        if cursor is None:
            return lines
        show(f"recording: {len(lines) - 1} entries")
