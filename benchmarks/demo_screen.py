"""Output of the demonstration: one line for each event, in colour on a terminal."""

import sys
import time

from rich.console import Console
from rich.text import Text

COLOURS = {
    "Prometheus": "red",
    "Alertmanager": "yellow",
    "Sentry": "bright_red",
    "Cron": "bright_green",
    "Grafana": "bright_yellow",
    "Gateway": "bright_blue",
    "PagerDuty": "green",
    "Slack": "magenta",
    "E-mail": "cyan",
    "People": "bright_white",
}
MARGIN = " " * 20
WIDE = 140
"""Columns if the output is not a terminal."""


class Screen:
    """Prints on standard output, in colour if NO_COLOR and the terminal allow it."""

    def __init__(self) -> None:
        wide = None if sys.stdout.isatty() else WIDE
        self._console = Console(highlight=False, emoji=False, markup=False, width=wide)
        self._began = time.time()

    def chapter(self, title: str, *sentences: str) -> None:
        """Print the title of a chapter, and what to watch for."""
        self._console.print()
        self._console.print(Text(f"── {title} ", style="bold"))
        for sentence in sentences:
            self._console.print(Text(f"   {sentence}", style="italic"))
        self._console.print()

    def event(self, at: float, who: str, what: str, detail: str = "") -> None:
        """Print an event at unix time `at`. A long detail gets a line of its own."""
        line = Text(f"{max(0.0, at - self._began):5.1f}s  ", style="dim")
        line.append(f"{who:<13}", style=f"not dim bold {COLOURS[who]}")
        line.append(what, style="not dim")
        more = Text(f"  {detail}" if detail else "")
        if line.cell_len + more.cell_len <= self._console.width:
            line.append_text(more)
        elif detail:
            line.append(f"\n{MARGIN}{detail}")
        self._console.print(line, no_wrap=True, overflow="ellipsis")

    def quote(self, text: str) -> None:
        """Print a quotation."""
        for line in text.strip().splitlines():
            self._console.print(Text(f"{MARGIN}│ {line}", style="cyan"), soft_wrap=True)
        self._console.print()

    def link(self, label: str, url: str) -> None:
        """Print a URL on a line of its own, never truncated, so that it can be opened or copied."""
        line = Text(MARGIN)
        line.append(f"{label} ", style="dim")
        line.append(url, style=f"underline link {url}")
        self._console.print(line, soft_wrap=True)

    def print_line(self, text: str = "", style: str = "") -> None:
        """Print plain text."""
        self._console.print(Text(text, style=style), soft_wrap=True)
