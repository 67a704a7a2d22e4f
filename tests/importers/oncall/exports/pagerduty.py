"""An export of PagerDuty with its traps.

Layers come last first; one has ended; a virtual start lies weeks before the start; restrictions
pass midnight and Sunday; the clocks change within the eight weeks; a user has no e-mail address.
"""

from typing import Any

from tests.importers.oncall.people import NAMES, email
from tests.importers.oncall.reference.pagerduty import with_rendering
from tests.importers.oncall.reference.rendered import seconds

START, END = seconds("2026-10-05T00:00:00Z"), seconds("2026-11-30T00:00:00Z")
WEEK, DAY, HOUR = 604800, 86400, 3600
Answer = dict[str, Any]


def user(person: str) -> Answer:
    """A reference to a user."""
    return {"id": f"P{person.upper()}", "type": "user_reference", "summary": NAMES[person]}


def layer(
    name: str,
    people: list[str],
    turn: int,
    start: str,
    *,
    virtual: str = "",
    end: str | None = None,
    restrictions: tuple[Answer, ...] = (),
) -> Answer:
    """A layer of a schedule."""
    return {
        "id": f"P{name.upper().replace(' ', '')}",
        "name": name,
        "start": start,
        "end": end,
        "rotation_virtual_start": virtual or start,
        "rotation_turn_length_seconds": turn,
        "users": [{"user": user(one)} for one in people],
        "restrictions": list(restrictions),
    }


def daily(start: str, hours: int) -> Answer:
    """A restriction to hours of each day."""
    return {
        "type": "daily_restriction",
        "start_time_of_day": f"{start}:00",
        "duration_seconds": hours * HOUR,
    }


def weekly(day: int, start: str, hours: int) -> Answer:
    """A restriction to hours of the week; day 1 is Monday."""
    return {**daily(start, hours), "type": "weekly_restriction", "start_day_of_week": day}


BILLING = {
    "id": "PBILLING",
    "type": "schedule",
    "name": "Billing primary",
    "time_zone": "Europe/Berlin",
    "schedule_layers": [
        layer("Planned", ["dee", "ana"], 2 * WEEK, "2026-11-11T08:00:00Z",
              virtual="2026-11-02T08:00:00Z", restrictions=(daily("09:00", 8),)),
        layer("Weekend", ["cho"], WEEK, "2026-01-02T16:00:00Z",
              restrictions=(weekly(5, "18:00", 62),)),
        layer("Nights", ["dee", "cho"], DAY, "2026-03-01T20:00:00Z",
              restrictions=(daily("22:00", 8),)),
        layer("Old", ["dee"], DAY, "2025-01-01T00:00:00Z", end="2026-02-01T00:00:00Z"),
        layer("Base", ["ana", "ben", "cho"], WEEK, "2026-02-02T08:00:00Z",
              virtual="2026-01-05T08:00:00Z"),
    ],
    "overrides": [
        {"start": "2026-10-20T16:00:00Z", "end": "2026-10-21T07:00:00Z", "user": user("ben")},
    ],
    "teams": [{"id": "PTEAM", "type": "team_reference", "summary": "Billing"}],
}  # fmt: skip
BACKUP = {
    "id": "PBACKUP",
    "type": "schedule",
    "name": "Billing backup",
    "time_zone": "America/New_York",
    "schedule_layers": [
        layer("Office", ["ben", "dee"], 12 * HOUR, "2026-06-01T12:00:00Z",
              restrictions=tuple(weekly(day, "08:00", 10) for day in range(1, 6))),
    ],
    "overrides": [],
    "teams": [],
}  # fmt: skip

USERS = [
    {
        "id": f"P{person.upper()}",
        "type": "user",
        "name": NAMES[person],
        "email": email(person),
        "time_zone": zone,
        "teams": [{"id": "PTEAM", "type": "team_reference", "summary": "Billing"}],
        "contact_methods": [{"id": f"C{person}", "type": "phone_contact_method_reference"}],
    }
    for person, zone in (
        ("ana", "Europe/Berlin"),
        ("ben", "Pacific Time (US & Canada)"),
        ("cho", "Seoul"),
    )
]
"""Dee is missing: she was deactivated, and her layers still name her."""

POLICY = {
    "id": "PPOLICY",
    "type": "escalation_policy",
    "name": "Billing",
    "num_loops": 2,
    "on_call_handoff_notifications": "if_has_services",
    "services": [{"id": "PSVC", "type": "service_reference", "summary": "Billing API"}],
    "escalation_rules": [
        {
            "id": "R1",
            "escalation_delay_in_minutes": 15,
            "targets": [{"id": "PBILLING", "type": "schedule_reference"}],
        },
        {
            "id": "R2",
            "escalation_delay_in_minutes": 20,
            "escalation_rule_assignment_strategy": {"type": "round_robin"},
            "targets": [
                {"id": "PBACKUP", "type": "schedule_reference"},
                {"id": "PANA", "type": "user_reference", "summary": "Ana"},
            ],
        },
    ],
}


def documents() -> list[Answer]:
    """The answers in the order in which the documented commands write them."""
    return [
        {"window": {"start": "2026-10-05T00:00:00Z", "end": "2026-11-30T00:00:00Z"}},
        {"schedule": with_rendering(BILLING, START, END)},
        {"schedule": with_rendering(BACKUP, START, END)},
        {"escalation_policies": [POLICY], "limit": 100, "offset": 0, "more": False},
        {"users": USERS, "limit": 100, "offset": 0, "more": False},
    ]
