"""Paths into JSON, `check.name` or `items[0]["host name"]`, and texts with their values.

A path begins at the alert; `$.` begins at the whole body, and `@Name` is a header of the request.
A text may have several: `{{ check.name or check.id }} on {{ host | lower }}`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from gateway.core.text.json_values import text_of
from gateway.core.text.text_template import FILTERS

LONGEST_PATH = 200
"""Characters of a path, and its steps are fewer. Nobody reads a longer one."""

LISTED = 20
"""Values of a list that become text."""

_FIRST = re.compile(r"[A-Za-z_][\w-]*", re.ASCII)
_STEP = re.compile(
    r"\.(?P<name>[A-Za-z_][\w-]*)|\[(?P<index>[0-9]{1,4})\]|\[(?P<quote>[\"'])(?P<text>[^\"']+)"
    r"(?P=quote)\]",
    re.ASCII,
)
_HEADER = re.compile(r"@[A-Za-z][A-Za-z0-9-]*", re.ASCII)
_REFERENCE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_PATH_HELP = 'write it like check.name, items[0].host or labels["host name"]'


class Root(Enum):
    """Where a path begins."""

    ALERT = "alert"
    BODY = "body"
    HEADERS = "headers"


@dataclass(frozen=True, slots=True)
class Document:
    """One alert of a post, the body that it is in, and the headers."""

    alert: Any
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class JsonPath:
    """A parsed path."""

    root: Root
    steps: tuple[str | int, ...]

    def value(self, document: Document) -> Any:
        """Return the value at the path, None if there is none."""
        if self.root is Root.HEADERS:
            return document.headers.get(str(self.steps[0]))
        value = document.alert if self.root is Root.ALERT else document.body
        for step in self.steps:
            if isinstance(step, str):
                value = value.get(step) if isinstance(value, dict) else None
            else:
                value = value[step] if isinstance(value, list) and step < len(value) else None
        return value

    def text(self, document: Document) -> str:
        """Return the value as text; those of a list with commas between them."""
        value = self.value(document)
        if isinstance(value, list):
            return ", ".join(filter(None, map(text_of, value[:LISTED])))
        return text_of(value)


def parse_json_path(text: str) -> JsonPath:
    """Return the path that a text describes. Raise ValueError with what to write instead."""
    if len(text) > LONGEST_PATH:
        raise ValueError(f"a path may have {LONGEST_PATH} characters")
    if text.startswith("@"):
        if _HEADER.fullmatch(text) is None:
            raise ValueError(f'"{text}" is not a header: write it like @X-GitHub-Event')
        return JsonPath(Root.HEADERS, (text[1:],))
    if text == "$":
        return JsonPath(Root.BODY, ())
    root, rest = (Root.BODY, text[1:]) if text.startswith("$") else (Root.ALERT, text)
    first = _FIRST.match(rest) if root is Root.ALERT else None
    steps: list[str | int] = [first[0]] if first else []
    at = first.end() if first else 0
    while at < len(rest):
        step = _STEP.match(rest, at)
        if step is None:
            raise ValueError(f'"{text}" is not a path: {_PATH_HELP}')
        steps.append(int(step["index"]) if step["index"] else step["name"] or step["text"])
        at = step.end()
    if not steps or text.startswith("."):
        raise ValueError(f'"{text}" is not a path: {_PATH_HELP}')
    return JsonPath(root, tuple(steps))


@dataclass(frozen=True, slots=True)
class Reference:
    """The first of some paths that has a value, perhaps filtered."""

    paths: tuple[JsonPath, ...]
    filter: str = ""

    def text(self, document: Document) -> str:
        """Return the value as text, empty if no path has one."""
        text = next((text for path in self.paths if (text := path.text(document))), "")
        return FILTERS[self.filter](text) if self.filter else text


@dataclass(frozen=True, slots=True)
class JsonText:
    """A text with references; `parts` are its fixed texts and its references in order."""

    parts: tuple[str | Reference, ...]

    def fill(self, document: Document) -> str:
        """Return the text with the values of a document, without blanks around it."""
        texts = (part if isinstance(part, str) else part.text(document) for part in self.parts)
        return "".join(texts).strip()


def parse_json_text(text: str) -> JsonText:
    """Return the parts of a text. Raise ValueError with what to write instead."""
    parts: list[str | Reference] = []
    end = 0
    for match in _REFERENCE.finditer(text):
        parts += [text[end : match.start()], _parse_reference(match[1].strip())]
        end = match.end()
    parts.append(text[end:])
    if any(isinstance(part, str) and ("{{" in part or "}}" in part) for part in parts):
        raise ValueError(f'"{text}" has braces without their counterpart: write {{{{ path }}}}')
    return JsonText(tuple(part for part in parts if part))


def _parse_reference(text: str) -> Reference:
    paths, pipe, name = text.partition("|")
    name = name.strip()
    if pipe and name not in FILTERS:
        raise ValueError(f'"{name}" is not a filter: write {" or ".join(FILTERS)} behind the |')
    return Reference(tuple(parse_json_path(one.strip()) for one in paths.split(" or ")), name)
