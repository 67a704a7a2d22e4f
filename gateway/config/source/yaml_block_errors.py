"""Errors of YAML in block style: keys, colons, dashes and their indentation."""

import re

from gateway.config.source.yaml_context import LineAndColumn
from gateway.config.source.yaml_lines import (
    Fault,
    indentation,
    is_first_in_line,
    is_unexpected,
    line_at,
)

_NO_SPACE_AFTER_DASH = re.compile(r"\s*-[^\s-]")
_DASH = re.compile(r"(\s*)-\s+\S")
_KEY_AND_VALUE = re.compile(r"((?:\s|-\s)*)[^\s#:][^:]*:\s+[^\s#|>&]")
_HAS_KEY = re.compile(r""".*:(\s|$)|\s*#|\s*$|\s*["']""")
_TWO_COLONS = re.compile(r".*?:\s+\S.*?:(\s|$)")


def explain_block_error(
    problem_text: str,
    context_text: str,
    lines: list[str],
    point: LineAndColumn,
    start: LineAndColumn,
) -> Fault:
    """Explain an error outside of brackets and quotes."""
    line = line_at(lines, point[0])
    if "expected '-' indicator" in problem_text:
        if is_first_in_line(lines, point) and _NO_SPACE_AFTER_DASH.match(line):
            return *point, "the dash needs a space after it"
        if is_first_in_line(lines, point):
            return *point, (
                f"the list that begins in line {start[0]} goes on here without a dash: begin an "
                f'item with "- " in column {start[1]}, or indent what belongs to one further'
            )
    if "expected key" in problem_text and is_first_in_line(lines, point):
        return _beside(lines, start, point)
    if is_unexpected(problem_text):
        return *point, "the value before this position is complete: quote all of it as one"
    if "expected ':'" in problem_text:
        return *start, "a colon with a space after it is missing in this line: write key: value"
    if "mapping values are not allowed" in problem_text:
        return _second_colon(lines, point)
    if "document start" in problem_text:
        return *point, 'the file ended above, at "...": remove that line'
    bracket = f" that begins in line {start[0]}" if context_text and start[0] < point[0] else ""
    return *point, f"{context_text}{bracket}: {problem_text}" if context_text else problem_text


def _beside(lines: list[str], start: LineAndColumn, point: LineAndColumn) -> Fault:
    """Explain a key that is in no column of those around it."""
    if _NO_SPACE_AFTER_DASH.match(line_at(lines, start[0])):
        return *start, "the dash needs a space after it"
    dash = _DASH.match(line_at(lines, point[0]))
    above = _dash_above(lines, point[0]) if dash else None
    if above is not None:
        return *point, (
            f"the list has its dashes in column {above[1]}, as in line {above[0]}, this one is in "
            f"column {point[1]}: check its indentation"
        )
    return *point, (
        f"this line begins in column {point[1]}, and the keys beside it, from line {start[0]} on, "
        f"in column {start[1]}: check its indentation"
    )


def _dash_above(lines: list[str], number: int) -> LineAndColumn | None:
    for above in range(number - 1, 0, -1):
        if match := _DASH.match(line_at(lines, above)):
            return above, len(match[1]) + 1
    return None


def _second_colon(lines: list[str], point: LineAndColumn) -> Fault:
    number = point[0]
    above = next((n for n in range(number - 1, 0, -1) if line_at(lines, n).strip()), 0)
    quote = "quote a text that has ': ' in it"
    if above and not _HAS_KEY.match(line_at(lines, above)):
        column = len(indentation(lines, above)) + 1
        return above, column, "a colon with a space after it is missing in this line"
    if _TWO_COLONS.match(line_at(lines, number)[: point[1]] + " "):
        return *point, f"a second colon stands in this value: {quote}"
    before = _KEY_AND_VALUE.match(line_at(lines, above)) if above else None
    if before and len(indentation(lines, number)) > len(before[1]):
        return *point, (
            f"this line is indented further than line {above}, which has its value already: "
            f"indent it as that one; or {quote}"
        )
    return *point, f"a key cannot stand here: check the indentation, and {quote}"
