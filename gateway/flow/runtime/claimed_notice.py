"""A notice that this replica has claimed for sending."""

from dataclasses import dataclass

from gateway.core.incidents.notice import NoticeKind
from gateway.core.incidents.outbox import Notice


@dataclass(frozen=True, slots=True)
class ClaimedNotice:
    """A claimed notice and the kind to send it as: a resolve can become a late notice."""

    notice: Notice
    kind: NoticeKind
    probe: bool = False  # sent during a hold of its target, to see whether it lasts
