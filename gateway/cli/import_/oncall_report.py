"""Report of `gateway import oncall`, on standard error or as JSON."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from gateway.cli.support.output import plural
from gateway.core.time.timestamps import format_rfc3339
from gateway.importers.emit import one_line
from gateway.importers.oncall.read.notes import NoteKind
from gateway.importers.oncall.verify.compare import ComparedSchedule
from gateway.importers.oncall.write.document import Written
from gateway.render.view.difference import difference_lines
from gateway.render.view.times import clock_time

_NOTE_KEYS = {
    NoteKind.LOST: "not_translated",
    NoteKind.CHANGED: "differs",
    NoteKind.DECIDE: "to_decide",
}
_WORDS = {
    "schedules": "schedule",
    "rotas": "rota",
    "people": "person",
    "teams": "team",
    "escalations": "escalation",
}


def as_json(written: Written, compared: Sequence[ComparedSchedule]) -> dict[str, Any]:
    """Return the report as JSON."""
    notes = {
        key: [note.to_json() for note in written.notes.of(kind)] for kind, key in _NOTE_KEYS.items()
    }
    variables = [{"name": one.name, "meaning": one.meaning} for one in written.variables]
    return {
        "product": written.export.product.value,
        "counts": _counts(written),
        **notes,
        "variables": variables,
        "check": [_to_json(one) for one in compared],
    }


def _counts(written: Written) -> dict[str, int]:
    return {
        "schedules": len(written.export.schedules),
        "rotas": sum(map(len, written.ids.rotas.values())),
        "people": len(written.ids.people),
        "teams": len(written.ids.teams),
        "escalations": len(written.ids.escalations),
    }


def _to_json(one: ComparedSchedule) -> dict[str, Any]:
    span = {"from": format_rfc3339(one.start), "to": format_rfc3339(one.end)} if one.end else {}
    return {
        "schedule": one.name,
        "rotas": list(one.rotas),
        **span,
        "same": bool(one.end) and not one.differences,
        "differences": [
            {
                "from": format_rfc3339(each.start),
                "to": format_rfc3339(each.end),
                "before": list(each.before),
                "after": list(each.after),
            }
            for each in one.differences
        ],
        "not_compared": one.reason or None,
    }


def print_report(
    written: Written,
    compared: Sequence[ComparedSchedule],
    now: float,
    output: Path | None,
) -> None:
    """Print the report on standard error."""
    counts = _counts(written)
    row = [plural(count, _WORDS[name]) for name, count in counts.items() if count]
    _print(f"{written.export.product}: {', '.join(row)}")
    for kind in NoteKind:
        rows = written.notes.of(kind)
        if rows:
            _print(f"{kind}:")
        for note in rows:
            _print(f"  {note}")
    if written.variables:
        _print("set in the environment:")
        width = max(len(one.name) for one in written.variables)
        for one in written.variables:
            _print(f"  {one.name:<{width}}  {one.meaning}")
    for schedule in compared:
        _print_compared(schedule, written, now)
    if output is not None:
        _print(f"written to {output}; next: gateway check {output}")


def _print_compared(one: ComparedSchedule, written: Written, now: float) -> None:
    """Print where a schedule differs, each with the people before and after."""
    product = written.export.product
    if one.differences:
        names = {
            written.ids.people[key]: person.name for key, person in written.export.people.items()
        }
        _print(f'different: schedule "{one.name}", {product} → the new file:')
        rotas = ", ".join(one.rotas)
        for line in difference_lines(rotas, one.differences, names, one.zone, now):
            _print(f"  {line}")
    elif one.end:
        span = f"{clock_time(one.start, one.zone, now)} to {clock_time(one.end, one.zone, now)}"
        _print(f'the same as in {product}: schedule "{one.name}" from {span}')
    if one.reason:
        _print(f'not compared: schedule "{one.name}": {one.reason}')


def _print(text: str) -> None:
    click.echo(one_line(text), err=True)
