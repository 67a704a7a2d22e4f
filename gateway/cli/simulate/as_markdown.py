"""A difference as Markdown, for a comment on a pull request."""

from collections.abc import Iterator, Sequence

from gateway.cli.simulate.words import (
    ALERT_COLUMNS,
    COUNT_COLUMNS,
    HEADINGS,
    alert_row,
    count_row,
    played_text,
    teams_of,
    verdict,
)
from gateway.core.text.escape import one_line
from gateway.simulate.difference import Difference
from gateway.simulate.recording import Recording

_ESCAPED = str.maketrans({char: f"\\{char}" for char in "\\`*_[]<>|#@!"})
"""What would be formatting, a link, a mention or the end of a cell."""


def markdown(result: Difference, recording: Recording, names: tuple[str, str], zone: str) -> str:
    """Return the verdict, and everything that differs, in tables."""
    return "\n".join(_lines(result, recording, names, zone))


def _lines(
    result: Difference, recording: Recording, names: tuple[str, str], zone: str
) -> Iterator[str]:
    verdict_text = verdict(result)
    yield f"## {verdict_text[0].upper()}{verdict_text[1:]}"
    yield ""
    yield _text(played_text(recording, result.alerts_played, names, zone))
    for kind, heading in HEADINGS.items():
        rows = [alert_row(one, names[1]) for one in result.alerts if one.kind is kind]
        if rows:
            yield ""
            yield f"### {heading[0].upper()}{heading[1:]}"
            yield ""
            yield from _table(ALERT_COLUMNS, rows)
    for what, changes in (
        ("people and receivers", result.people),
        ("teams", teams_of(result)),
        ("channels", result.channels),
    ):
        if changes:
            yield ""
            rows = [count_row(one) for one in (*changes, result.total)]
            yield from _table((what, *COUNT_COLUMNS[1:]), rows)


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(headings)} |"
    yield f"|{' --- |' * len(headings)}"
    for row in rows:
        yield f"| {' | '.join(_text(cell) for cell in row)} |"


def _text(text: str) -> str:
    """Return foreign text on one line, without meaning in Markdown."""
    return one_line(text).translate(_ESCAPED)
