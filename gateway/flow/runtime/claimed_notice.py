"""What a courier is to do next."""

from dataclasses import dataclass

from gateway.core.incidents.notice import NoticeKind
from gateway.core.incidents.outbox import Notice


@dataclass(frozen=True, slots=True)
class ClaimedNotice:
    """One notice to send now, and as what: a resolve may have become a late notice."""

    notice: Notice
    kind: NoticeKind
    probe: bool = False  # sent although its target is on hold
