"""How a body of any sender becomes alerts: paths to labels, annotations, status, times, identity.

Values are compared without regard to case, because senders change theirs between versions.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.core.text.json_path import Document, JsonPath, JsonText

IDENTITY = "alert_id"
"""The label with what identifies an alert to its sender, where a mapping says so."""


@dataclass(frozen=True, slots=True)
class MappedValue:
    """A text, exchanged for another one by `exchanged`, whose keys are casefolded.

    `default` is for a text that is not among them; None: the text itself.
    """

    text: JsonText
    exchanged: Mapping[str, str] = field(default_factory=dict)
    default: str | None = None

    def fill(self, document: Document) -> str:
        """Return the value for a document, empty if it has none."""
        text = self.text.fill(document)
        if not self.exchanged and self.default is None:
            return text
        other = text if self.default is None else self.default
        return self.exchanged.get(text.casefold(), other)


@dataclass(frozen=True, slots=True)
class StatusRule:
    """Which texts mean firing, resolved, or nothing; casefolded.

    Without `firing` every other text means firing.
    """

    text: JsonText
    firing: frozenset[str] = frozenset()
    resolved: frozenset[str] = frozenset()
    ignored: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Condition:
    """A text that must be one of `values`, casefolded."""

    text: JsonText
    values: frozenset[str]

    def holds(self, document: Document) -> bool:
        """Return whether it holds for a document."""
        return self.text.fill(document).casefold() in self.values


@dataclass(frozen=True, slots=True)
class JsonMapping:
    """A mapping. `alerts` leads to the list of alerts; None: the body is one.

    `status` None: every alert fires. `identity` is what the sender's firing and resolved posts
    share where their labels differ: it becomes a label, and a post ends the alerts with it that it
    does not report as firing.
    """

    labels: Mapping[str, MappedValue]
    annotations: Mapping[str, MappedValue] = field(default_factory=dict)
    alerts: JsonPath | None = None
    when: tuple[Condition, ...] = ()
    status: StatusRule | None = None
    url: MappedValue | None = None
    starts_at: MappedValue | None = None
    ends_at: MappedValue | None = None
    identity: MappedValue | None = None
