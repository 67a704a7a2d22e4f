"""An event of a vendor about an address: stored once, with what follows from it."""

from gateway.core.incidents.outbox import Notice
from gateway.core.incidents.timeline import TimelineEntry, TimelineKind
from gateway.core.plan.contact_health import (
    ContactEvent,
    ContactEventKind,
    UnusableContact,
    keys_of_address,
)
from gateway.core.plan.plan import Plan
from gateway.core.plan.recipients import contact_target
from gateway.core.plan.target_name import target_name
from gateway.flow.contacts.undelivered import go_on_without
from gateway.flow.delivery.fallback import fall_back_from_bounce
from gateway.store import Tx, outbox
from gateway.store.state import callback_events, contact_health, timeline

REPEATED = "it was posted before"
UNKNOWN = "no target of this account has the address"
NO_MESSAGE = "it is about no message of this gateway"


def record_event(tx: Tx, account: str, event: ContactEvent, plan: Plan, now: float) -> str:
    """Store an event and what follows; return why nothing does, or an empty text.

    After a bounce the incident goes on with the person's next contact. If there is none, the
    fallback receiver is notified.
    """
    keys = keys_of_address(plan, account, event.address)
    outcome = _why_nothing_follows(event, keys)
    if not callback_events.is_new_event(tx, account, event.id, now, outcome or event.kind.value):
        return REPEATED
    if outcome:
        return outcome
    if event.kind is ContactEventKind.REACTIVATED:
        contact_health.clear(tx, keys)
        return ""
    if event.kind in (ContactEventKind.DELIVERED, ContactEventKind.UNDELIVERED):
        return _record_delivery(tx, event, keys, plan, now)
    contact_health.mark(tx, [UnusableContact(key, event.reason, now) for key in keys])
    notice = _notice_of(tx, event, keys)
    if notice is not None and notice.incident is not None:
        text = f"{target_name(notice.target)}: the message came back ({event.reason})"
        entry = TimelineEntry(now, TimelineKind.FAILED, text, {"notice": notice.id})
        timeline.add(tx, [(notice.incident, entry)])
        if not _has_other_contact(plan, notice, keys):
            fall_back_from_bounce(tx, notice, plan, now)
    return ""


def _record_delivery(tx: Tx, event: ContactEvent, keys: list[str], plan: Plan, now: float) -> str:
    """Store whether a message arrived; return why nothing follows, or an empty text."""
    notice = _notice_of(tx, event, keys)
    if notice is None or notice.incident is None:
        return NO_MESSAGE
    name = target_name(notice.target)
    arrived = event.kind is ContactEventKind.DELIVERED
    kind = TimelineKind.DELIVERED if arrived else TimelineKind.FAILED
    data = {"notice": notice.id, "receipt": arrived}
    entry = TimelineEntry(now, kind, f"{name}: {event.reason}", data)
    timeline.add(tx, [(notice.incident, entry)])
    if arrived:
        contact_health.clear(tx, keys)
    else:
        go_on_without(tx, notice, plan, now, event.reason)
    return ""


def _why_nothing_follows(event: ContactEvent, keys: list[str]) -> str:
    if event.kind is ContactEventKind.IGNORED:
        return event.reason
    return "" if keys else UNKNOWN


def _notice_of(tx: Tx, event: ContactEvent, keys: list[str]) -> Notice | None:
    """Return the message that came back, unless it was another gateway's."""
    notice = None if event.notice is None else outbox.find(tx, event.notice)
    return notice if notice is not None and notice.target.key in keys else None


def _has_other_contact(plan: Plan, notice: Notice, keys: list[str]) -> bool:
    """Return whether the person whom a notice was sent to can be reached otherwise."""
    person = plan.people.get(notice.target.person or "")
    if person is None:
        return False
    contacts = (contact_target(person, one).key for one in person.contacts.values())
    return any(key not in keys and key not in plan.unusable_contacts for key in contacts)
