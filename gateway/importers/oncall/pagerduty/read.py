"""Reading of PagerDuty's export: which document holds what."""

from collections.abc import Sequence

from gateway.importers.oncall.model.export import Export, Product
from gateway.importers.oncall.pagerduty.escalations import read_escalation
from gateway.importers.oncall.pagerduty.people import read_team, read_user
from gateway.importers.oncall.pagerduty.schedules import read_schedule
from gateway.importers.oncall.read.json_value import Json
from gateway.importers.oncall.read.pages import Pages
from gateway.importers.oncall.read.source import Source

_LISTS = ("schedules", "users", "escalation_policies", "teams")
_SINGLE = {"schedule": "schedules", "user": "users", "escalation_policy": "escalation_policies"}
_IGNORED = ("overrides",)
"""`GET /schedules/ID/overrides` does not name its schedule; the schedule itself has them."""


def is_pagerduty(document: Json) -> bool:
    """Return whether a document is an answer of PagerDuty's REST API."""
    return isinstance(document.value, dict) and any(
        key in document.value for key in (*_LISTS, *_SINGLE, *_IGNORED)
    )


def read_pagerduty(documents: Sequence[Json], source: Source) -> Export:
    """Return the records of an export. Raises ExportError."""
    export = Export(Product.PAGERDUTY)
    pages = Pages()
    for document in documents:
        for key in _LISTS:
            if key in document:
                pages.read(key, document, more=document.flag("more", default=False))
    pages.check()
    for entry in _entries(documents, "teams"):
        read_team(entry, export)
    for entry in _entries(documents, "users"):
        read_user(entry, export, source.notes)
    for entry in _complete(_entries(documents, "schedules")):
        read_schedule(entry, export, source)
        _join_teams(entry, export)
    for entry in _entries(documents, "escalation_policies"):
        read_escalation(entry, export, source.notes)
    return export


def _entries(documents: Sequence[Json], listed: str) -> list[Json]:
    """Return the entries of one kind: those of lists, and those with an address of their own."""
    entries = [entry for document in documents for entry in document.items(listed)]
    for single, plural in _SINGLE.items():
        if plural == listed:
            entries += [document.at(single) for document in documents if single in document]
    return entries


def _complete(entries: Sequence[Json]) -> list[Json]:
    """Return the entries without those of a list that come again with their layers."""
    with_layers = {one.text("id") for one in entries if "schedule_layers" in one}
    return [one for one in entries if "schedule_layers" in one or one.text("id") not in with_layers]


def _join_teams(entry: Json, export: Export) -> None:
    key = entry.text("id")
    if key not in export.schedules:
        return
    for team in entry.items("teams"):
        record = read_team(team, export)
        if key not in record.schedules:
            record.schedules.append(key)
