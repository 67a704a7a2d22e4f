"""What is rendered: one notice for one target."""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.core.incidents.facts import StoredFacts
from gateway.core.incidents.message import Link
from gateway.core.incidents.notice import NoticeKind, NotifyReason
from gateway.core.plan.plan import Target


@dataclass(frozen=True, slots=True)
class RenderRequest:
    """One notice to render for one target."""

    notice_id: int
    facts: StoredFacts
    target: Target
    parts: Sequence[str]
    """The parts of the target's channel; none if it sends the facts themselves."""
    links: Sequence[Link] = ()
    zone: str = "UTC"
    """The IANA name of the time zone of printed times."""
    kind: NoticeKind = NoticeKind.FIRING
    reason: NotifyReason = NotifyReason.FIRST
    takes_replies: bool = False
    """Whether a reply to the message reaches the gateway."""
