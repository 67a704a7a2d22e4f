"""Progress of long work on standard error, on a terminal only."""

import sys

import click


class Progress:
    """One line that is written again and again. Use it as a context: it is removed at the end."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()
        self._last = ""

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *error: object) -> None:
        self.show("")

    def show(self, text: str) -> None:
        """Write the line, unless it is the same as before."""
        if self._shown and text != self._last:
            click.echo(f"\r\x1b[K{text}", nl=False, err=True)
            self._last = text
