"""Printing: colours on a terminal only, columns, JSON.

Colours are a second voice: whatever they say is said in words as well.
"""

import json
import os
import re
import sys
from collections.abc import Iterable, Sequence
from itertools import cycle
from shutil import get_terminal_size
from typing import Any

import click

from gateway.core.text.escape import escape_invisible, one_line

SEVERITY_COLOURS = ("red", "yellow", "blue")
"""Of ranks 1, 2 and 3; what ranks below has none."""

_BETWEEN = "  "
_STYLES = re.compile(r"(\x1b\[(?:0|1|3[0-7]|9[0-7])m)")
"""The sequences that `paint` and rich write: bold, a colour, and their end."""

Lines = Sequence[str]
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
    """Print text on standard output, whatever characters it can show.

    Foreign text in it cannot drive the terminal: all but our own styles is escaped.
    """
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    parts = _STYLES.split(text) if coloured() else [text]
    text = "".join(
        part if odd else escape_invisible(part)
        for odd, part in zip(cycle((0, 1)), parts, strict=False)
    )
    click.echo(text.encode(encoding, "replace").decode(encoding))


def complain(text: str) -> None:
    """Print text on standard error, with what is hidden in it escaped."""
    click.echo(escape_invisible(text), err=True)


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
    """Print rows in columns; on a terminal that is too narrow long cells wrap inside of theirs."""
    cells = [[_cell(cell) for cell in row] for row in rows]
    heads = [[(heading, "bold") for heading in headings]] if headings else []
    every = heads + cells
    widths = [max(_width(text) for text, _ in column) for column in zip(*every, strict=True)]
    room = get_terminal_size().columns if sys.stdout.isatty() else None
    if room is not None and sum(widths) + len(_BETWEEN) * (len(widths) - 1) > room:
        lines = _wrapped(cells, headings)
    else:
        lines = [_line(row, widths) for row in every]
    for line in lines:
        say(" " * indent + line)


def _cell(cell: Cell) -> tuple[str, str | None]:
    text, colour = cell if isinstance(cell, tuple) else (cell, None)
    return one_line(text), colour


def _line(row: Sequence[tuple[str, str | None]], widths: Sequence[int]) -> str:
    parts = []
    for (text, colour), width in zip(row, widths, strict=True):
        shown = paint(text, None if colour == "bold" else colour, bold=colour == "bold")
        parts.append(shown + " " * (width - _width(text)))
    return _BETWEEN.join(parts).rstrip()


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    from rich.cells import cell_len  # knows which characters are two columns wide, or none

    return cell_len(text)


def _wrapped(cells: Iterable[Sequence[tuple[str, str | None]]], headings: Sequence[str]) -> Lines:
    # Only narrow terminals pay for rich: it takes a millisecond for each row.
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, show_header=bool(headings), header_style="bold", pad_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in cells:
        table.add_row(*(Text(text, style=colour or "") for text, colour in row))
    console = Console(
        color_system="auto" if coloured() else None, highlight=False, markup=False, emoji=False
    )
    with console.capture() as captured:
        console.print(table)
    return [line.rstrip() for line in captured.get().splitlines()]
