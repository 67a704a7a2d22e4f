"""Errors and warnings about a file: position, message, and what to write instead."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from gateway.core.errors import GatewayError

_LONGEST_TEXT = 80
SHORTEST_MASKED = 4
"""Characters of a value that is masked; shorter ones are parts of ordinary words."""

SHORTEST_CUT = 8
"""Characters by which the beginning of a value is known where the rest was cut off."""


@dataclass(frozen=True, slots=True)
class SourcePosition:
    """A position in the file: line and column from 1, path like ``route.routes[2]``."""

    line: int
    column: int
    path: str

    def under(self, key: str | int) -> "SourcePosition":
        """Return the same position with one more step in its path."""
        return SourcePosition(self.line, self.column, join(self.path, key))


@dataclass(frozen=True, slots=True)
class Problem:
    """An error or a warning about a file, without secrets: it is logged and answered."""

    file: str
    line: int
    column: int
    path: str
    text: str
    message: str
    suggestion: str | None = None
    allowed: tuple[str, ...] = ()

    def __str__(self) -> str:
        text = f"{self.file}:{self.line}:{self.column}: {self.message}"
        if self.suggestion is not None:
            text += f'; did you mean "{self.suggestion}"?'
        if self.allowed:
            text += ("; " if self.suggestion is None else " ") + f"allowed: {listed(self.allowed)}"
        return text

    def to_json(self) -> dict[str, object]:
        """Return the problem as the API and ``--json`` give it."""
        return {
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "path": self.path,
            "text": self.text,
            "message": self.message,
            "suggestion": self.suggestion,
            "allowed": list(self.allowed),
        }

    @property
    def where(self) -> str:
        """File, line, column and path, without any value: safe for every reader."""
        location = f"{self.file}:{self.line}:{self.column}"
        return f"{location} ({self.path})" if self.path else location


class ParseError(GatewayError, ValueError):
    """An invalid value; `suggestion` is a similar one that is valid."""

    def __init__(self, message: str, suggestion: str | None = None) -> None:
        super().__init__(message)
        self.suggestion = suggestion


class ConfigError(GatewayError):
    """The file cannot be used: `problems` are its errors, beside any `warnings`."""

    def __init__(
        self,
        problems: Iterable[Problem],
        warnings: Iterable[Problem] = (),
        values: Mapping[str, str] | None = None,
    ) -> None:
        """Take the values that references stand for, each with its reference, as `values`."""
        self.problems = tuple(problems)
        self.warnings = tuple(warnings)
        self._values = dict(values or {})
        super().__init__(self.problems)

    def masked(self) -> tuple[Problem, ...]:
        """Return the errors for a log: `${NAME}` in place of its value."""
        return tuple(mask(problem, self._values) for problem in self.problems)

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


def mask(problem: Problem, values: Mapping[str, str]) -> Problem:
    """Return the problem with each of `values` replaced by its reference.

    A value may have been shortened or put on one line before it was put into the text.
    """
    message, text = problem.message, problem.text
    for value, reference in sorted(values.items(), key=lambda pair: -len(pair[0])):
        line = " ".join(value.split())
        for form in {value, line}:
            if len(form) >= SHORTEST_MASKED:
                message = message.replace(form, reference)
                text = text.replace(form, reference)
        if len(line) > SHORTEST_CUT:
            cut = re.compile(re.escape(line[:SHORTEST_CUT]) + ".*?…")
            by = reference.replace("\\", r"\\")
            message, text = cut.sub(by, message), cut.sub(by, text)
    return replace(problem, message=message, text=text)


class Findings:
    """The errors and warnings of one file, collected so that all are reported at once."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._errors: dict[Problem, None] = {}
        self._warnings: dict[Problem, None] = {}

    @property
    def count(self) -> int:
        """The number of errors so far."""
        return len(self._errors)

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The errors so far, in the order of the file."""
        return tuple(sorted(self._errors, key=lambda problem: (problem.line, problem.column)))

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """The warnings so far, in the order of the file."""
        return tuple(sorted(self._warnings, key=lambda problem: (problem.line, problem.column)))

    def error(
        self,
        position: SourcePosition,
        message: str,
        *,
        text: str = "",
        suggestion: str | None = None,
        allowed: Iterable[str] = (),
    ) -> None:
        """Note an error: the file will be refused."""
        self._errors[self._problem(position, message, text, suggestion, allowed)] = None

    def warn(
        self,
        position: SourcePosition,
        message: str,
        *,
        text: str = "",
        suggestion: str | None = None,
    ) -> None:
        """Note valid configuration that is probably a mistake."""
        self._warnings[self._problem(position, message, text, suggestion, ())] = None

    def _problem(
        self,
        position: SourcePosition,
        message: str,
        text: str,
        suggestion: str | None,
        allowed: Iterable[str],
    ) -> Problem:
        shortened = shorten(text)
        known = tuple(allowed)
        return Problem(
            self.file,
            position.line,
            position.column,
            position.path,
            shortened,
            message,
            suggestion,
            known,
        )


def join(path: str, key: str | int) -> str:
    """Return a path with one more step: ``route.receiver``, or ``route[0]``."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    return f"{path}.{key}" if path else key


def listed(names: Iterable[str], limit: int = 20) -> str:
    """Return names separated by commas, at most `limit` of them."""
    row = list(names)
    if len(row) > limit:
        return ", ".join(row[:limit]) + f" … and {len(row) - limit} more"
    return ", ".join(row)


def shorten(text: str) -> str:
    """Return text on one line, short enough for a message."""
    line = " ".join(text.split())
    line = "".join(character if character.isprintable() else "?" for character in line)
    return line if len(line) <= _LONGEST_TEXT else line[: _LONGEST_TEXT - 1] + "…"
