"""Twilio's error codes and what each means for a message or a call.

Source: Twilio's "Error and Warning Dictionary" (twilio.com/docs/api/errors). The codes from 30001
come with a status callback, after a message was accepted; a messaging service may also answer
with them at once.
"""

from collections.abc import Mapping

from gateway.core.incidents.retry import Failure

_BY_FAILURE: Mapping[Failure, str] = {
    # Its queue for the sender is full for hours: a page would come too late.
    Failure.RATE_LIMITED: "20429 21611 22005 30001 30022",
    # A phone that is off or unreachable: it may work for the next message.
    Failure.SERVER_ERROR: "20500 20503 30003 30008",
    Failure.MISCONFIGURED: """
        20003 20005 20006 20008 20403 20404 21210 21212 21213 21215 21216 21218 21219 21220 21262
        21408 21601 21603 21606 21607 21608 21609 21612 21626 21656 21660 21661 21701 21702 21703
        21704 21709 21710 21711 21712 30002 30004 30007 30023 30024 30027 30032 30034 30035 30036
        30037 30038 30124 32203""",
    Failure.BAD_RECIPIENT: """
        13223 13224 13225 13226 13227 21201 21211 21214 21217 21264 21265 21421 21604 21610 21614
        21635 30005 30006 30011""",
    Failure.BAD_CONTENT: """
        12100 20001 21205 21206 21221 21222 21223 21224 21602 21605 21617 21619 21620 21621 21622
        21623 21624 21625 21654 30009 30010 30019""",
}

CODES: Mapping[str, Failure] = {
    code: failure for failure, codes in _BY_FAILURE.items() for code in codes.split()
}

HINTS: Mapping[str, str] = {
    "20003": "check account_sid, api_key and token",
    "20404": "check account_sid",
    "21215": "allow calls to this country in Twilio's Voice Geographic Permissions",
    "21216": "allow calls to this number in Twilio's Voice Geographic Permissions",
    "21408": "allow messages to this country in Twilio's Messaging Geographic Permissions",
    "21606": "from is no number of the account that can send messages",
    "21608": "a trial account reaches verified numbers only",
    "21609": "GATEWAY_EXTERNAL_URL must be reachable from outside",
    "21610": "the person has sent STOP; START to the same number allows messages again",
    "21614": "it is no mobile number: use a voice contact",
    "21635": "it is a landline: use a voice contact",
    "30006": "it is a landline: use a voice contact",
    "30007": "the carrier filters the message; see Twilio's log",
    "30034": "register the sender for A2P 10DLC",
}
"""What an admin or the person can do about an error."""

QUEUE_FULL = frozenset({"21611", "22005", "30001"})
"""Codes of a queue at Twilio that is full for hours: the fallback must be notified at once."""

STOPPED = "21610"
"""The code after a person has sent STOP to the sender."""


def failure_by_code(code: str) -> Failure:
    """Return the failure of an error code."""
    return CODES.get(code, Failure.UNKNOWN)


def with_hint(code: str, text: str) -> str:
    """Return a text about an error with what can be done about it."""
    return f"{text} ({HINTS[code]})" if code in HINTS else text
