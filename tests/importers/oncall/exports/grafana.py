"""An export of Grafana OnCall with its traps.

Levels hide each other and add up within; daily turns count selected days only; a week begins on
`week_start`; events are shorter than turns; shifts without a zone are in the schedule's, or in UTC
when made in the web; overrides are on call together; waits are steps of an escalation.
"""

from typing import Any

from tests.importers.oncall.people import NAMES, email
from tests.importers.oncall.reference.grafana import final_shifts
from tests.importers.oncall.reference.rendered import seconds

START, END = seconds("2026-10-05T00:00:00Z"), seconds("2026-11-30T00:00:00Z")
HOUR, DAY, WEEK = 3600, 86400, 604800
Answer = dict[str, Any]


def shift(key: str, kind: str, start: str, duration: int, **more: Any) -> Answer:
    """A shift of a schedule."""
    return {
        "id": key,
        "name": key,
        "type": kind,
        "team_id": None,
        "time_zone": None,
        "start": start,
        "duration": duration,
        "rotation_start": start,
        **more,
    }


def rolling(
    key: str, groups: list[list[str]], frequency: str, start: str, duration: int, **more: Any
) -> Answer:
    """A shift whose groups take turns."""
    values = {"level": 0, "interval": 1, "start_rotation_from_user_index": 0, **more}
    return shift(
        key, "rolling_users", start, duration, frequency=frequency, rolling_users=groups, **values
    )


TERRAFORM = [
    rolling("week", [["ana", "ben"], ["cho"]], "weekly", "2026-01-07T09:00:00", 8 * HOUR,
            by_day=["MO", "TU", "WE", "TH", "FR"], week_start="MO", interval=2,
            start_rotation_from_user_index=1),
    rolling("office", [["ben"], ["dee"], ["cho"]], "daily", "2026-01-05T08:00:00", 4 * HOUR,
            by_day=["MO", "WE", "FR"], level=1),
    rolling("night", [["dee"], ["ana"]], "daily", "2026-01-05T20:00:00", 10 * HOUR, level=1),
    rolling("always", [["cho"], ["ben"]], "weekly", "2026-01-04T10:00:00", WEEK, week_start="SU"),
    shift("retreat", "single_event", "2026-11-05T09:00:00", 2 * DAY, level=3, users=["dee"]),
    shift("review", "recurrent_event", "2026-01-06T13:00:00", 3 * HOUR, level=2, users=["ana"],
          frequency="weekly", interval=1, by_day=["TU", "TH"], week_start="SU"),
]  # fmt: skip
WEB = [
    rolling("web", [["ana"], ["ben"], ["cho"]], "weekly", "2026-02-02T07:00:00", 2 * WEEK,
            interval=2, week_start="MO", level=1),
    rolling("ended", [["dee"]], "daily", "2026-02-02T07:00:00", DAY, until="2026-10-20T07:00:00",
            level=2),
    shift("o1", "override", "2026-11-02T08:00:00", 6 * HOUR, users=["cho"]),
    shift("o2", "override", "2026-11-02T12:00:00", 6 * HOUR, users=["dee"]),
]  # fmt: skip
SCHEDULES = [
    {"id": "S-TF", "name": "Billing", "type": "calendar", "team_id": "T1",
     "time_zone": "Europe/Berlin", "on_call_now": [], "ical_url_overrides": None,
     "shifts": [one["id"] for one in TERRAFORM]},
    {"id": "S-WEB", "name": "Billing web", "type": "web", "team_id": None,
     "time_zone": "Europe/Berlin", "on_call_now": [], "shifts": [one["id"] for one in WEB]},
    {"id": "S-ICAL", "name": "Billing calendar", "type": "ical", "team_id": None,
     "ical_url_primary": "https://calendar.example.com/private-0000/basic.ics",
     "ical_url_overrides": None},
]  # fmt: skip
POLICIES = [
    {"escalation_chain_id": "C1", "position": position, "id": f"P{position}", **step}
    for position, step in enumerate([
        {"type": "notify_on_call_from_schedule", "notify_on_call_from_schedule": "S-TF",
         "important": True},
        {"type": "notify_on_call_from_schedule", "notify_on_call_from_schedule": "S-WEB",
         "important": False},
        {"type": "wait", "duration": 300},
        {"type": "notify_if_time_from_to", "notify_if_time_from": "09:00:00Z",
         "notify_if_time_to": "18:00:00Z"},
        {"type": "notify_person_next_each_time",
         "persons_to_notify_next_each_time": ["ana", "ben"]},
        {"type": "wait", "duration": 600},
        {"type": "notify_team_members", "team_to_notify": "T1", "important": False},
        {"type": "repeat_escalation"},
    ])
]  # fmt: skip
USERS = [
    {"id": one, "grafana_id": number, "email": email(one), "username": one, "role": "user",
     "slack": [{"user_id": f"U012{one.upper()}", "team_id": "T0"}] if one == "ana" else [],
     "is_phone_number_verified": False, "timezone": zone,
     "teams": ["T1"] if one in ("ana", "ben") else []}
    for number, (one, zone) in enumerate(
        zip(NAMES, ("Europe/Berlin", None, "Asia/Seoul", ""), strict=True)
    )
]  # fmt: skip
TEAMS = [{"id": "T1", "grafana_id": 1, "name": "Billing", "email": "", "avatar_url": "/a.png"}]


def listed(rows: list[Answer]) -> Answer:
    """A list of the API, complete."""
    return {"count": len(rows), "next": None, "previous": None, "results": rows}


def documents() -> list[Answer]:
    """The answers in the order in which the documented commands write them."""
    return [
        {"window": {"start": "2026-10-05T00:00:00Z", "end": "2026-11-30T00:00:00Z"}},
        listed(SCHEDULES),
        listed([*TERRAFORM, *WEB]),
        {"final_shifts_of": "S-TF"},
        final_shifts(TERRAFORM, "Europe/Berlin", START, END),
        {"final_shifts_of": "S-WEB"},
        final_shifts(WEB, "UTC", START, END, web=True),
        listed([{"id": "C1", "name": "Billing chain", "team_id": "T1"}]),
        listed(POLICIES),
        listed(USERS),
        listed(TEAMS),
    ]
