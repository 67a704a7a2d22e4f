"""Reading of GoAlert's export: which part of an answer holds what."""

from collections.abc import Iterator, Sequence

from gateway.importers.oncall.goalert.escalations import ROTATION, read_escalation
from gateway.importers.oncall.goalert.rotations import read_rotation, rotation_shifts
from gateway.importers.oncall.goalert.schedules import (
    override_order,
    read_override,
    read_schedule,
    read_temporary,
)
from gateway.importers.oncall.model.export import Export, PersonRecord, Product, TargetKind
from gateway.importers.oncall.model.schedule import Rendering, Rotation, ScheduleRecord
from gateway.importers.oncall.read.json_value import Json
from gateway.importers.oncall.read.pages import Pages
from gateway.importers.oncall.read.source import Source

_LISTS = ("users", "rotations", "schedules", "userOverrides", "escalationPolicies")


def is_goalert(document: Json) -> bool:
    """Return whether a document is an answer of GoAlert's GraphQL API."""
    data = document.value.get("data") if isinstance(document.value, dict) else None
    return isinstance(data, dict) and any(
        isinstance(data.get(key), dict) and "nodes" in data[key] for key in _LISTS
    )


def read_goalert(documents: Sequence[Json], source: Source) -> Export:
    """Return the records of an export. Raises ExportError."""
    export = Export(Product.GOALERT)
    pages = Pages()
    for document in documents:
        for key in _LISTS:
            if key in document.at("data"):
                _read_page(key, document.at("data").at(key), pages)
    pages.check()
    for entry in _nodes(documents, "users"):
        _read_user(entry, export)
    rotations: dict[str, Rotation] = {}
    shifts: dict[str, Rendering | None] = {}
    for entry in _nodes(documents, "rotations"):
        rotation = read_rotation(entry, source)
        if rotation is not None:
            rotations[rotation.key] = rotation
            shifts[rotation.key] = rotation_shifts(entry, rotation, source.as_of)
    for rotation in rotations.values():
        for (person,) in rotation.turns:
            export.add_person(person, "")
    for entry in _nodes(documents, "schedules"):
        read_schedule(entry, rotations, export, source)
    for entry in sorted(_nodes(documents, "userOverrides"), key=override_order):
        read_override(entry, export)
    for entry in _nodes(documents, "schedules"):
        read_temporary(entry, export)
    for entry in _nodes(documents, "escalationPolicies"):
        read_escalation(entry, export, source.notes)
    _add_rotations(export, rotations, shifts)
    return export


def _read_page(key: str, listed: Json, pages: Pages) -> None:
    more = "pageInfo" in listed and listed.at("pageInfo").flag("hasNextPage", default=False)
    pages.read(key, listed, more=more)


def _nodes(documents: Sequence[Json], key: str) -> Iterator[Json]:
    for document in documents:
        if key in document.at("data"):
            yield from document.at("data").at(key).items("nodes")


def _read_user(entry: Json, export: Export) -> None:
    key = entry.text("id")
    email, slack = entry.text("email", ""), ""
    for method in entry.items("contactMethods"):
        if method.flag("disabled", default=False) or method.flag("pending", default=False):
            continue
        kind, value = method.text("type", ""), method.text("value", "")
        if kind == "EMAIL" and not email:
            email = value
        elif kind == "SLACK_DM":
            slack = value
    export.people[key] = PersonRecord(key, entry.text("name"), email, "", slack)


def _add_rotations(
    export: Export, rotations: dict[str, Rotation], shifts: dict[str, Rendering | None]
) -> None:
    """Add a schedule for each rotation that an escalation policy names directly."""
    for escalation in export.escalations.values():
        for step in escalation.steps:
            for target in step.targets:
                key = target.key.removeprefix(ROTATION)
                if target.kind is not TargetKind.SCHEDULE or key == target.key:
                    continue
                if key in rotations:
                    one = rotations[key]
                    export.schedules[target.key] = ScheduleRecord(
                        target.key,
                        one.name,
                        one.zone,
                        one.position,
                        (one,),
                        rendering=shifts[key],
                    )
