"""Output of commands: colours on a terminal only, columns, JSON.

Colours repeat what the words say; they never carry information of their own.
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
"""Of ranks 1, 2 and 3; lower ranks have none."""

_SEPARATOR = "  "
_STYLES = re.compile(r"(\x1b\[(?:0|1|3[0-7]|9[0-7])m)")
"""The sequences that `paint` and rich write: bold, a colour, and their end."""

Lines = Sequence[str]
Cell = tuple[str, str | None] | str
"""A text, with or without a colour."""


def coloured() -> bool:
    """Return whether to print colours: on a terminal, unless NO_COLOR is set (no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def paint(text: str, colour: str | None = None, *, bold: bool = False) -> str:
    """Return the text in a colour, or as it is where colours are off.

    Foreign text must be on one line by then.
    """
    if not coloured():
        return text
    return click.style(text, fg=colour, bold=bold or None)


def echo(text: str = "") -> None:
    """Print text on standard output; characters outside its encoding become question marks.

    Foreign text in it cannot control the terminal: all but our own styles is escaped.
    """
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    parts = _STYLES.split(text) if coloured() else [text]
    # The split alternates: text, style, text, …
    text = "".join(
        part if is_style else escape_invisible(part)
        for is_style, part in zip(cycle((0, 1)), parts, strict=False)
    )
    click.echo(text.encode(encoding, "replace").decode(encoding))


def echo_error(text: str) -> None:
    """Print text on standard error, with hidden characters escaped."""
    click.echo(escape_invisible(text), err=True)


def echo_json(value: Any) -> None:
    """Print a value as indented JSON in ASCII, so that no character controls the terminal."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=True))


def rank_colour(rank: int | None) -> str | None:
    """Return the colour of a severity's rank, None for ranks without one."""
    if rank is None or not 1 <= rank <= len(SEVERITY_COLOURS):
        return None
    return SEVERITY_COLOURS[rank - 1]


def severity_colour(name: str) -> str | None:
    """Return the colour of a severity whose rank is not known here, None for an unusual name."""
    return {"critical": "red", "warning": "yellow", "info": "blue"}.get(name)


def plural(count: int, word: str) -> str:
    """Return a number with its word: "1 route", "3 routes", "2 people"."""
    if count != 1:
        word = "people" if word == "person" else f"{word}s"
    return f"{count} {word}"


def print_columns(
    rows: Iterable[Sequence[Cell]], headings: Sequence[str] = (), indent: int = 0
) -> None:
    """Print rows in columns; on a terminal that is too narrow, long cells wrap within theirs."""
    cells = [[_cell(cell) for cell in row] for row in rows]
    heads = [[(heading, "bold") for heading in headings]] if headings else []
    table = heads + cells
    widths = [max(_width(text) for text, _ in column) for column in zip(*table, strict=True)]
    terminal_width = get_terminal_size().columns if sys.stdout.isatty() else None
    table_width = sum(widths) + len(_SEPARATOR) * (len(widths) - 1)
    if terminal_width is not None and table_width > terminal_width:
        lines = _wrapped(cells, headings)
    else:
        lines = [_line(row, widths) for row in table]
    for line in lines:
        echo(" " * indent + line)


def _cell(cell: Cell) -> tuple[str, str | None]:
    text, colour = cell if isinstance(cell, tuple) else (cell, None)
    return one_line(text), colour


def _line(row: Sequence[tuple[str, str | None]], widths: Sequence[int]) -> str:
    parts = []
    for (text, colour), width in zip(row, widths, strict=True):
        painted = paint(text, None if colour == "bold" else colour, bold=colour == "bold")
        parts.append(painted + " " * (width - _width(text)))
    return _SEPARATOR.join(parts).rstrip()


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
