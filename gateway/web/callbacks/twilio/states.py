"""The states of messages and calls as Twilio posts them, and what each means for a contact.

The fields are those of Twilio's "Outbound message status in status callbacks", and of calls those
of its `StatusCallback`. The order of the posts is not promised, so only the last states count, and
of each message the first of them.
"""

from collections.abc import Mapping

from gateway.channels.twilio.codes import failure_by_code, with_hint
from gateway.core.incidents.retry import Failure
from gateway.core.plan.contact_health import ContactEvent, ContactEventKind
from gateway.core.text.escape import one_line
from gateway.web.callbacks.fields import MalformedEventError, required_text

LONGEST_SID = 64
"""Characters of a SID; Twilio's have 34."""

LONGEST_REASON = 200
"""Characters of a reason that are stored and shown."""

ARRIVED = frozenset({"delivered", "read"})
UNANSWERED: Mapping[str, str] = {
    "busy": "the number is busy",
    "no-answer": "nobody answered the call",
    "failed": "the call could not be connected",
    "canceled": "the call was canceled",
}
LOST = frozenset({"undelivered", "failed", "canceled"})


def message_event(form: Mapping[str, str], notice: int | None) -> ContactEvent:
    """Return the event of a message's state. Raises MalformedEventError.

    `notice` is the message that the URL names.
    """
    sid, state = sid_of(form, "MessageSid"), required_text(form, "MessageStatus")
    number = required_text(form, "To")
    if state in ARRIVED:
        return ContactEvent(
            sid, number, ContactEventKind.DELIVERED, "delivered to the phone", notice
        )
    if state not in LOST:
        return ContactEvent(sid, number, ContactEventKind.IGNORED, f"it is {one_line(state, 40)}")
    return _lost(form, sid, number, state, notice)


def _lost(
    form: Mapping[str, str], sid: str, number: str, what: str, notice: int | None
) -> ContactEvent:
    """Return the event of a message or call that did not reach its number."""
    code = form.get("ErrorCode", "")
    known = code.isascii() and code.isdigit() and len(code) < 10
    reason = with_hint(code, f"{what}, error {code}") if known else what
    # Everything else may pass, or concerns the account.
    gone = known and failure_by_code(code) is Failure.BAD_RECIPIENT
    kind = ContactEventKind.BOUNCED if gone else ContactEventKind.UNDELIVERED
    return ContactEvent(sid, number, kind, one_line(reason, LONGEST_REASON), notice)


def call_event(form: Mapping[str, str], notice: int | None) -> ContactEvent:
    """Return the event of a call's state. Raises MalformedEventError.

    That a call was answered does not prove that a person did it.
    """
    sid, state = sid_of(form, "CallSid"), required_text(form, "CallStatus")
    number = required_text(form, "To")
    if state == "completed":
        text = "the call was answered, perhaps by a machine"
        return ContactEvent(sid, number, ContactEventKind.DELIVERED, text, notice)
    if state not in UNANSWERED:
        return ContactEvent(sid, number, ContactEventKind.IGNORED, f"it is {one_line(state, 40)}")
    return _lost(form, sid, number, UNANSWERED[state], notice)


def sid_of(form: Mapping[str, str], name: str) -> str:
    """Return the SID in a field. Raises MalformedEventError."""
    sid = required_text(form, name)
    if len(sid) > LONGEST_SID or not (sid.isascii() and sid.isalnum()):
        raise MalformedEventError(f"{name} is not one of Twilio's")
    return sid
