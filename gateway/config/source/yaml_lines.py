"""Lines of a YAML text, and the explanation of an error in one of them."""

from gateway.config.source.yaml_context import LineAndColumn

Fault = tuple[int, int, str]
"""Line and column of a mistake, from 1, and its explanation."""


def is_unexpected(problem_text: str) -> bool:
    """Return whether the parser met a token where nothing more may follow."""
    return any(part in problem_text for part in ("expected key", "expected ',' or", "expected '-'"))


def line_at(lines: list[str], number: int) -> str:
    """Return a line by its number, from 1; empty behind the last."""
    return lines[number - 1] if number <= len(lines) else ""


def indentation(lines: list[str], number: int) -> str:
    """Return the white space at the beginning of a line."""
    line = line_at(lines, number)
    return line[: len(line) - len(line.lstrip())]


def is_first_in_line(lines: list[str], position: LineAndColumn) -> bool:
    """Return whether only white space is before a position in its line."""
    return not line_at(lines, position[0])[: position[1] - 1].strip()
