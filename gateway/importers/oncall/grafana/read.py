"""Reading of Grafana OnCall's export: which document holds what."""

from collections.abc import Iterator, Sequence

from gateway.importers.oncall.grafana.escalations import read_chain
from gateway.importers.oncall.grafana.schedules import read_schedule
from gateway.importers.oncall.model.export import Export, PersonRecord, Product, TeamRecord
from gateway.importers.oncall.model.schedule import Rendering, Span
from gateway.importers.oncall.read.json_value import Json
from gateway.importers.oncall.read.notes import Notes
from gateway.importers.oncall.read.pages import Pages
from gateway.importers.oncall.read.person_zone import person_zone
from gateway.importers.oncall.read.rendering import rendering
from gateway.importers.oncall.read.source import Source

FINAL_SHIFTS = "final_shifts_of"
"""The key of a document that names the schedule of the final shifts after it."""

_SHIFT_TYPES = ("single_event", "recurrent_event", "rolling_users", "override")


def is_grafana(document: Json) -> bool:
    """Return whether a document is an answer of Grafana OnCall's API, or names a schedule."""
    value = document.value
    if not isinstance(value, dict):
        return False
    return set(value) == {FINAL_SHIFTS} or isinstance(value.get("results"), list)


def read_grafana(documents: Sequence[Json], source: Source) -> Export:
    """Return the records of an export. Raises ExportError."""
    export = Export(Product.GRAFANA)
    pages = Pages()
    shifts_of: dict[str, list[Json]] = {}
    entries: dict[str, list[Json]] = {}
    schedule = ""
    for document in documents:
        if FINAL_SHIFTS in document:
            schedule = document.text(FINAL_SHIFTS)
            shifts_of.setdefault(schedule, [])
            continue
        rows = list(document.items("results"))
        kind = _kind(rows[0]) if rows else ""
        if kind == "final shifts" or (not rows and schedule):
            if not schedule:
                message = (
                    f'the line {{"{FINAL_SHIFTS}": "ID"}} is missing before these final shifts'
                )
                raise document.error(message)
            shifts_of[schedule] += rows
            schedule = ""
            continue
        if kind:
            pages.read(kind, document, more="next" in document)
            entries.setdefault(kind, []).extend(rows)
    pages.check()
    _read_people(entries, export, source.notes)
    shifts = {one.text("id"): one for one in entries.get("shifts", ())}
    for entry in entries.get("schedules", ()):
        key = entry.text("id")
        final = _rendering(shifts_of.get(key), export, source)
        read_schedule(entry, shifts, final, export, source)
        team = export.teams.get(entry.text("team_id", ""))
        if team is not None and key in export.schedules:
            team.schedules.append(key)
    for entry in entries.get("chains", ()):
        steps = [
            one
            for one in entries.get("policies", ())
            if one.text("escalation_chain_id") == entry.text("id")
        ]
        steps.sort(key=lambda one: one.number("position", 0))
        read_chain(entry, steps, export, source.notes)
    return export


def _kind(entry: Json) -> str:
    """Return what an entry is, by its keys; "" for what is not needed."""
    keys = entry.value if isinstance(entry.value, dict) else {}
    if "shift_start" in keys:
        return "final shifts"
    if "escalation_chain_id" in keys and "type" in keys and "position" in keys:
        return "policies"
    if keys.get("type") in _SHIFT_TYPES and "start" in keys:
        return "shifts"
    if keys.get("type") in ("web", "calendar", "ical"):
        return "schedules"
    if "username" in keys:
        return "users"
    if "avatar_url" in keys:
        return "teams"
    if set(keys) == {"id", "name", "team_id"}:
        return "chains"
    return ""


def _read_people(entries: dict[str, list[Json]], export: Export, notes: Notes) -> None:
    for entry in entries.get("teams", ()):
        export.teams[entry.text("id")] = TeamRecord(entry.text("id"), entry.text("name"))
    for entry in entries.get("users", ()):
        key, name = entry.text("id"), entry.text("username")
        email = entry.text("email", "") or (name if "@" in name else "")
        zone = person_zone(entry, "timezone", notes)
        slack = ""
        for one in _slack(entry):
            slack = slack or one.text("user_id", "")
        export.people[key] = PersonRecord(key, name, email, zone, slack)
        for team in entry.items("teams"):
            if str(team.value) in export.teams:
                export.teams[str(team.value)].members.append(key)


def _slack(entry: Json) -> Iterator[Json]:
    """Yield a user's Slack identities: a list, or one object."""
    slack = entry.at("slack")
    if isinstance(slack.value, list):
        yield from entry.items("slack")
    elif isinstance(slack.value, dict):
        yield slack


def _rendering(rows: list[Json] | None, export: Export, source: Source) -> Rendering | None:
    if rows is None:
        return None
    spans = []
    for row in rows:
        person = export.add_person(
            row.text("user_pk"), row.text("user_username", ""), row.text("user_email", "")
        )
        spans.append(Span(person, row.instant("shift_start"), row.instant("shift_end")))
    return rendering(spans, source.window, rendered=True)
