"""Loading of routes.yaml: a checked plan with its secrets, or all its errors."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from gateway.config.build import accounts, drills, escalations, oncall, own_alerts, routing
from gateway.config.build import receivers as build_receivers
from gateway.config.build import sources as build_sources
from gateway.config.build.calendars import CalendarBuilder
from gateway.config.build.heartbeats import heartbeats
from gateway.config.build.link_checks import link_checks
from gateway.config.build.names import FileNames, file_names, refuse_duplicates
from gateway.config.build.on_call_news import on_call_news
from gateway.config.build.people import PeopleBuilder, contact_names
from gateway.config.build.prometheus import prometheus
from gateway.config.build.reports import reports
from gateway.config.build.runbooks import runbooks
from gateway.config.build.soundness import soundness
from gateway.config.build.teams import teams
from gateway.config.grammar.parsed import ParsedSection, ParsedValue, ReadContext
from gateway.config.grammar.root import FILE
from gateway.config.lint.warnings import add_lint_warnings
from gateway.config.source.nodes import MappingNode, Node, ScalarNode
from gateway.config.source.problem import (
    ConfigError,
    Findings,
    Problem,
    SourcePosition,
    mask,
    shorten,
)
from gateway.config.source.references import References
from gateway.config.source.regular_file import read_regular
from gateway.config.source.tree import MAX_BYTES, read_tree
from gateway.core.plan.accounts import ChannelSettings, Secret, SourceSettings
from gateway.core.plan.calendars import CalendarSettings
from gateway.core.plan.link_checks import LinkCheckSettings
from gateway.core.plan.person import Person
from gateway.core.plan.plan import (
    DEFAULT_RESOLVE_TIMEOUT,
    DEFAULT_SEVERITY_LABEL,
    NO_ROUTES,
    Plan,
    Receiver,
    Repeats,
)
from gateway.core.plan.prometheus import PrometheusSettings
from gateway.core.plan.soundness_settings import SoundnessSettings
from gateway.core.routing.match import build_route

__all__ = ["Config", "ConfigError", "Problem", "load"]


@dataclass(frozen=True, slots=True)
class Config:
    """A usable routes.yaml.

    `secrets` are by the name under which a target or option refers to them: the reference as the
    file writes it (without a default), such as ``${PAGERDUTY_BILLING_KEY}``, or ``sha256:…`` for
    one that stands in the file. A target's may be empty where its reference allows that. A channel
    without its token, or without any target that has its secret, has the option ``provider`` =
    ``console``: its messages are shown instead of sent.
    """

    plan: Plan
    sources: Mapping[str, SourceSettings]
    channels: Mapping[str, ChannelSettings]
    secrets: Mapping[str, Secret]
    warnings: tuple[Problem, ...]
    calendars: CalendarSettings = field(default_factory=CalendarSettings)
    prometheus: PrometheusSettings | None = None
    link_checks: LinkCheckSettings | None = None
    soundness: SoundnessSettings = field(default_factory=SoundnessSettings)


class _Built(NamedTuple):
    """What is built before the plan."""

    people: Mapping[str, Person]
    receivers: Mapping[str, Receiver]
    sources: Mapping[str, SourceSettings]


def load(
    path_or_text: Path | str,
    *,
    env: Mapping[str, str],
    read_file: Callable[[Path], bytes] = read_regular,
    now: float | None = None,
    file: str = "routes.yaml",
) -> Config:
    """Read the file at a Path, or the text itself when it is a str.

    `read_file` reads it and what ``${file:PATH}`` names (relative to the file's folder; OSError
    when it cannot). `now` (unix seconds) is where the search of rotas for gaps begins; None
    leaves it out. `file` is what problems call a text. Raises ConfigError with all faults.
    """
    source: str | bytes
    folder = Path()
    if isinstance(path_or_text, Path):
        file, folder = str(path_or_text), path_or_text.parent
        source = _read(path_or_text, read_file)
    else:
        source = path_or_text
    findings = Findings(file)
    tree = read_tree(source, findings)
    config = None
    references = References(env, read_file, folder)
    if tree is not None:
        config = _config(tree, _digest(source), now, ReadContext(findings, references))
    if config is None or findings.count:
        raise ConfigError(findings.errors, findings.warnings, references.values)
    warnings = tuple(mask(warning, references.values) for warning in config.warnings)
    return replace(config, warnings=warnings)


def _read(path: Path, read_file: Callable[[Path], bytes]) -> bytes:
    try:
        return read_file(path)[: MAX_BYTES + 1]
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        message = f"the file cannot be read: {shorten(reason)}"
        raise ConfigError([Problem(str(path), 1, 1, "", "", message)]) from None


def _config(tree: Node, digest: str, now: float | None, context: ReadContext) -> Config | None:
    if isinstance(tree, ScalarNode) and tree.empty:
        context.findings.error(
            SourcePosition(1, 1, ""), "the file is empty: it needs a route: and receivers:"
        )
        return None
    result = FILE.read(tree, "", context)
    if result is None:
        return None
    file: ParsedSection = result.value
    findings = context.findings
    names = file_names(tree, file)
    _refuse_duplicates(file, findings)
    secrets = accounts.Secrets()
    # The key alone counts: with all entries commented out nothing may post, rather than anyone.
    declares_sources = isinstance(tree, MappingNode) and "sources" in tree.entries
    source_entries = file.map_of("sources") if declares_sources else None
    severity_label = file.get("severity_label", DEFAULT_SEVERITY_LABEL)
    sources = build_sources.SourceBuilder(secrets, severity_label, findings).build(
        source_entries, file.position_of("sources")
    )
    channels = accounts.channels(file.get("channels"), secrets, findings)
    account_names = names.accounts.with_addresses(file.get("channels"))
    people_builder = PeopleBuilder(account_names, secrets, findings)
    people = people_builder.build(file.map_of("people"))
    builder = build_receivers.ReceiverBuilder(people, account_names, secrets, findings)
    builder.note_contact_secrets(people_builder.contact_secrets)
    receivers = builder.build(file.list_of("receivers"), names.receivers, names.escalations)
    calendars = CalendarBuilder(context.references.folder, secrets)
    books = runbooks(file, context.references, findings)
    built = _Built(people, receivers, sources)
    plan = _plan(file, names, built, calendars, digest, findings)
    metrics_source = prometheus(file.get("prometheus"), secrets, findings)
    calendar_settings = calendars.settings(file.get("calendars"), findings)
    if plan is None:
        return None
    plan = replace(plan, runbooks=books)
    zone = plan.business_hours.zone
    checks = link_checks(file.get("link_checks"), zone, secrets, findings)
    add_lint_warnings(file, plan, now, findings)
    settings = builder.resolve_empty_secrets(channels, file.get("channels"))
    return Config(
        plan,
        sources,
        settings,
        dict(secrets),
        findings.warnings,
        calendars=calendar_settings,
        prometheus=metrics_source,
        link_checks=checks,
        soundness=soundness(file.get("soundness"), context.references.folder),
    )


def _refuse_duplicates(file: ParsedSection, findings: Findings) -> None:
    refuse_duplicates(file.list_of("receivers"), "receiver", findings)
    refuse_duplicates(_intervals(file), "time interval", findings)


def _intervals(file: ParsedSection) -> Sequence[ParsedValue]:
    return (*file.list_of("time_intervals"), *file.list_of("mute_time_intervals"))


def _plan(
    file: ParsedSection,
    names: FileNames,
    built: _Built,
    calendars: CalendarBuilder,
    digest: str,
    findings: Findings,
) -> Plan | None:
    """Return the plan, None when the file has errors, which are noted."""
    people, receivers, sources = built
    hours = oncall.business_hours(file.get("business_hours"), calendars, findings)
    rotas = oncall.rotas(file.map_of("rotas"), names.people, hours, calendars, findings)
    step_names = escalations.StepNames(
        rotas=names.rotas,
        people=names.people,
        receivers=names.receivers,
        contacts=contact_names(file.map_of("people")),
        severities=names.severities,
        intervals=names.intervals,
    )
    news = on_call_news(
        file.map_of("rotas"), receivers, names.receivers, names.accounts.only_post, findings
    )
    policies = escalations.escalations(file.map_of("escalations"), step_names, findings)
    severities = routing.severities(file.map_of("severities"), findings)
    intervals = routing.time_intervals(_intervals(file), findings)
    inhibit_rules = routing.inhibit_rules(file.list_of("inhibit_rules"), findings)
    teams_by_id = teams(file.map_of("teams"), names, findings)
    scheduled = reports(file.map_of("reports"), names, receivers, teams_by_id, hours.zone, findings)
    label = file.get("severity_label", DEFAULT_SEVERITY_LABEL)
    jobs = heartbeats(file.map_of("heartbeats"), label, hours.zone, findings)
    defaults = drills.Defaults(hours.zone, label, tuple(severities.values()))
    drilled = drills.drill_parts(file.map_of("drills"), names, sources, defaults, findings)
    spec = None
    if "route" in file:
        route_names = routing.RouteNames(names.receivers, names.intervals)
        spec = routing.route_spec(file, route_names, findings)
    if findings.count or spec is None:
        return None
    general: ParsedSection | None = file.get("global")
    resolve_timeout = general.get("resolve_timeout") if general else None
    return Plan(
        root=build_route(spec),
        receivers={**receivers, **drilled.receivers},
        severities=severities,
        people=people,
        rotas=rotas,
        teams=teams_by_id,
        escalations={**policies, **drilled.escalations},
        inhibit_rules=inhibit_rules,
        watchdogs=routing.watchdogs(file.map_of("watchdogs")),
        heartbeats=jobs,
        drills=drilled.drills,
        drill_routes=drilled.routes(spec) if drilled.drills else NO_ROUTES,
        on_call_news=news,
        reports=scheduled,
        own_alerts=own_alerts.settings(file.get("gateway_alerts")),
        time_intervals=intervals,
        business_hours=hours,
        resolve_timeout=resolve_timeout or DEFAULT_RESOLVE_TIMEOUT,
        severity_label=label,
        flapping=routing.flapping(file.get("flapping"), default_on=bool(severities)),
        repeats=Repeats(file.get("repeats", Repeats.EXACT)),
        digest=digest,
    )


def _digest(source: str | bytes) -> str:
    content = source if isinstance(source, bytes) else source.encode("utf-8", "surrogatepass")
    return hashlib.sha256(content).hexdigest()[:12]
