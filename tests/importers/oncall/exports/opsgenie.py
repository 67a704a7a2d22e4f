"""An export of Opsgenie with its traps.

Rotations are on call together, so two that overlap become two rotas; participants are repeated, or
nobody; restrictions pass midnight and Sunday; the clocks change within the eight weeks; overrides
name a rotation, or none; a schedule is disabled; delays of an escalation count from the alert.
"""

from typing import Any

from tests.importers.oncall.people import NAMES, email
from tests.importers.oncall.reference.opsgenie import timeline
from tests.importers.oncall.reference.rendered import seconds

START, END = seconds("2026-10-05T00:00:00Z"), seconds("2026-11-30T00:00:00Z")
Answer = dict[str, Any]


def user(person: str) -> Answer:
    """A user as participant, recipient or member."""
    return {"type": "user", "id": f"u-{person}", "username": email(person)}


NOBODY: Answer = {"type": "none"}


def rotation(
    name: str,
    participants: list[Answer],
    kind: str,
    length: int,
    start: str,
    **more: Any,
) -> Answer:
    """A rotation of a schedule."""
    return {
        "id": f"r-{name}",
        "name": name,
        "type": kind,
        "length": length,
        "startDate": start,
        "participants": participants,
        **more,
    }


def hours(start: int, end: int) -> Answer:
    """A restriction to hours of each day."""
    rule = {"startHour": start, "startMin": 0, "endHour": end, "endMin": 30}
    return {"type": "time-of-day", "restriction": rule}


def days(*rules: tuple[str, int, str, int]) -> Answer:
    """A restriction to hours of the week: first day and hour, last day and hour."""
    return {
        "type": "weekday-and-time-of-day",
        "restrictions": [
            {"startDay": first, "startHour": start, "startMin": 0,
             "endDay": last, "endHour": end, "endMin": 0}
            for first, start, last, end in rules
        ],
    }  # fmt: skip


ANA, BEN, CHO, DEE = map(user, NAMES)
BILLING = {
    "id": "s-billing",
    "name": "billing_schedule",
    "timezone": "Europe/Berlin",
    "enabled": True,
    "ownerTeam": {"id": "t-billing", "name": "Billing"},
    "rotations": [
        rotation("week", [ANA, BEN, ANA, NOBODY], "weekly", 1, "2026-01-05T08:00:00Z",
                 timeRestriction=days(("monday", 8, "friday", 18))),
        rotation("nights", [CHO, DEE], "daily", 2, "2026-02-01T19:00:00Z",
                 timeRestriction=hours(22, 6)),
        rotation("weekend", [BEN], "weekly", 1, "2026-02-06T17:00:00Z",
                 timeRestriction=days(("saturday", 7, "saturday", 22),
                                      ("sunday", 7, "sunday", 22))),
        rotation("old", [DEE], "daily", 1, "2025-01-01T00:00:00Z", endDate="2026-01-01T00:00:00Z"),
        rotation("planned", [DEE, CHO], "hourly", 12, "2026-11-16T09:00:00Z",
                 endDate="2026-11-20T09:00:00Z"),
    ],
}  # fmt: skip
OVERRIDES = [
    {"alias": "o-1", "user": CHO, "startDate": "2026-10-13T06:00:00Z",
     "endDate": "2026-10-15T16:00:00Z", "rotations": [{"id": "r-week", "name": "week"}]},
    {"alias": "o-2", "user": DEE, "startDate": "2026-11-03T10:00:00Z",
     "endDate": "2026-11-03T20:00:00Z", "rotations": []},
]  # fmt: skip
DISABLED = {**BILLING, "id": "s-off", "name": "off_schedule", "enabled": False}

ESCALATION = {
    "id": "e-billing",
    "name": "billing_escalation",
    "ownerTeam": {"id": "t-billing", "name": "Billing"},
    "rules": [
        {"condition": "if-not-acked", "notifyType": "default",
         "delay": {"timeAmount": 0, "timeUnit": "minutes"},
         "recipient": {"type": "schedule", "id": "s-billing", "name": "billing_schedule"}},
        {"condition": "if-not-acked", "notifyType": "next",
         "delay": {"timeAmount": 10, "timeUnit": "minutes"},
         "recipient": {"type": "schedule", "id": "s-billing", "name": "billing_schedule"}},
        {"condition": "if-not-closed", "notifyType": "admins",
         "delay": {"timeAmount": 30, "timeUnit": "minutes"},
         "recipient": {"type": "team", "id": "t-billing", "name": "Billing"}},
    ],
    "repeat": {"waitInterval": 20, "count": 3, "resetRecipientStates": True,
               "closeAlertAfterAll": True},
}  # fmt: skip
USERS = [
    {"id": f"u-{one}", "username": email(one), "fullName": NAMES[one], "timeZone": zone}
    for one, zone in (("ana", "Europe/Berlin"), ("ben", "America/New_York"), ("cho", "Asia/Seoul"))
]
TEAM = {
    "id": "t-billing",
    "name": "Billing",
    "members": [{"user": ANA, "role": "admin"}, {"user": BEN, "role": "user"}],
}


def answer(data: Any) -> Answer:
    """An answer of the API."""
    return {"data": data, "took": 0.1, "requestId": "r-1"}


def documents() -> list[Answer]:
    """The answers in the order in which the documented commands write them."""
    return [
        {"window": {"start": "2026-10-05T00:00:00Z", "end": "2026-11-30T00:00:00Z"}},
        answer([BILLING, DISABLED]),
        timeline(BILLING, OVERRIDES, START, END),
        answer(OVERRIDES),
        answer([ESCALATION]),
        answer(USERS),
        answer(TEAM),
    ]
