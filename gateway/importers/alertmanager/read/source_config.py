"""An alertmanager.yml as Alertmanager reads it, or all errors that it reports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gateway.config.build.names import declared_names, refuse_duplicates
from gateway.config.grammar.parsed import ParsedSection, ReadContext
from gateway.config.source.nodes import MappingNode, ScalarNode
from gateway.config.source.problem import ConfigError, Findings, SourcePosition
from gateway.config.source.tree import read_tree
from gateway.core.plan.plan import DEFAULT_RESOLVE_TIMEOUT
from gateway.core.routing.match import Route, build_route
from gateway.core.routing.mutes import TimeInterval
from gateway.importers.alertmanager.read.check_receivers import check_global, check_receivers
from gateway.importers.alertmanager.read.field_types import NoReferences
from gateway.importers.alertmanager.read.grammar import FILE
from gateway.importers.alertmanager.read.intervals import time_intervals
from gateway.importers.alertmanager.read.routing import Inhibition, inhibition, route_spec


@dataclass(frozen=True, slots=True)
class SourceConfig:
    """The content of an alertmanager.yml.

    `entry` is the checked file, `tree` and `text` are as written.
    """

    file: str
    text: str
    tree: MappingNode
    entry: ParsedSection
    root: Route
    inhibition: Sequence[Inhibition]
    intervals: Mapping[str, Sequence[TimeInterval]]
    resolve_timeout: float


def read_source_config(source: str | bytes, file: str) -> SourceConfig:
    """Read an alertmanager.yml.

    Raises ConfigError with everything that Alertmanager refuses in it.
    """
    findings = Findings(file)
    tree = read_tree(source, findings)
    entry: ParsedSection | None = None
    if isinstance(tree, ScalarNode) and tree.empty:
        findings.error(
            SourcePosition(1, 1, ""), "the file is empty: it needs a route: and receivers:"
        )
    elif tree is not None:
        result = FILE.read(tree, "", ReadContext(findings, NoReferences({}, _no_file, Path())))
        entry = result.value if result else None
    source_config = None
    if entry is not None and isinstance(tree, MappingNode):
        text = source if isinstance(source, str) else source.decode("utf-8-sig")
        source_config = _check(file, text, tree, entry, findings)
    if source_config is None or findings.count:
        raise ConfigError(findings.errors, findings.warnings)
    return source_config


def _check(
    file: str, text: str, tree: MappingNode, entry: ParsedSection, findings: Findings
) -> SourceConfig | None:
    check_global(entry.get("global"), findings)
    check_receivers(entry, findings)
    refuse_duplicates(entry.list_of("receivers"), "receiver", findings)
    every = (*entry.list_of("mute_time_intervals"), *entry.list_of("time_intervals"))
    refuse_duplicates(every, "time interval", findings)
    intervals = time_intervals(every, findings)
    rules = inhibition(entry.list_of("inhibit_rules"), findings)
    if "route" not in entry:
        if "route" not in entry.invalid_keys:
            findings.error(SourcePosition(1, 1, ""), "there is no route:")
        return None
    receivers = declared_names("receiver", "receivers", tree, entry)
    interval_names = declared_names(
        "time interval", "time_intervals", tree, entry, "mute_time_intervals"
    )
    spec = route_spec(entry.get("route"), receivers, interval_names, findings)
    if findings.count:
        return None
    general: ParsedSection | None = entry.get("global")
    timeout = general.get("resolve_timeout") if general else None
    return SourceConfig(
        file=file,
        text=text,
        tree=tree,
        entry=entry,
        root=build_route(spec),
        inhibition=rules,
        intervals=intervals,
        resolve_timeout=DEFAULT_RESOLVE_TIMEOUT if timeout is None else timeout,
    )


def _no_file(path: Path) -> bytes:
    raise FileNotFoundError(2, "No such file or directory", str(path))
