"""Printing: colours on a terminal only, columns, JSON.

Colours are a second voice: whatever they say is said in words as well.
"""

import json
import os
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import click

from gateway.core.escape import one_line

SEVERITY_COLOURS = ("red", "yellow", "blue")
"""Of ranks 1, 2 and 3; what ranks below has none."""

_WIDE = 400  # columns where nobody looks: a file or a pipe must not wrap

Cell = tuple[str, str | None] | str
"""A text, with or without a colour."""


def coloured() -> bool:
    """Whether colours are wanted: on a terminal, unless NO_COLOR is set (no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def paint(text: str, colour: str | None = None, *, bold: bool = False) -> str:
    """The text in a colour where colours are wanted. Foreign text must be one line by then."""
    if not coloured():
        return text
    return click.style(text, fg=colour, bold=bold or None)


def say(text: str = "") -> None:
    """Print one line on standard output, whatever characters it can show."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    click.echo(text.encode(encoding, "replace").decode(encoding))


def say_json(value: Any) -> None:
    """Print a value as JSON: readable, and with nothing in it that a terminal would act on."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=True))


def rank_colour(rank: int | None) -> str | None:
    """The colour of a severity's rank."""
    if rank is None or not 1 <= rank <= len(SEVERITY_COLOURS):
        return None
    return SEVERITY_COLOURS[rank - 1]


def severity_colour(name: str) -> str | None:
    """The colour of a severity of which only the name is known."""
    return {"critical": "red", "warning": "yellow", "info": "blue"}.get(name)


def plural(count: int, word: str) -> str:
    """A number with its word: "1 route", "3 routes", "2 people"."""
    if count != 1:
        word = "people" if word == "person" else f"{word}s"
    return f"{count} {word}"


def columns(rows: Iterable[Sequence[Cell]], headings: Sequence[str] = (), indent: int = 0) -> None:
    """Print rows in columns; on a terminal long cells wrap inside of theirs."""
    # Only commands with tables pay for rich.
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, show_header=bool(headings), header_style="bold", pad_edge=False)
    for heading in headings or ():
        table.add_column(heading, overflow="fold")
    for row in rows:
        cells = [cell if isinstance(cell, tuple) else (cell, None) for cell in row]
        table.add_row(*(Text(one_line(text), style=colour or "") for text, colour in cells))
    console = Console(
        width=None if sys.stdout.isatty() else _WIDE,
        color_system="auto" if coloured() else None,
        highlight=False,
        markup=False,
        emoji=False,
    )
    with console.capture() as captured:
        console.print(table)
    for line in captured.get().splitlines():
        say(" " * indent + line.rstrip())
