"""What is wrong with a file: where, what, and what to write instead."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

_LONGEST_TEXT = 80
SHORTEST_MASKED = 4
"""Characters of a value that is masked; shorter ones are parts of ordinary words."""

SHORTEST_CUT = 8
"""Characters by which the beginning of a value is known where the rest was cut off."""


@dataclass(frozen=True, slots=True)
class SourcePosition:
    """A place in the file: line and column count from 1; `path` like ``route.routes[2]``."""

    line: int
    column: int
    path: str

    def under(self, key: str | int) -> "SourcePosition":
        """The same place, one step further down the path."""
        return SourcePosition(self.line, self.column, join(self.path, key))


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong (or doubtful) in a file. Holds no secret: it is logged and answered."""

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
        """The problem as the API and ``--json`` give it."""
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
        """File, line, column and field, and nothing of what stands there: anyone may read it."""
        place = f"{self.file}:{self.line}:{self.column}"
        return f"{place} ({self.path})" if self.path else place


class ParseError(ValueError):
    """A value that is not right; `suggestion` is one that would be, and is near."""

    def __init__(self, message: str, suggestion: str | None = None) -> None:
        super().__init__(message)
        self.suggestion = suggestion


class ConfigError(Exception):
    """The file cannot be used; `problems` are all its faults, `warnings` what else was seen."""

    def __init__(
        self,
        problems: Iterable[Problem],
        warnings: Iterable[Problem] = (),
        values: Mapping[str, str] | None = None,
    ) -> None:
        """`values` are what references stand for, each with its reference."""
        self.problems = tuple(problems)
        self.warnings = tuple(warnings)
        self._values = dict(values or {})
        super().__init__(self.problems)

    def masked(self) -> tuple[Problem, ...]:
        """The faults for a log: `${NAME}` in place of the value that it stands for."""
        return tuple(mask(problem, self._values) for problem in self.problems)

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


def mask(problem: Problem, values: Mapping[str, str]) -> Problem:
    """Return the problem with each of `values` replaced by its reference.

    A value may have been shortened or put on one line before it got into the text.
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
    """Collects what a reading of one file finds, so that all of it can be told at once."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._errors: dict[Problem, None] = {}
        self._warnings: dict[Problem, None] = {}

    @property
    def count(self) -> int:
        """How many faults so far."""
        return len(self._errors)

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The faults so far, in the order of the file."""
        return tuple(sorted(self._errors, key=lambda problem: (problem.line, problem.column)))

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """The doubts so far, in the order of the file."""
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
        """Note a fault: the file will be refused."""
        self._errors[self._problem(position, message, text, suggestion, allowed)] = None

    def warn(
        self,
        position: SourcePosition,
        message: str,
        *,
        text: str = "",
        suggestion: str | None = None,
    ) -> None:
        """Note something that loads but can hardly be meant."""
        self._warnings[self._problem(position, message, text, suggestion, ())] = None

    def _problem(
        self,
        position: SourcePosition,
        message: str,
        text: str,
        suggestion: str | None,
        allowed: Iterable[str],
    ) -> Problem:
        shown = shorten(text)
        known = tuple(allowed)
        return Problem(
            self.file,
            position.line,
            position.column,
            position.path,
            shown,
            message,
            suggestion,
            known,
        )


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The one of `known` that was most likely meant by `name`, if any is near enough."""
    from difflib import get_close_matches  # only a faulty file pays for its import

    by_folded = {one.casefold(): one for one in known}
    matches = get_close_matches(name.casefold()[:_LONGEST_TEXT], by_folded, n=1, cutoff=0.6)
    return by_folded[matches[0]] if matches else None


def join(path: str, key: str | int) -> str:
    """One step down: ``route`` and ``receiver`` give ``route.receiver``, an index ``route[0]``."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    return f"{path}.{key}" if path else key


def listed(names: Iterable[str], limit: int = 20) -> str:
    """Names in a row, cut where the row would get too long to be read."""
    row = list(names)
    if len(row) > limit:
        return ", ".join(row[:limit]) + f" … and {len(row) - limit} more"
    return ", ".join(row)


def shorten(text: str) -> str:
    """Text on one line and not too long, fit for a message."""
    line = " ".join(text.split())
    line = "".join(character if character.isprintable() else "?" for character in line)
    return line if len(line) <= _LONGEST_TEXT else line[: _LONGEST_TEXT - 1] + "…"
