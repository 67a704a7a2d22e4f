"""Rules of an e-mail source: which mails begin and end which alerts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from gateway.core.matching.search_pattern import SearchPattern


class MailStatus(StrEnum):
    """What a mail says of its alert; the values are those of routes.yaml."""

    FIRING = "firing"
    RESOLVED = "resolved"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class MailRule:
    """What mails it applies to, and what they say. All conditions must hold; empty ones do.

    `to` is a recipient, `sender` an address or a domain such as ``@example.com``, both in lower
    case. Named groups of the patterns become labels, and `labels` win over them.
    """

    to: str = ""
    sender: str = ""
    subject: SearchPattern | None = None
    body: SearchPattern | None = None
    status: MailStatus = MailStatus.FIRING
    labels: Mapping[str, str] = field(default_factory=dict)

    def labels_of(
        self, recipients: Sequence[str], sender: str, subject: str, body: str
    ) -> dict[str, str] | None:
        """Return the labels that the rule gives a mail, None if it does not apply to it."""
        if self.to and self.to not in (one.casefold() for one in recipients):
            return None
        folded = sender.casefold()
        if self.sender and self.sender not in (folded, f"@{folded.rpartition('@')[2]}"):
            return None
        labels: dict[str, str] = {}
        for pattern, text in ((self.subject, subject), (self.body, body)):
            if pattern is not None:
                groups = pattern.search(text)
                if groups is None:
                    return None
                labels |= groups
        return {**labels, **self.labels}
