"""An export of GoAlert with its traps.

The phase is in the active user, not in the start; a rotation is on another clock than its schedule;
flags of weekdays begin on Sunday; a rule passes midnight; overrides add, remove and replace, and a
temporary schedule ignores them; a policy notifies a rotation directly, and a Slack channel.
"""

from typing import Any

from tests.importers.oncall.people import NAMES, email
from tests.importers.oncall.reference.goalert import handoffs, with_shifts
from tests.importers.oncall.reference.rendered import seconds

START, END = seconds("2026-10-05T00:00:00Z"), seconds("2026-11-30T00:00:00Z")
EVERY_DAY = [True] * 7
WORKDAYS = [False, True, True, True, True, True, False]
WEEKEND = [True, False, False, False, False, False, True]
Answer = dict[str, Any]


def rotation(
    key: str, users: list[str], kind: str, length: int, start: str, active: int, zone: str
) -> Answer:
    """A rotation with its active user and the next handover."""
    answer = {
        "id": key,
        "name": f"{key} rotation",
        "type": kind,
        "shiftLength": length,
        "start": start,
        "timeZone": zone,
        "userIDs": users,
        "activeUserIndex": active,
    }
    return {**answer, "nextHandoffTimes": handoffs(answer, START, END + 3 * 86400)}


def target(key: str, kind: str, *rules: tuple[str, str, list[bool]]) -> Answer:
    """A target of a schedule with its rules."""
    return {
        "target": {"id": key, "type": kind, "name": NAMES.get(key, key)},
        "rules": [
            {"start": start, "end": end, "weekdayFilter": days} for start, end, days in rules
        ],
    }


def override(added: str, removed: str, start: str, end: str) -> Answer:
    """An override of the billing schedule."""
    return {"start": start, "end": end, "addUserID": added, "removeUserID": removed,
            "target": {"id": "billing", "type": "schedule"}}  # fmt: skip


ROTATIONS = [
    rotation("week", ["ana", "ben", "cho"], "weekly", 1, "2026-01-05T08:00:00Z", 2,
             "Europe/Berlin"),
    rotation("nights", ["dee", "cho"], "daily", 2, "2026-02-01T20:00:00Z", 0, "Etc/UTC"),
    rotation("month", ["ben", "dee"], "monthly", 1, "2026-01-15T09:00:00Z", 1, "Europe/Berlin"),
]  # fmt: skip
SCHEDULE = {
    "id": "billing",
    "name": "Billing",
    "timeZone": "Europe/Berlin",
    "targets": [
        target("week", "rotation", ("08:00", "20:00", WORKDAYS), ("10:00", "18:00", WEEKEND)),
        target("month", "rotation", ("00:00", "00:00", EVERY_DAY)),
        target("dee", "user", ("22:00", "06:00", WEEKEND)),
        target("cho", "user"),
    ],
    "temporarySchedules": [
        {"start": "2026-11-10T00:00:00Z", "end": "2026-11-12T00:00:00Z",
         "shifts": [
             {"userID": "ana", "start": "2026-11-10T00:00:00Z", "end": "2026-11-11T06:00:00Z"},
             {"userID": "cho", "start": "2026-11-10T12:00:00Z", "end": "2026-11-10T18:00:00Z"}]},
    ],
    "onCallNotificationRules": [{"id": "n1"}],
}  # fmt: skip
OVERRIDES = [
    override("dee", "ana", "2026-10-19T08:00:00Z", "2026-10-23T08:00:00Z"),
    override("", "ben", "2026-10-26T00:00:00Z", "2026-10-27T00:00:00Z"),
    override("cho", "", "2026-11-09T12:00:00Z", "2026-11-11T12:00:00Z"),
    override("ben", "dee", "2026-11-11T12:00:00Z", "2026-11-14T12:00:00Z"),
]
POLICY = {
    "id": "policy",
    "name": "Billing policy",
    "repeat": 1,
    "steps": [
        {"stepNumber": 0, "delayMinutes": 5, "multiAck": False, "actions": [
            {"type": "builtin-schedule", "args": {"schedule_id": "billing"}},
            {"type": "builtin-slack-channel", "args": {"slack_channel_id": "C012BILLING"}}]},
        {"stepNumber": 1, "delayMinutes": 10, "multiAck": True, "actions": [
            {"type": "builtin-rotation", "args": {"rotation_id": "nights"}},
            {"type": "builtin-user", "args": {"user_id": "ana"}}]},
    ],
}  # fmt: skip
USERS = [
    {"id": "ana", "name": "Ana", "email": email("ana"), "contactMethods": [
        {"type": "SLACK_DM", "value": "U012ANA", "disabled": False, "pending": False}]},
    {"id": "ben", "name": "Ben", "email": email("ben"), "contactMethods": []},
    {"id": "cho", "name": "Cho", "email": "", "contactMethods": [
        {"type": "EMAIL", "value": "cho@old.example.com", "disabled": True, "pending": False},
        {"type": "EMAIL", "value": email("cho"), "disabled": False, "pending": False}]},
    {"id": "dee", "name": "Dee", "email": "", "contactMethods": []},
]  # fmt: skip


def listed(nodes: list[Answer]) -> Answer:
    """A list of the API, complete."""
    return {"nodes": nodes, "pageInfo": {"hasNextPage": False}}


def documents() -> list[Answer]:
    """The window, and the one answer."""
    rotations = {one["id"]: one for one in ROTATIONS}
    data = {
        "users": listed(USERS),
        "rotations": listed(ROTATIONS),
        "schedules": listed([with_shifts(SCHEDULE, rotations, OVERRIDES, START, END)]),
        "userOverrides": listed(OVERRIDES),
        "escalationPolicies": listed([POLICY]),
    }
    window = {"start": "2026-10-05T00:00:00Z", "end": "2026-11-30T00:00:00Z"}
    return [{"window": window}, {"data": data}]
