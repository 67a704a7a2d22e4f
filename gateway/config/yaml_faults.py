"""What the YAML parser complains of, in words that say where to look and what to write.

The parser (libyaml) speaks of block collections and simple keys, and often points at the line
after the slip. The lines themselves are never quoted: they may hold a secret.
"""

import re

import yaml

_PLACE = tuple[int, int]
"""Line and column, from 1."""

_NO_SPACE_AFTER_DASH = re.compile(r"\s*-[^\s-]")
_KEY_AND_VALUE = re.compile(r"((?:\s|-\s)*)[^\s#:][^:]*:\s+[^\s#|>&]")
_REFERENCE_IN_FLOW = re.compile(r"[:\[{,]\s*\$\{")
_COMMENT_IN_FLOW = re.compile(r"[:\[{,]\s*#")


def explained(fault: yaml.MarkedYAMLError, text: str) -> tuple[int, int, str]:
    """The line and column (from 1) to look at, and what is wrong there."""
    here = _place(fault.problem_mark or fault.context_mark)
    begun = _place(fault.context_mark) if fault.context_mark else here
    lines = text.split("\n")
    (line, _), said = here, fault.problem or "it cannot be read"
    if "\t" in _indentation(lines, line):
        return *here, "not YAML: the line is indented with a tab: use spaces"
    if "expected '-' indicator" in said:
        return *here, (
            f"not YAML: the list that begins in line {begun[0]} goes on here without a dash: "
            f'begin an item with "- " in column {begun[1]}, or indent what belongs to one further'
        )
    if "expected key" in said and _first_in_line(lines, here):
        return *here, f"not YAML: {_beside(lines, begun, here)}"
    if "expected key" in said:
        return *here, "not YAML: the value before this place is complete: quote all of it as one"
    if "expected ':'" in said:
        return *begun, (
            "not YAML: a colon with a space after it is missing in this line: write key: value"
        )
    if "end of stream" in said and "quoted" in (fault.context or ""):
        return *begun, "not YAML: the quote that opens here is never closed"
    if "expected ',' or" in said:
        closing = said.rstrip("'")[-1]
        return *here, f"not YAML: {_unclosed(lines, begun, closing)}"
    if "mapping values are not allowed" in said:
        return *here, f"not YAML: {_second_colon(lines, line)}"
    if "cannot start any token" in said:
        return *here, "not YAML: a text that begins with @, ` or % must be quoted"
    if fault.context:
        where = f" that begins in line {begun[0]}" if begun[0] < line else ""
        said = f"{fault.context}{where}: {said}"
    return *here, f"not YAML: {said}"


def _beside(lines: list[str], begun: _PLACE, here: _PLACE) -> str:
    """A key that stands in no column of those around it."""
    if _NO_SPACE_AFTER_DASH.match(_line(lines, begun[0])):
        return f"the dash in line {begun[0]} needs a space after it"
    return (
        f"this line begins in column {here[1]}, and the keys beside it, from line {begun[0]} on, "
        f"in column {begun[1]}: check its indentation"
    )


def _unclosed(lines: list[str], begun: _PLACE, closing: str) -> str:
    opening = {"]": "[", "}": "{"}.get(closing, "bracket")
    said = f"the {opening} in line {begun[0]} is not closed, or a comma is missing in it"
    written = _line(lines, begun[0])
    if _COMMENT_IN_FLOW.search(written):
        return f"{said}; a value that begins with # must be quoted, or it is a comment"
    if _REFERENCE_IN_FLOW.search(written):
        return f"""{said}; inside of brackets a reference must be quoted: "${{NAME}}\""""
    if '"' in written:
        return f"""{said}; a text with " in it goes into single quotes, like 'team="billing"'"""
    return f"{said}; quote a text that has ': ' or one of , [ ] {{ }} in it"


def _second_colon(lines: list[str], line: int) -> str:
    above = next((n for n in range(line - 1, 0, -1) if _line(lines, n).strip()), 0)
    quote = "quote a text that has ': ' in it"
    before = _KEY_AND_VALUE.match(_line(lines, above)) if above else None
    if before and len(_indentation(lines, line)) > len(before[1]):
        return (
            f"this line is indented further than line {above}, which has its value already: "
            f"indent it as that one; or {quote}"
        )
    return f"a key cannot stand here: check the indentation, and {quote}"


def _place(mark: yaml.Mark | None) -> _PLACE:
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _line(lines: list[str], number: int) -> str:
    return lines[number - 1] if number <= len(lines) else ""


def _indentation(lines: list[str], number: int) -> str:
    written = _line(lines, number)
    return written[: len(written) - len(written.lstrip())]


def _first_in_line(lines: list[str], place: _PLACE) -> bool:
    return not _line(lines, place[0])[: place[1] - 1].strip()
