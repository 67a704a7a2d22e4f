"""An alertmanager.yml as Alertmanager means it, or everything that it would refuse it for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gateway.config.build.names import declared, refuse_twice
from gateway.config.grammar.kinds import Entry, Reading
from gateway.config.source.problem import ConfigError, Findings, Spot
from gateway.config.source.tree import Mapping as Tree
from gateway.config.source.tree import Scalar, read_tree
from gateway.core.plan.plan import DEFAULT_RESOLVE_TIMEOUT
from gateway.core.routing.match import Route, build_route
from gateway.core.routing.mutes import TimeInterval
from gateway.importers.alertmanager.read.check_receivers import check_global, check_receivers
from gateway.importers.alertmanager.read.grammar import FILE
from gateway.importers.alertmanager.read.intervals import time_intervals
from gateway.importers.alertmanager.read.kinds import Literally
from gateway.importers.alertmanager.read.routing import Inhibition, inhibition, route_spec


@dataclass(frozen=True, slots=True)
class Original:
    """What an alertmanager.yml says. `entry` is the checked file, `tree` and `text` as written."""

    file: str
    text: str
    tree: Tree
    entry: Entry
    root: Route
    inhibition: Sequence[Inhibition]
    intervals: Mapping[str, Sequence[TimeInterval]]
    resolve_timeout: float


def read_original(source: str | bytes, file: str) -> Original:
    """Read an alertmanager.yml. Raises ConfigError with all that Alertmanager refuses in it."""
    findings = Findings(file)
    tree = read_tree(source, findings)
    entry: Entry | None = None
    if isinstance(tree, Scalar) and tree.empty:
        findings.error(Spot(1, 1, ""), "the file is empty: it needs a route: and receivers:")
    elif tree is not None:
        given = FILE.read(tree, "", Reading(findings, Literally({}, _no_file, Path())))
        entry = given.value if given else None
    original = None
    if entry is not None and isinstance(tree, Tree):
        text = source if isinstance(source, str) else source.decode("utf-8-sig")
        original = _checked(file, text, tree, entry, findings)
    if original is None or findings.count:
        raise ConfigError(findings.errors, findings.warnings)
    return original


def _checked(file: str, text: str, tree: Tree, entry: Entry, findings: Findings) -> Original | None:
    check_global(entry.get("global"), findings)
    check_receivers(entry, findings)
    refuse_twice(entry.each("receivers"), "receiver", findings)
    every = (*entry.each("mute_time_intervals"), *entry.each("time_intervals"))
    refuse_twice(every, "time interval", findings)
    intervals = time_intervals(every, findings)
    rules = inhibition(entry.each("inhibit_rules"), findings)
    if "route" not in entry:
        if "route" not in entry.faulty:
            findings.error(Spot(1, 1, ""), "there is no route:")
        return None
    receivers = declared("receiver", "receivers", tree, entry)
    named = declared("time interval", "time_intervals", tree, entry, "mute_time_intervals")
    spec = route_spec(entry.get("route"), receivers, named, findings)
    if findings.count:
        return None
    general: Entry | None = entry.get("global")
    timeout = general.get("resolve_timeout") if general else None
    return Original(
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
