"""The promises that are verified, the checks of each, and what a check reports."""

from dataclasses import dataclass
from enum import StrEnum


class Promise(StrEnum):
    """What the gateway promises of stored history. The values are published."""

    NOTIFIED = "notified"
    """Each firing alert leads in time to a notification, or to a recorded reason for none."""
    ENDED = "ended"
    """Everyone who was notified of a firing is notified of its end, or that is pending."""
    ORDERED = "ordered"
    """The messages of an incident reach a target in order, and none follows the end."""
    ONCE = "once"
    """Nobody is notified twice for one reason."""
    ANSWERED = "answered"
    """A response that did not come in time is marked as missed, and announced."""
    DELIVERED = "delivered"
    """No message waits past its retries, and none is dropped without a record."""


SENTENCES = {
    Promise.NOTIFIED: "every firing alert leads to a notification or a recorded reason, in time",
    Promise.ENDED: "everyone notified of a firing is notified of its end",
    Promise.ORDERED: "the messages of an incident arrive in order, and none follows its end",
    Promise.ONCE: "nobody is notified twice for one reason",
    Promise.ANSWERED: "a missed response is marked and announced",
    Promise.DELIVERED: "no message waits past its retries or is dropped without a record",
}
"""The promises as sentences for people."""


class Check(StrEnum):
    """One thing that must not be in stored history. The values are published."""

    ALERT_WITHOUT_INCIDENT = "alert without incident"
    ALERT_NOT_NOTIFIED = "alert not notified"
    NOT_DECIDED = "not decided"
    DECIDED_LATE = "decided late"
    OVERDUE = "overdue"
    NEVER_DUE = "never due"
    MESSAGE_LOST = "message lost"
    END_MISSING = "end missing"
    END_FIRST = "end without firing"
    OUT_OF_ORDER = "out of order"
    AFTER_END = "after the end"
    SENT_TWICE = "sent twice"
    NOTIFIED_TWICE = "notified twice"
    MISSED_TWICE = "missed response twice"
    ENDED_TWICE = "end twice"
    NOT_MARKED = "missed response not marked"
    NOT_RECORDED = "missed response not recorded"
    NOT_ANNOUNCED = "missed response not announced"
    STUCK = "stuck"
    CLAIM_ABANDONED = "claim abandoned"
    PAST_RETRIES = "past its retries"
    GIVEN_UP_SILENTLY = "given up silently"
    NOT_REPLACED = "no fallback"
    CANCELLED_SILENTLY = "cancelled silently"
    FOLDED_INTO_NOTHING = "folded into nothing"


PROMISE_OF = {
    Check.ALERT_WITHOUT_INCIDENT: Promise.NOTIFIED,
    Check.ALERT_NOT_NOTIFIED: Promise.NOTIFIED,
    Check.NOT_DECIDED: Promise.NOTIFIED,
    Check.DECIDED_LATE: Promise.NOTIFIED,
    Check.OVERDUE: Promise.NOTIFIED,
    Check.NEVER_DUE: Promise.NOTIFIED,
    Check.MESSAGE_LOST: Promise.NOTIFIED,
    Check.END_MISSING: Promise.ENDED,
    Check.END_FIRST: Promise.ORDERED,
    Check.OUT_OF_ORDER: Promise.ORDERED,
    Check.AFTER_END: Promise.ORDERED,
    Check.SENT_TWICE: Promise.ONCE,
    Check.NOTIFIED_TWICE: Promise.ONCE,
    Check.MISSED_TWICE: Promise.ONCE,
    Check.ENDED_TWICE: Promise.ONCE,
    Check.NOT_MARKED: Promise.ANSWERED,
    Check.NOT_RECORDED: Promise.ANSWERED,
    Check.NOT_ANNOUNCED: Promise.ANSWERED,
    Check.STUCK: Promise.DELIVERED,
    Check.CLAIM_ABANDONED: Promise.DELIVERED,
    Check.PAST_RETRIES: Promise.DELIVERED,
    Check.GIVEN_UP_SILENTLY: Promise.DELIVERED,
    Check.NOT_REPLACED: Promise.DELIVERED,
    Check.CANCELLED_SILENTLY: Promise.DELIVERED,
    Check.FOLDED_INTO_NOTHING: Promise.DELIVERED,
}

_ASK = "See `gateway explain {incident}`, and notify those concerned by hand"
_REPORT = "Report it with `gateway explain {incident} --json`: it is a fault of the gateway"
_CHECK_CHANNEL = "See /readyz and the log for this channel, then restart the gateway"

ACTIONS = {
    Check.ALERT_WITHOUT_INCIDENT: "Restart the gateway: it groups all firing alerts again",
    Check.ALERT_NOT_NOTIFIED: _ASK,
    Check.NOT_DECIDED: _ASK,
    Check.DECIDED_LATE: "See the log and the metrics of that time: the gateway was held up",
    Check.OVERDUE: "See /readyz, then restart the gateway: it decides what is due",
    Check.NEVER_DUE: "Reload routes.yaml or restart the gateway, then page by hand if it fires on",
    Check.MESSAGE_LOST: _ASK,
    Check.END_MISSING: "Notify them that it has ended: their message still says that it fires",
    Check.END_FIRST: _REPORT,
    Check.OUT_OF_ORDER: _REPORT,
    Check.AFTER_END: "Notify them that it has ended: their last message says that it fires",
    Check.SENT_TWICE: _REPORT,
    Check.NOTIFIED_TWICE: _REPORT,
    Check.MISSED_TWICE: _REPORT,
    Check.ENDED_TWICE: _REPORT,
    Check.NOT_MARKED: "Count this response as missed: reports do not",
    Check.NOT_RECORDED: _REPORT,
    Check.NOT_ANNOUNCED: _ASK,
    Check.STUCK: _CHECK_CHANNEL,
    Check.CLAIM_ABANDONED: _CHECK_CHANNEL,
    Check.PAST_RETRIES: _CHECK_CHANNEL,
    Check.GIVEN_UP_SILENTLY: "Replay it (POST /api/v1/outbox/replay), or notify them by hand",
    Check.NOT_REPLACED: "Notify the fallback receiver by hand",
    Check.CANCELLED_SILENTLY: _ASK,
    Check.FOLDED_INTO_NOTHING: _ASK,
}
"""What to do about each; `{incident}` is its number."""


@dataclass(frozen=True, slots=True)
class BrokenPromise:
    """One point of stored history where a promise does not hold.

    `at` (Unix seconds) is when it should have held. `incident` and `notice` are None where it
    concerns none. `subject` names a target or an alert, for people.
    """

    check: Check
    at: float
    what: str
    incident: int | None = None
    notice: int | None = None
    subject: str = ""

    @property
    def promise(self) -> Promise:
        """The promise that does not hold."""
        return PROMISE_OF[self.check]

    @property
    def action(self) -> str:
        """What to do about it."""
        number = "NUMBER" if self.incident is None else self.incident
        return ACTIONS[self.check].format(incident=number)
