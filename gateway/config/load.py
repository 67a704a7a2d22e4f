"""Loading of routes.yaml: a checked plan with its secrets, or all its errors."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from gateway.config.build import accounts, oncall, routing
from gateway.config.build import receivers as build_receivers
from gateway.config.build.names import declared_names, refuse_duplicates
from gateway.config.grammar.parsed import ParsedSection, ReadContext
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
from gateway.core.plan.plan import DEFAULT_RESOLVE_TIMEOUT, Plan, Repeats
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
    findings = context.findings
    if isinstance(tree, ScalarNode) and tree.empty:
        findings.error(
            SourcePosition(1, 1, ""), "the file is empty: it needs a route: and receivers:"
        )
        return None
    result = FILE.read(tree, "", context)
    if result is None:
        return None
    file: ParsedSection = result.value
    secrets = accounts.Secrets()

    receiver_names = declared_names("receiver", "receivers", tree, file)
    if "receivers" not in file:
        receiver_names = replace(receiver_names, readable=False)  # reported already
    people_names = declared_names("person", "people", tree, file)
    rota_names = declared_names("rota", "rotas", tree, file)
    escalation_names = declared_names("escalation", "escalations", tree, file)
    interval_names = declared_names(
        "time interval", "time_intervals", tree, file, "mute_time_intervals"
    )
    all_intervals = (*file.list_of("time_intervals"), *file.list_of("mute_time_intervals"))
    refuse_duplicates(file.list_of("receivers"), "receiver", findings)
    refuse_duplicates(all_intervals, "time interval", findings)

    # The key alone counts: with all entries commented out nothing may post, rather than anyone.
    declares_sources = isinstance(tree, MappingNode) and "sources" in tree.entries
    source_entries = file.map_of("sources") if declares_sources else None
    sources = accounts.sources(source_entries, file.position_of("sources"), secrets, findings)
    channels = accounts.channels(file.get("channels"), secrets, findings)
    declared_channels = declared_names("channel", "channels", tree, file).known
    people = oncall.people(file.map_of("people"), findings)
    rotas = oncall.rotas(file.map_of("rotas"), people_names, findings)
    notifiable = oncall.Notifiable(rota_names, people_names, receiver_names)
    escalations = oncall.escalations(file.map_of("escalations"), notifiable, findings)
    builder = build_receivers.ReceiverBuilder(people, declared_channels, secrets, findings)
    receivers = builder.build(file.list_of("receivers"), receiver_names, escalation_names)
    severities = routing.severities(file.map_of("severities"), findings)
    intervals = routing.time_intervals(all_intervals, findings)
    inhibit_rules = routing.inhibit_rules(file.list_of("inhibit_rules"), findings)
    watchdogs = routing.watchdogs(file.map_of("watchdogs"))
    hours = oncall.business_hours(file.get("business_hours"), findings)
    spec = None
    if "route" in file:
        names = routing.RouteNames(receiver_names, interval_names)
        spec = routing.route_spec(file.get("route"), names, findings)
    if findings.count or spec is None:
        return None

    general: ParsedSection | None = file.get("global")
    resolve_timeout = general.get("resolve_timeout") if general else None
    plan = Plan(
        root=build_route(spec),
        receivers=receivers,
        severities=severities,
        people=people,
        rotas=rotas,
        escalations=escalations,
        inhibit_rules=inhibit_rules,
        watchdogs=watchdogs,
        time_intervals=intervals,
        business_hours=hours,
        resolve_timeout=resolve_timeout or DEFAULT_RESOLVE_TIMEOUT,
        severity_label=file.get("severity_label", "severity"),
        flapping=routing.flapping(file.get("flapping"), default_on=bool(severities)),
        repeats=Repeats(file.get("repeats", Repeats.EXACT)),
        digest=digest,
    )
    add_lint_warnings(file, plan, now, findings)
    settled = builder.settled(channels, file.get("channels"))
    return Config(plan, sources, settled, dict(secrets), findings.warnings)


def _digest(source: str | bytes) -> str:
    content = source if isinstance(source, bytes) else source.encode("utf-8", "surrogatepass")
    return hashlib.sha256(content).hexdigest()[:12]
