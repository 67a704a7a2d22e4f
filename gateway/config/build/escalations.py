"""Escalations, built from the parsed file."""

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.config.build.names import DeclaredNames
from gateway.config.grammar.parsed import ParsedSection, ParsedValue
from gateway.config.source.problem import Findings, nearest, shorten
from gateway.core.plan.plan import Escalation, Step
from gateway.core.plan.references import ReferenceKind


@dataclass(frozen=True, slots=True)
class Notifiable:
    """What an escalation step may notify, by the word before the colon, and by which contacts."""

    rotas: DeclaredNames
    people: DeclaredNames
    receivers: DeclaredNames
    contacts: DeclaredNames

    def check(self, reference: ParsedValue, findings: Findings) -> None:
        """Note a reference in ``notify`` that does not exist."""
        known = {
            ReferenceKind.ROTA: self.rotas,
            ReferenceKind.SECONDARY: self.rotas,
            ReferenceKind.MEMBERS: self.rotas,
            ReferenceKind.PERSON: self.people,
            ReferenceKind.RECEIVER: self.receivers,
        }
        word, colon, name = str(reference.value).partition(":")
        if colon and word in known:
            known[ReferenceKind(word)].check(reference, findings, prefix=f"{word}:")
            return
        message = (
            f'notify: "{shorten(reference.raw)}" is not a reference: write rota:NAME, '
            "secondary:NAME, members:NAME, person:ID or receiver:NAME"
        )
        references = [
            f"{kind.value}:{one}"
            for kind, names in known.items()
            for one in names.known
            if one == (name.strip() or word)
        ]
        near = references[0] if references else None
        if near is None and colon and (kind := nearest(word, known)) is not None:
            near = f"{kind}:{name.strip()}"
        findings.error(reference.position, message, text=reference.raw, suggestion=near)


def escalations(
    entries: Mapping[str, ParsedValue], known: Notifiable, findings: Findings
) -> Mapping[str, Escalation]:
    """Return the escalations by their names."""
    escalations_by_name = {}
    for name, item in entries.items():
        entry: ParsedSection = item.value
        steps = [_step(one.value, known, findings) for one in entry.list_of("steps")]
        if not steps and entry.valid:
            findings.error(item.position, f'escalation "{name}": it has no steps')
        escalations_by_name[name] = Escalation(name, tuple(steps), entry.get("repeat", 0))
    return escalations_by_name


def _step(entry: ParsedSection, known: Notifiable, findings: Findings) -> Step:
    for reference in entry.list_of("notify"):
        known.check(reference, findings)
    for reference in entry.list_of("by"):
        known.contacts.check(reference, findings)
    if entry.valid and not entry.list_of("notify"):
        findings.error(entry.position_of("notify"), "notify: nobody is named")
    return Step(
        notify=tuple(reference.value for reference in entry.list_of("notify")),
        by=tuple(reference.value for reference in entry.list_of("by")),
        wait=entry.get("wait"),
    )
