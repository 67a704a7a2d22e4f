"""Reading of Opsgenie's export: which document holds what."""

from collections.abc import Iterator, Sequence

from gateway.importers.oncall.model.export import Export, PersonRecord, Product, TeamRecord
from gateway.importers.oncall.opsgenie.escalations import read_escalation
from gateway.importers.oncall.opsgenie.schedules import (
    read_override,
    read_person,
    read_schedule,
    read_timeline,
)
from gateway.importers.oncall.read.json_value import Json
from gateway.importers.oncall.read.notes import Notes
from gateway.importers.oncall.read.pages import Pages
from gateway.importers.oncall.read.person_zone import person_zone
from gateway.importers.oncall.read.source import Source

_ENVELOPE = ("took", "requestId")
"""Keys of every answer of the API."""


def is_opsgenie(document: Json) -> bool:
    """Return whether a document is an answer of Opsgenie's REST API."""
    return (
        isinstance(document.value, dict)
        and any(key in document.value for key in _ENVELOPE)
        and isinstance(document.value.get("data"), list | dict)
    )


def read_opsgenie(documents: Sequence[Json], source: Source) -> Export:
    """Return the records of an export. Raises ExportError."""
    export = Export(Product.OPSGENIE)
    pages = Pages()
    for number, document in enumerate(documents):
        if isinstance(document.value["data"], list) and document.value["data"]:
            kind = _kind(next(_entries(document)))
            listed = kind if kind != "overrides" else f"{kind} ({number})"
            more = "paging" in document and "next" in document.at("paging")
            pages.read(listed, document, more=more)
    pages.check()
    entries = [entry for document in documents for entry in _entries(document)]
    for entry in entries:
        if _kind(entry) == "users":
            _read_user(entry, export, source.notes)
    for entry in entries:
        if _kind(entry) == "teams":
            _read_team(entry, export)
    schedules = [entry for entry in entries if _kind(entry) == "schedules"]
    complete = {one.text("id") for one in schedules if "rotations" in one}
    for entry in schedules:
        if "rotations" in entry or entry.text("id") not in complete:
            read_schedule(entry, export, source)
            _join_team(entry, export)
    _read_changes(documents, export, source)
    for entry in entries:
        if _kind(entry) == "escalations":
            read_escalation(entry, export, source.notes)
    return export


def _entries(document: Json) -> Iterator[Json]:
    """Yield what a document lists, or the one thing that it is about."""
    if isinstance(document.value["data"], list):
        yield from document.items("data")
    else:
        yield document.at("data")


def _kind(entry: Json) -> str:
    """Return what an entry is, by its keys."""
    keys = entry.value if isinstance(entry.value, dict) else {}
    if "finalTimeline" in keys:
        return "timelines"
    if "rules" in keys:
        return "escalations"
    if "alias" in keys or ("user" in keys and "startDate" in keys):
        return "overrides"
    if "timezone" in keys or "rotations" in keys:
        return "schedules"
    if "username" in keys:
        return "users"
    if "name" in keys:
        return "teams"
    message = "it is no user, team, schedule, timeline, override or escalation of Opsgenie"
    raise entry.error(message)


def _read_changes(documents: Sequence[Json], export: Export, source: Source) -> None:
    """Read timelines and overrides; overrides belong to the timeline that comes before them."""
    schedule = ""
    for document in documents:
        for entry in _entries(document):
            kind = _kind(entry)
            if kind not in ("timelines", "overrides"):
                continue
            if "_parent" in entry:
                schedule = entry.at("_parent").text("id")
            elif "_parent" in document:
                schedule = document.at("_parent").text("id")
            if not schedule:
                raise entry.error(
                    "it does not name its schedule; export the timeline of the schedule before it"
                )
            if kind == "timelines":
                read_timeline(entry, schedule, export, source)
            else:
                read_override(entry, schedule, export)


def _read_user(entry: Json, export: Export, notes: Notes) -> None:
    key, email = entry.text("id"), entry.text("username")
    zone = person_zone(entry, "timeZone", notes)
    name = entry.text("fullName", email.partition("@")[0])
    export.people[key] = PersonRecord(key, name, email if "@" in email else "", zone)


def _read_team(entry: Json, export: Export) -> None:
    key = entry.text("id")
    team = export.teams.setdefault(key, TeamRecord(key, entry.text("name")))
    for member in entry.items("members"):
        person = read_person(member.at("user"), export)
        people = team.leads if member.text("role", "user") == "admin" else team.members
        if person not in people:
            people.append(person)


def _join_team(entry: Json, export: Export) -> None:
    if "ownerTeam" not in entry or entry.text("id") not in export.schedules:
        return
    owner = entry.at("ownerTeam")
    key = owner.text("id")
    team = export.teams.setdefault(key, TeamRecord(key, owner.text("name", key)))
    team.schedules.append(entry.text("id"))
