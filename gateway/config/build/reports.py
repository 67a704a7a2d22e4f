"""Scheduled reports, built from the parsed file."""

from collections.abc import Mapping

from gateway.config.build.names import DeclaredNames, FileNames
from gateway.config.grammar.parsed import ParsedSection, ParsedValue
from gateway.config.source.problem import Findings, shorten
from gateway.core.plan.channels import Capability, spec_of
from gateway.core.plan.plan import Receiver
from gateway.core.plan.report_settings import (
    DEFAULT_CRON,
    ReportKind,
    ReportSection,
    ReportSettings,
)
from gateway.core.plan.team import Team

FIGURES = "figures"
"""The last part of the path of the API's own figures, /api/v1/reports/figures."""


def reports(
    entries: Mapping[str, ParsedValue],
    names: FileNames,
    receivers: Mapping[str, Receiver],
    teams: Mapping[str, Team],
    zone: str,
    findings: Findings,
) -> Mapping[str, ReportSettings]:
    """Return the reports by name; `zone` is that of reports without one. Faults are noted."""
    by_name = {}
    for name, item in entries.items():
        entry: ParsedSection = item.value
        kind = _kind(name, item, findings)
        if name == FIGURES:
            message = f'report "{FIGURES}": the API has figures by this name; choose another one'
            findings.error(item.position, message, text=name)
        if "receiver" in entry:
            names.receivers.check(entry.fields["receiver"], findings)
            _require_readers(entry, receivers, findings)
        if "team" in entry:
            names.teams.check(entry.fields["team"], findings)
        if kind is None or "receiver" not in entry:
            continue
        team = teams.get(entry.get("team", ""))
        about = f"{kind.value.capitalize()} report" + (f": {team.name}" if team else "")
        by_name[name] = ReportSettings(
            name,
            kind,
            entry.get("cron", DEFAULT_CRON[kind]),
            entry.get("timezone", zone),
            entry.get("receiver"),
            entry.get("title", about),
            entry.get("team"),
            _sections(entry, names.queries, findings),
        )
    return by_name


def _sections(
    entry: ParsedSection, known: DeclaredNames, findings: Findings
) -> tuple[ReportSection, ...]:
    """Return the headings with their queries; note names that are not declared."""
    sections = []
    for heading, item in entry.map_of("lines").items():
        for name in item.value:
            known.check(name, findings)
        sections.append(ReportSection(heading, tuple(name.value for name in item.value)))
    return tuple(sections)


def _kind(name: str, item: ParsedValue, findings: Findings) -> ReportKind | None:
    entry: ParsedSection = item.value
    if "kind" in entry.invalid_keys:
        return None  # reported already
    kind = entry.get("kind", name)
    if kind in tuple(ReportKind):
        return ReportKind(kind)
    kinds = " or ".join(ReportKind)
    message = f'report "{shorten(name)}": say which kind it is: kind: {kinds}'
    findings.error(item.position, message, text=name)
    return None


def _require_readers(
    entry: ParsedSection, receivers: Mapping[str, Receiver], findings: Findings
) -> None:
    """Note a receiver that no report can reach."""
    name = entry.get("receiver")
    known = receivers.get(name)
    if known is None or any(
        spec_of(target.channel).can(Capability.REPORTS) for target in known.targets
    ):
        return
    message = (
        f'receiver "{shorten(name)}" has no e-mail or Slack target, and a report can be sent to '
        "nothing else"
    )
    findings.error(entry.position_of("receiver"), message)
