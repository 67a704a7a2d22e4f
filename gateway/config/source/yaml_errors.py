"""Errors of the YAML parser, explained: where a mistake is, what to write instead.

The parser (libyaml) speaks of block collections and simple keys, and often points at the line after
the mistake. The lines themselves are never quoted, because they may hold a secret.
"""

import re
from typing import NamedTuple

import yaml

from gateway.config.source.yaml_block_errors import explain_block_error
from gateway.config.source.yaml_context import LineAndColumn, YamlContext, context_of
from gateway.config.source.yaml_lines import (
    Fault,
    indentation,
    is_first_in_line,
    is_unexpected,
    line_at,
)

_BLOCK_KEY = re.compile(r"(?:-\s+)*[\w.-]+:(\s|$)")
_REFERENCE_IN_FLOW = re.compile(r"[:\[{,]\s*\$\{")
_MATCHER_IN_QUOTES = "put all of it into single quotes, like 'team=\"billing\"'"


class Explanation(NamedTuple):
    """The position of a mistake (line and column from 1), and what is wrong there."""

    line: int
    column: int
    message: str


def explain_yaml_error(fault: yaml.MarkedYAMLError, text: str) -> Explanation:
    """Return the line and column (from 1) of the mistake, and its explanation."""
    lines = text.split("\n")
    point = _position(fault.problem_mark or fault.context_mark)
    start = _position(fault.context_mark) if fault.context_mark else point
    line, column, error_text = _explain(fault, text, lines, point, start)
    return Explanation(line, column, f"not YAML: {error_text}")


def _explain(
    fault: yaml.MarkedYAMLError,
    text: str,
    lines: list[str],
    point: LineAndColumn,
    start: LineAndColumn,
) -> Fault:
    problem_text, context_text = fault.problem or "it cannot be read", fault.context or ""
    if "\t" in indentation(lines, point[0]):
        return *point, "the line is indented with a tab: use spaces"
    character = line_at(lines, point[0])[point[1] - 1 : point[1]]
    explanation = _in_a_word(problem_text, context_text, lines, point, start, character)
    if explanation is not None:
        return explanation
    context = context_of(text, lines, point)
    if context.hiding_comment is not None:
        return *context.hiding_comment, (
            "# begins a comment here, which hides the closing bracket: write the value in quotes, "
            'such as "#alerts"'
        )
    if context.quoted_span is not None and is_unexpected(problem_text):
        return _after_quotes(context.quoted_span, lines, point)
    if "expected ',' or" in problem_text and context.brackets:
        return _in_brackets(context, lines, point, character)
    if character in ("]", "}", ",") and not context.brackets:
        return *point, f"this {character} closes nothing: remove it, or quote the whole value"
    if character == "," and "node content" in problem_text:
        return *point, "nothing stands before this comma: remove it, or write the value"
    return explain_block_error(problem_text, context_text, lines, point, start)


def _in_a_word(
    problem_text: str,
    context_text: str,
    lines: list[str],
    point: LineAndColumn,
    start: LineAndColumn,
    character: str,
) -> Fault | None:
    """Explain a sign with a meaning in YAML, at the start of a word or in quotes."""
    if "cannot start any token" in problem_text:
        if character == "\t":
            return *point, "a tab stands here: use spaces"
        return *point, f"a text that begins with {character} must be quoted"
    for kind, sign in (("alias", "*"), ("anchor", "&"), ("tag", "!"), ("directive", "%")):
        if context_text.endswith((f" {kind}", f" {kind} property")):
            return *start, f"a text that begins with {sign} must be quoted"
    if context_text.endswith("block scalar"):
        sign = line_at(lines, start[0])[start[1] - 1 : start[1]]
        return *start, (
            f"a text that begins with {sign} must be quoted; with {sign} alone the text begins in "
            "the next line, indented"
        )
    if "end of stream" in problem_text and "quoted" in context_text:
        return *start, "the quote that opens here is never closed"
    if "quoted scalar" in context_text:
        at = line_at(lines, point[0]).rfind("\\", 0, point[1])
        return (
            point[0],
            at + 1 or point[1],
            (r"in double quotes a backslash begins an escape: write \\, or use single quotes"),
        )
    if "sequence entries are not allowed" in problem_text:
        return *point, (
            'a list cannot begin behind its key: begin each item with "- " in a line of its own, '
            'or write [ … ]; quote a text that begins with "- "'
        )
    if "mapping keys are not allowed" in problem_text:
        return *point, 'a text that begins with "? ", or is only that, must be quoted'
    return None


def _after_quotes(
    quoted_span: tuple[LineAndColumn, LineAndColumn], lines: list[str], point: LineAndColumn
) -> Fault:
    start, end = quoted_span
    last, following = (
        line_at(lines, end[0])[end[1] - 3 :][:1],
        line_at(lines, point[0])[point[1] - 1 :],
    )
    if start[0] < end[0]:
        return *start, (
            f"the quote that opens here is closed only in line {end[0]}: close it in its own line"
        )
    if point[0] > end[0]:
        return *point, "a comma or a line's end is missing before this: check the line above"
    if following[:1] == "=" or last in ("=", "~"):  # "team"="x", and "team="x""
        return *point, f"the text goes on behind its closing quote: {_MATCHER_IN_QUOTES}"
    return *point, (
        "the text goes on behind its closing quote: quote all of it as one; a quote inside of "
        "single quotes is written twice, inside of double quotes with a backslash before it"
    )


def _in_brackets(
    context: YamlContext, lines: list[str], point: LineAndColumn, character: str
) -> Fault:
    inner = context.brackets[-1]
    closing = {"[": "]", "{": "}"}[inner.sign]
    bracket = f"the {inner.sign} in line {inner.position[0]}, column {inner.position[1]}"
    if character in ("]", "}"):
        return *point, f"{bracket} is not closed before this {character}: write {closing} before it"
    if is_first_in_line(lines, point) and _begins_outside(lines, point):
        return *inner.position, (
            f"this {inner.sign} is not closed: write {closing} behind its last value"
        )
    if character == ":":
        return *point, "a second colon stands in this value: quote a text that has ': ' in it"
    hint = _hint_in_brackets(line_at(lines, point[0])[: point[1]], character)
    return *point, f"{bracket} is not closed, or a comma is missing before this; {hint}"


def _begins_outside(lines: list[str], point: LineAndColumn) -> bool:
    """Return whether a line is outside the brackets: a key, or the end of the file."""
    rest = line_at(lines, point[0])[point[1] - 1 :]
    return not rest.strip() or _BLOCK_KEY.match(rest) is not None


def _hint_in_brackets(before: str, character: str) -> str:
    if _REFERENCE_IN_FLOW.search(before):
        return 'inside of brackets a reference must be quoted: "${NAME}"'
    if character == '"' or "=" in before:
        return """a text with " in it goes into single quotes, like 'team="billing"'"""
    return "quote a text that has ': ' or one of , [ ] { } in it"


def _position(mark: yaml.Mark | None) -> LineAndColumn:
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)
