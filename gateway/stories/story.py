"""Tests of a file for `gateway test`, as values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.core.actions.table import ActionName
from gateway.core.incidents.retry import Failure
from gateway.core.matching.matcher import Matcher

Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class StoryAlert:
    """An alert of a test."""

    labels: Labels
    annotations: Labels


@dataclass(frozen=True, slots=True)
class RouteTest:
    """An alert, and what its route is expected to be: the keys of the file that are compared."""

    alert: StoryAlert
    expected: Mapping[str, Any]
    line: int


@dataclass(frozen=True, slots=True)
class ExpectedNotice:
    """A notice as a story expects it; None compares nothing."""

    line: int
    receiver: str | None = None
    channel: str | None = None
    person: str | None = None
    to: str | None = None
    reason: str | None = None
    kind: str | None = None
    severity: str | None = None
    incident: Labels | None = None
    text: tuple[str, ...] = ()
    within: float | None = None  # seconds since the step before
    at_most: int | None = None

    def __str__(self) -> str:
        named = ("receiver", "channel", "person", "to", "reason", "kind", "severity")
        words = [f"{name} {value}" for name in named if (value := getattr(self, name)) is not None]
        words += [f"text {text!r}" for text in self.text]
        if self.incident:
            words.append("incident " + ", ".join(f"{k}={v}" for k, v in self.incident.items()))
        if self.within is not None:
            words.append(f"within {self.within:g} s")
        if self.at_most is not None:
            words.append(f"at most {self.at_most}")
        return ", ".join(words) or "any message"


@dataclass(frozen=True, slots=True)
class Fires:
    """Alerts are reported as firing."""

    alerts: tuple[StoryAlert, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Resolves:
    """Alerts that have these labels are reported as resolved."""

    alerts: tuple[Labels, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Acts:
    """Somebody acts on an incident. `seconds` is the duration of actions that have one."""

    action: ActionName
    by: str
    incident: Labels | None = None
    other: Labels | None = None
    to: str = ""
    notify: tuple[str, ...] = ()
    team: str = ""
    seconds: float | None = None
    text: str = ""
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Silences:
    """Somebody creates a silence."""

    matchers: tuple[Matcher, ...]
    seconds: float
    by: str


@dataclass(frozen=True, slots=True)
class Overrides:
    """Somebody changes a rota."""

    rota: str | None
    person: str | None
    replaces: str | None
    seconds: float
    by: str


@dataclass(frozen=True, slots=True)
class Fails:
    """Attempts of accounts fail from now on."""

    accounts: Mapping[str, Failure]


@dataclass(frozen=True, slots=True)
class Works:
    """Accounts work again."""

    accounts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reloads:
    """Another routes.yaml is in force; a path from the folder of the test file."""

    path: str


Event = Fires | Resolves | Acts | Silences | Overrides | Fails | Works | Reloads


@dataclass(frozen=True, slots=True)
class Step:
    """An instant of a story (Unix seconds). `exactly` None: nothing is compared."""

    at: float
    line: int
    events: tuple[Event, ...]
    exactly: tuple[ExpectedNotice, ...] | None
    some: tuple[ExpectedNotice, ...]

    @property
    def needs_text(self) -> bool:
        """Return whether an expectation reads the text of messages."""
        return any(one.text for one in (*(self.exactly or ()), *self.some))


@dataclass(frozen=True, slots=True)
class Test:
    """One test: alerts with their routes, or a story. `at` is its start in Unix seconds."""

    name: str
    line: int
    at: float
    routes: tuple[RouteTest, ...]
    story: tuple[Step, ...]

    __test__ = False  # not one of pytest's


@dataclass(frozen=True, slots=True)
class TestFile:
    """A file of tests. `routes` is the routes.yaml that it names; None: the one in use."""

    path: str
    routes: str | None
    tests: tuple[Test, ...]

    __test__ = False
