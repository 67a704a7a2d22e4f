"""Small alertmanager.yml files, and what becomes of them."""

from pathlib import Path

from gateway.config.load import Config
from gateway.config.source.problem import ConfigError, Problem
from gateway.importers.alertmanager.read.source_config import read_source_config
from gateway.importers.alertmanager.verify.equivalence import EquivalenceReport, check_equivalence
from gateway.importers.alertmanager.write.notes import NoteKind
from gateway.importers.alertmanager.write.translate import Translation, translate

HERE = Path(__file__).parent
RECORDED = HERE.parents[1] / "fixtures" / "alertmanager"
BILLING = RECORDED / "alertmanager-billing.yml"
API = RECORDED / "alertmanager-api-fixture.yml"
WIDE = HERE / "wide.yml"
"""A file with a little of everything."""

REST = """
receivers: [{name: all}]
route: {receiver: all}
"""
"""What a file needs at least."""

MAIL = """
global: {smtp_smarthost: "smtp.example.com:587", smtp_from: alerts@example.com}
"""


def imported(text: str | Path) -> Translation:
    """The translation of a text or a file."""
    source = text.read_text(encoding="utf-8") if isinstance(text, Path) else text
    return translate(read_source_config(source, "alertmanager.yml"))


def loaded(translation: Translation) -> Config:
    """The new file, as the gateway loads it."""
    return translation.loaded(translation.text)


def proven(translation: Translation, seed: int = 1, sample_count: int = 500) -> EquivalenceReport:
    """The comparison of both files."""
    return check_equivalence(translation.source_config, loaded(translation), sample_count, seed)


def refused(text: str) -> tuple[Problem, ...]:
    """What is wrong with a text; none when it is taken."""
    try:
        read_source_config(text, "alertmanager.yml")
    except ConfigError as error:
        return error.problems
    return ()


def notes(translation: Translation, kind: NoteKind) -> list[str]:
    """What is said of the translation, each with its line."""
    return [f"{one.problem.line}: {one.problem.message}" for one in translation.notes.of(kind)]


def lost(translation: Translation) -> list[str]:
    """What has no counterpart."""
    return notes(translation, NoteKind.LOST)


def receiver(text: str, general: str = "") -> Translation:
    """The translation of a file with the one receiver ``r`` with these integrations."""
    body = "\n".join(f"    {line}" for line in text.splitlines())
    return imported(f"{general}\nroute: {{receiver: r}}\nreceivers:\n  - name: r\n{body}\n")
