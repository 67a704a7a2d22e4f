"""Notices that wait for the end of a person's quiet hours although the incident does not.

What is still to be decided waits with the incident (see `personal`). An acknowledgement or an end
is decided once, so its notice itself waits: the outbox sends it from `not_before` on.
"""

from collections.abc import Collection

from gateway.core.incidents.incident import Ack
from gateway.core.incidents.notice import NotifyReason
from gateway.core.plan.channels import Capability, spec_of
from gateway.core.plan.person import Person
from gateway.core.plan.plan import Plan, Target

WAITING_REASONS = frozenset(
    {NotifyReason.ACKNOWLEDGED, NotifyReason.RESOLVED, NotifyReason.CLOSED, NotifyReason.MOVED}
)
"""Reasons that ask nobody for anything."""


def quiet_until(
    plan: Plan,
    target: Target,
    reason: NotifyReason,
    receivers_own: Collection[str],
    ack: Ack | None,
    now: float,
) -> float | None:
    """Return until when a notice that is not urgent waits (unix seconds); None if it does not.

    It waits if it goes to a person's contact that the receiver does not name as well, by the keys
    in `receivers_own`, and if its message makes a sound: a program that keeps an
    incident of its own must know at once. Anyone who acknowledged in these quiet hours is awake.
    """
    person = plan.people.get(target.person or "")
    if reason not in WAITING_REASONS or person is None or target.key in receivers_own:
        return None
    if not spec_of(target.channel).can(Capability.DIGESTS):
        return None
    until = person.quiet_until(now, urgent=False)
    return None if _is_awake(person, ack, until) else until


def _is_awake(person: Person, ack: Ack | None, until: float | None) -> bool:
    """Return whether the person acknowledged in the quiet hours that last `until` then."""
    if ack is None or ack.by != person.id:
        return False
    return person.quiet_until(ack.at, urgent=False) == until
