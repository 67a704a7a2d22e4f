"""Runbooks: what to do about an alert, as files that the gateway serves, or at a URL."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.core.text.markdown_sections import first_heading, section_of

IMMEDIATE = "Immediate"
"""How the heading of the section begins that messages show."""

PATH = "runbooks"
"""Below the gateway's own address: where the files are served."""


_HEADER = re.compile(r"---[ \t]*\n(.*?\n)?---[ \t]*(?:\n|\Z)", re.DOTALL)
_UPDATED = re.compile(r"^updated:[ \t]*(\S+?)[ \t]*$", re.MULTILINE)
_ALERTS = re.compile(r"^alerts:[ \t]*(.+?)[ \t]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Runbook:
    """A file of the folder; `immediate` is its section of that name as plain text.

    `alerts` are names of alerts that it is about beside that of the file. `changed` is the day that
    the file says it was last changed on, as it stands there; empty for none.
    """

    name: str
    text: str
    title: str
    immediate: str
    alerts: tuple[str, ...] = ()
    changed: str = ""


def runbook(name: str, text: str) -> Runbook:
    """Return the runbook of a Markdown text; without a heading its title is its name.

    Lines between `---` at its beginning are not shown. One of them may be `alerts: NAME, NAME`, and
    one `updated: 2026-11-20`.
    """
    header = _HEADER.match(text)
    body = text[header.end() :] if header else text
    listed = _ALERTS.search(header[1] or "") if header else None
    alerts = (
        [one.strip().strip("\"'") for one in listed[1].strip("[]").split(",")] if listed else []
    )
    updated = _UPDATED.search(header[1] or "") if header else None
    return Runbook(
        name,
        body,
        first_heading(body) or name,
        section_of(body, IMMEDIATE),
        tuple(filter(None, alerts)),
        updated[1] if updated else "",
    )


@dataclass(frozen=True, slots=True)
class Runbooks:
    """The section `runbooks:`. `url` is a short template or a base URL; empty with a folder."""

    folder: str = ""
    url: str = ""
    pages: Mapping[str, Runbook] = field(default_factory=dict)
    _by_name: Mapping[str, Runbook] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_name: dict[str, Runbook] = {}
        for page in self.pages.values():
            by_name.setdefault(normal_name(page.name), page)
        for page in self.pages.values():  # the name of a file wins
            for alert in page.alerts:
                by_name.setdefault(normal_name(alert), page)
        object.__setattr__(self, "_by_name", by_name)

    @property
    def declared(self) -> bool:
        """Return whether routes.yaml says where runbooks are."""
        return bool(self.folder or self.url)

    def find(self, name: str) -> Runbook | None:
        """Return the file for a name: an alert's, or one that an annotation has.

        DoubleChargeDetected is DoubleChargeDetected.md or double-charge-detected.md: case and
        anything but letters and digits do not count. Else a file that lists the alert has it.
        """
        return self.pages.get(name) or self._by_name.get(normal_name(name))


def normal_name(name: str) -> str:
    """Return the letters and digits of a name in lower case: equal ones are one runbook."""
    return "".join(filter(str.isalnum, name)).lower()
