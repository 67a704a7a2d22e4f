"""Positions in an export."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Position:
    """A position in an export: a file, and the path of a value in it."""

    file: str
    path: str

    def __str__(self) -> str:
        return f"{self.file}: {self.path}" if self.path else self.file
