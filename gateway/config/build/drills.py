"""Drills, built from the parsed file, and the routes of their alerts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from gateway.config.build.names import DeclaredNames, FileNames
from gateway.config.grammar.parsed import ParsedSection, ParsedValue
from gateway.config.source.problem import Findings, shorten
from gateway.core.alerts.source_labels import TEST_LABEL, TEST_VALUE
from gateway.core.matching.matcher import Matcher
from gateway.core.plan.accounts import SourceSettings
from gateway.core.plan.drill import DEFAULT_WITHIN, DRILL_LABEL, Drill
from gateway.core.plan.plan import Escalation, Receiver, Severity, Step
from gateway.core.routing.match import Route, RouteSpec, build_route

SUBJECTS = ("receiver", "escalation", "person")

ENDS_AFTER = 10.0
"""Seconds after the end of a drill's alert until people are notified of it. Higher lets people
wonder for longer."""

SOURCE_TYPE = "prometheus"
"""The type of source whose endpoint takes a drill's alert."""


@dataclass(slots=True)
class DrillParts:
    """Drills by name, with the routes, receivers and escalations that they need."""

    drills: dict[str, Drill] = field(default_factory=dict)
    specs: dict[str, RouteSpec] = field(default_factory=dict)
    receivers: dict[str, Receiver] = field(default_factory=dict)
    escalations: dict[str, Escalation] = field(default_factory=dict)

    def routes(self, root: RouteSpec) -> Mapping[str, Route]:
        """Return the routes of the drills by name; they inherit from the root of the file."""
        routes = build_route(replace(root, routes=tuple(self.specs.values()))).children
        return dict(zip(self.specs, routes, strict=True))


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a drill has that does not say otherwise."""

    zone: str
    severity_label: str
    severities: Sequence[Severity]


def drill_parts(
    entries: Mapping[str, ParsedValue],
    names: FileNames,
    sources: Mapping[str, SourceSettings],
    defaults: Defaults,
    findings: Findings,
) -> DrillParts:
    """Return the drills and what they need. Faults are noted."""
    parts = DrillParts()
    known = {
        "receiver": names.receivers,
        "escalation": names.escalations,
        "person": names.people,
    }
    for name, item in entries.items():
        entry: ParsedSection = item.value
        _check_source(entry, sources, findings)
        subject = _subject(name, item, known, findings)
        if subject is None or "cron" not in entry or "source" not in entry:
            continue  # reported already
        kind, of = subject
        receiver = of if kind == "receiver" else f"drill:{name}"
        if kind == "escalation":
            parts.receivers[receiver] = Receiver(receiver, escalate=of)
        elif kind == "person":
            parts.escalations[receiver] = Escalation(receiver, (Step((f"person:{of}",)),))
            parts.receivers[receiver] = Receiver(receiver, escalate=receiver)
        drill = Drill(
            name,
            entry.get("source"),
            f"{kind} {of}",
            receiver,
            entry.get("cron"),
            entry.get("timezone", defaults.zone),
            entry.get("within", DEFAULT_WITHIN),
            entry.get("acknowledge"),
            _labels(entry, defaults),
        )
        parts.drills[name] = drill
        parts.specs[name] = _route(drill, item.position.line)
    return parts


def _route(drill: Drill, line: int) -> RouteSpec:
    """Return the route that takes the drill's alert and no other one, at once."""
    return RouteSpec(
        receiver=drill.receiver,
        group_by=[DRILL_LABEL],
        group_wait=0.0,
        group_interval=ENDS_AFTER,
        matchers=[Matcher(DRILL_LABEL, "=", drill.name), Matcher(TEST_LABEL, "=", TEST_VALUE)],
        respond_within=drill.acknowledge,
        line=line,
    )


def _labels(entry: ParsedSection, defaults: Defaults) -> Mapping[str, str]:
    labels = {name: str(item.value) for name, item in entry.map_of("labels").items()}
    if defaults.severity_label not in labels:
        worst = min(defaults.severities, key=lambda one: one.rank, default=None)
        labels[defaults.severity_label] = "critical" if worst is None else worst.name
    return labels


def _subject(
    name: str, item: ParsedValue, known: Mapping[str, DeclaredNames], findings: Findings
) -> tuple[str, str] | None:
    """Return what is drilled: its kind and name. None after an error."""
    entry: ParsedSection = item.value
    named = [key for key in SUBJECTS if key in entry]
    if set(SUBJECTS) & set(entry.invalid_keys):
        return None  # reported already
    if len(named) != 1:
        fault = "names nothing" if not named else f"names {' and '.join(named)}"
        message = (
            f'drill "{shorten(name)}" {fault}: write one of receiver: NAME, escalation: NAME and '
            "person: ID"
        )
        findings.error(item.position, message, text=name)
        return None
    (kind,) = named
    if not known[kind].check(entry.fields[kind], findings):
        return None
    return kind, entry.get(kind)


def _check_source(
    entry: ParsedSection, sources: Mapping[str, SourceSettings], findings: Findings
) -> None:
    """Note a source that would not take the alert as a test."""
    if "source" not in entry:
        return
    name, position = entry.get("source"), entry.position_of("source")
    source = sources.get(name)
    write = f"drills: {{type: {SOURCE_TYPE}, bearer: ..., allow_test: true}}"
    if source is None:
        message = f'source: "{shorten(name)}" is not declared; write under sources: {write}'
    elif source.type != SOURCE_TYPE:
        message = (
            f'source: "{shorten(name)}" is of type {source.type}, and a drill is posted as '
            f"Prometheus posts; write under sources: {write}"
        )
    elif not source.allow_test:
        message = f'source: "{shorten(name)}" takes no tests; add allow_test: true to it'
    elif source.hmac or (source.basic and not source.bearer):
        message = (
            f'source: "{shorten(name)}" needs another proof than a bearer token; write under '
            f"sources: {write}"
        )
    else:
        return
    findings.error(position, message, text=name)
