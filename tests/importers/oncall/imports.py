"""Imports of exports that are written in a test."""

import json
from pathlib import Path
from typing import Any

from gateway.core.plan.plan import Plan
from gateway.importers.oncall.read.documents import read_documents
from gateway.importers.oncall.read.notes import NoteKind
from gateway.importers.oncall.read.source import Source
from gateway.importers.oncall.recognise import read_export
from gateway.importers.oncall.verify.compare import ComparedSchedule, compare_schedules
from gateway.importers.oncall.write.document import Written, write
from tests.importers.oncall.exports.make import FOLDER, export_text
from tests.importers.oncall.reference.rendered import seconds

NOW = seconds("2026-10-05T00:00:00Z")


def imported(folder: Path, *documents: Any, fragment: bool = False) -> Written:
    """The translation of documents. Raises ExportError."""
    file = folder / "export.json"
    file.write_text(export_text(list(documents)), encoding="utf-8")
    return imported_file(file, fragment=fragment)


def imported_file(*files: Path, fragment: bool = False) -> Written:
    """The translation of files. Raises ExportError."""
    documents = read_documents(files)
    as_of = documents.window.start if documents.window else NOW
    source = Source(as_of, documents.window)
    export = read_export(documents.items, source)
    return write(export, source.notes, [one.name for one in files], as_of, fragment=fragment)


def plan(written: Written) -> Plan:
    """The plan of the new file."""
    return written.loaded(written.text).plan


def compared(written: Written) -> list[ComparedSchedule]:
    """The comparison with the product's own rendering."""
    return compare_schedules(written, plan(written))


def notes(written: Written, kind: NoteKind) -> list[str]:
    """What is said of one kind, each with its path."""
    return [f"{one.path}: {one.message}" for one in written.notes.of(kind)]


def committed(name: str) -> list[Any]:
    """The documents of a committed export."""
    text = (FOLDER / name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]
