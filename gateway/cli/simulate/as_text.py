"""A difference as text for a terminal."""

from collections.abc import Sequence

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
from gateway.cli.support.output import Cell, echo, paint, print_columns, severity_colour
from gateway.simulate.difference import ChangeKind, CountChange, Difference
from gateway.simulate.recording import Recording


def print_difference(
    result: Difference, recording: Recording, names: tuple[str, str], zone: str
) -> None:
    """Print the verdict, and everything that differs."""
    echo(played_text(recording, result.alerts_played, names, zone))
    for kind, heading in HEADINGS.items():
        rows = [alert_row(one, names[1]) for one in result.alerts if one.kind is kind]
        if rows:
            echo()
            echo(paint(heading, "red" if kind is ChangeKind.LOST else None, bold=True))
            print_columns([_coloured(row) for row in rows], ALERT_COLUMNS, indent=2)
    for what, changes in (
        ("people and receivers", result.people),
        ("teams", teams_of(result)),
        ("channels", result.channels),
    ):
        _print_counts(what, changes, result.total)
    echo()
    echo(paint(verdict(result), "red" if result.lost else "green", bold=True))


def _coloured(row: Sequence[str]) -> list[Cell]:
    name, severity, *others = row
    return [name, (severity, severity_colour(severity)), *others]


def _print_counts(what: str, changes: Sequence[CountChange], total: CountChange) -> None:
    if not changes:
        return
    echo()
    rows = [count_row(one) for one in (*changes, total)]
    print_columns(rows, (what, *COUNT_COLUMNS[1:]), indent=2)
