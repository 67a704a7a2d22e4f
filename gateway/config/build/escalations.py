"""Escalations, built from the parsed file."""

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.config.build.names import DeclaredNames
from gateway.config.grammar.parsed import ParsedSection, ParsedValue
from gateway.config.source.problem import Findings, shorten
from gateway.core.plan.plan import Escalation, Step
from gateway.core.plan.references import ReferenceKind
from gateway.core.plan.step_condition import StepCondition
from gateway.core.text.nearest import nearest


@dataclass(frozen=True, slots=True)
class StepNames:
    """The names that a step may refer to."""

    rotas: DeclaredNames
    people: DeclaredNames
    receivers: DeclaredNames
    contacts: DeclaredNames
    severities: DeclaredNames
    intervals: DeclaredNames

    def check_reference(self, reference: ParsedValue, findings: Findings) -> None:
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
    entries: Mapping[str, ParsedValue], known: StepNames, findings: Findings
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


def _step(entry: ParsedSection, known: StepNames, findings: Findings) -> Step:
    for reference in entry.list_of("notify"):
        known.check_reference(reference, findings)
    for reference in entry.list_of("by"):
        known.contacts.check(reference, findings)
    if entry.valid and not entry.list_of("notify"):
        findings.error(entry.position_of("notify"), "notify: nobody is named")
    round_robin = entry.get("round_robin", False)
    receivers = [one for one in entry.list_of("notify") if str(one.value).startswith("receiver:")]
    if round_robin and receivers:
        message = "round_robin: takes turns among people, and this is a receiver; name the people"
        findings.error(receivers[0].position, message, text=receivers[0].raw)
    return Step(
        notify=tuple(reference.value for reference in entry.list_of("notify")),
        by=tuple(reference.value for reference in entry.list_of("by")),
        wait=entry.get("wait"),
        when=_condition(entry.get("when"), known, findings),
        round_robin=round_robin,
    )


def _condition(
    entry: ParsedSection | None, known: StepNames, findings: Findings
) -> StepCondition | None:
    if entry is None:
        return None
    names = {
        "severities": known.severities,
        "time_intervals": known.intervals,
        "outside_time_intervals": known.intervals,
    }
    for key, declared in names.items():
        for reference in entry.list_of(key):
            declared.check(reference, findings)
        if key in entry and entry.valid and not entry.list_of(key):
            findings.error(entry.position_of(key), f"{key}: nothing is named; omit it for all")
    if entry.valid and not any(key in entry for key in names):
        findings.error(entry.position, "when: is empty; omit it if the step always applies")
    return StepCondition(
        **{key: tuple(reference.value for reference in entry.list_of(key)) for key in names}
    )
