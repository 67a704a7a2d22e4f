"""Runbooks: what to do about an alert, as files that the gateway serves, or at a URL."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.core.text.markdown_sections import first_heading, section_of

IMMEDIATE = "Immediate"
"""How the heading of the section begins that messages show."""

PATH = "runbooks"
"""Below the gateway's own address: where the files are served."""


@dataclass(frozen=True, slots=True)
class Runbook:
    """A file of the folder; `immediate` is its section of that name as plain text."""

    name: str
    text: str
    title: str
    immediate: str


def runbook(name: str, text: str) -> Runbook:
    """Return the runbook of a Markdown text; without a heading its title is its name."""
    return Runbook(name, text, first_heading(text) or name, section_of(text, IMMEDIATE))


@dataclass(frozen=True, slots=True)
class Runbooks:
    """The section `runbooks:`. `url` is a short template or a base URL; empty with a folder."""

    folder: str = ""
    url: str = ""
    pages: Mapping[str, Runbook] = field(default_factory=dict)

    @property
    def declared(self) -> bool:
        """Return whether routes.yaml says where runbooks are."""
        return bool(self.folder or self.url)

    def find(self, name: str) -> Runbook | None:
        """Return the file for a name: an alert's, or one that an annotation has.

        DoubleChargeDetected is DoubleChargeDetected.md or double-charge-detected.md: case and
        anything but letters and digits do not count.
        """
        exact = self.pages.get(name)
        if exact is not None:
            return exact
        key = normal_name(name)
        return next((one for one in self.pages.values() if normal_name(one.name) == key), None)


def normal_name(name: str) -> str:
    """Return the letters and digits of a name in lower case: equal ones are one runbook."""
    return "".join(filter(str.isalnum, name)).lower()
