"""PagerDuty's users and teams."""

from gateway.importers.oncall.model.export import Export, PersonRecord, TeamRecord
from gateway.importers.oncall.pagerduty.time_zones import RAILS_ZONES
from gateway.importers.oncall.read.json_value import Json
from gateway.importers.oncall.read.notes import NoteKind, Notes
from gateway.importers.oncall.read.person_zone import person_zone


def read_user(entry: Json, export: Export, notes: Notes) -> None:
    """Add a user; the export's users replace those that are only mentioned."""
    key = entry.text("id")
    name = entry.text("name", entry.text("summary", key))
    export.people[key] = PersonRecord(
        key, name, entry.text("email", ""), person_zone(entry, "time_zone", notes, RAILS_ZONES)
    )
    for team in entry.items("teams"):
        record = read_team(team, export)
        if key not in record.members:
            record.members.append(key)
    if any(map(_is_phone, entry.items("contact_methods"))) or any(
        entry.items("notification_rules")
    ):
        message = (
            f"notification rules and contacts of {name} by phone, SMS or push: add contacts: and "
            "notify: under people: (docs/notification-rules.md)"
        )
        notes.add(NoteKind.LOST, entry.at("contact_methods").position, message)


def _is_phone(method: Json) -> bool:
    """Return whether a contact method is a phone, SMS or push."""
    kind = method.text("type", "").partition("_contact_method")[0]
    return kind in ("phone", "sms", "push_notification")


def read_team(entry: Json, export: Export) -> TeamRecord:
    """Return the record of a team, after adding it if it is new."""
    key = entry.text("id")
    name = entry.text("name", entry.text("summary", key))
    return export.teams.setdefault(key, TeamRecord(key, name))
