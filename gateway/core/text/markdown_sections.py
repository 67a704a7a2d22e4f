"""Headings and sections of a Markdown text, and a section as plain lines."""

import re

_HEADING = re.compile(r"(#{1,6})[ \t]+(.+?)[ \t]*#*[ \t]*")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_LINK = re.compile(r"!?\[([^\]\n]*)\]\(<?([^()\s>]*)>?(?:\s+\"[^\"]*\")?\)")
_MARKS = re.compile(r"\*\*|__|`")


def first_heading(text: str) -> str:
    """Return the text of the first heading, empty without one."""
    return next((_plain(match[2]) for _, match in _headings(text.splitlines())), "")


def section_of(text: str, name: str) -> str:
    """Return the lines below the first heading that begins with `name`, as plain text.

    Case does not matter. The section ends at the next heading of the same or a higher level.
    """
    lines = text.splitlines()
    start = level = 0
    for number, match in _headings(lines):
        if start and len(match[1]) <= level:
            return _plain("\n".join(lines[start:number]))
        if not start and match[2].strip().lower().startswith(name.lower()):
            start, level = number + 1, len(match[1])
    return _plain("\n".join(lines[start:])) if start else ""


def _headings(lines: list[str]) -> list[tuple[int, re.Match[str]]]:
    """Return the number of each heading's line with its match; code blocks have none."""
    matches = []
    fence = ""
    for number, line in enumerate(lines):
        mark = _FENCE.match(line)
        if fence:
            fence = "" if mark and mark[1].startswith(fence) else fence
        elif mark:
            fence = mark[1]
        elif match := _HEADING.fullmatch(line):
            matches.append((number, match))
    return matches


def _plain(text: str) -> str:
    """Return Markdown as text that a mail can show: links with their URL, without marks."""
    text = _LINK.sub(lambda m: f"{m[1]} ({m[2]})" if "://" in m[2] else m[1], text)
    lines = [line for line in text.splitlines() if not _FENCE.match(line)]
    return _MARKS.sub("", "\n".join(lines)).strip()
