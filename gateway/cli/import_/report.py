"""Report of `gateway import`, on standard error or as JSON."""

from collections import Counter
from pathlib import Path
from typing import Any

import click

from gateway.cli.support.output import plural
from gateway.config.source.problem import listed
from gateway.core.routing.match import walk
from gateway.importers.alertmanager.verify.equivalence import EquivalenceReport
from gateway.importers.alertmanager.write.notes import NoteKind
from gateway.importers.alertmanager.write.translate import ALERTMANAGER_REPEATS, Translation
from gateway.importers.emit import one_line


def as_json(translation: Translation, proof: EquivalenceReport | None) -> dict[str, Any]:
    """Return the report as JSON."""
    notes = translation.notes
    return {
        "file": translation.source_config.file,
        "counts": _counts(translation),
        "translated": [{"line": line, "what": what} for line, what in sorted(notes.translated)],
        "not_translated": [note.to_json() for note in notes.of(NoteKind.LOST)],
        "differs": [note.to_json() for note in notes.of(NoteKind.CHANGED)],
        "repeats": [late.to_json() for late in translation.repeats],
        "variables": [one.to_json() for one in notes.variables],
        "check": proof.to_json() if proof else None,
    }


def _counts(translation: Translation) -> dict[str, int]:
    source_config = translation.source_config
    return {
        "routes": sum(1 for _ in walk(source_config.root)),
        "receivers": len(source_config.entry.list_of("receivers")),
        "inhibit_rules": len(source_config.inhibition),
        "time_intervals": len(source_config.intervals),
    }


def print_report(
    translation: Translation, proof: EquivalenceReport | None, output: Path | None
) -> None:
    """Print the report on standard error."""
    notes, file = translation.notes, translation.source_config.file
    counts = _counts(translation)
    row = [plural(count, name[:-1].replace("_", " ")) for name, count in counts.items() if count]
    _print(f"{file}: {', '.join(row)}")
    kinds = Counter(what.partition(" ")[0] for _, what in notes.translated)
    if kinds:
        _print(f"translated: {', '.join(f'{count} {kind}' for kind, count in kinds.items())}")
    for kind in NoteKind:
        groups = notes.alike(kind)
        if groups:
            _print(f"{kind}:")
        for note, lines in groups:
            more = f" (and in lines {listed(map(str, lines[1:]))})" if lines[1:] else ""
            words = f" {note.template!r}" if note.template else ""
            _print(f"  {note.problem}{words}{more}")
    if translation.repeats:
        _print(
            "repeats that come sooner here than in Alertmanager "
            f'(unless you say "{ALERTMANAGER_REPEATS}"):'
        )
    for late in translation.repeats:
        _print(f"  {file}:{late.line}: {late}")
    if notes.variables:
        _print("set in the environment:")
        width = max(len(one.name) for one in notes.variables)
        for one in notes.variables:
            where = f" ({file}:{one.line})" if one.line else ""
            _print(f"  {one.name:<{width}}  {one.meaning}{where}")
    if proof is not None:
        _print_proof(proof)
    if output is not None:
        _print(f"written to {output}; next: gateway check {output}")


def _print_proof(proof: EquivalenceReport) -> None:
    if proof.difference:
        _print(f"different: {proof.difference}")
        return
    compared = [f"{plural(proof.label_sets, 'label set')} through {plural(proof.routes, 'route')}"]
    if proof.pairs:
        rules = plural(proof.rules, "inhibit rule")
        inhibited = f"{proof.inhibited} of them inhibited"
        compared.append(f"{plural(proof.pairs, 'pair')} of alerts through {rules}, {inhibited}")
    if proof.instants:
        intervals = plural(proof.intervals, "time interval")
        compared.append(f"{plural(proof.instants, 'instant')} in {intervals}")
    _print(f"the same in both files: {'; '.join(compared)}")
    if proof.unreached:
        lines = listed(map(str, sorted(proof.unreached)))
        _print(f"  no label set ended in the routes of lines {lines}")
    for matcher in proof.untried:
        _print(f"  no value was found that matches {matcher}")
    if proof.omitted:
        _print(f"  not compared: {plural(proof.omitted, 'inhibit rule')} that could not be kept")


def _print(text: str) -> None:
    click.echo(one_line(text), err=True)
