"""Nodes of the routing tree, built from the file with all inherited options."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from gateway.core.matching.matcher import OPERATORS, Matcher, format_matchers
from gateway.core.matching.parse import parse_matchers
from gateway.core.routing.links import LinkTemplate, merge_links

# Alertmanager's defaults at the root (dispatch.DefaultRouteOpts).
DEFAULT_GROUP_WAIT = 30.0
DEFAULT_GROUP_INTERVAL = 300.0
DEFAULT_REPEAT_INTERVAL = 4 * 3600.0

DEFAULT_REOPEN_AFTER = 300.0
"""Seconds for which the alerts of an incident that was resolved by hand may still fire. Longer: a
resolution that was wrong is noticed later. Shorter: it opens again before a repair shows."""

GROUP_BY_ALL = "..."
DEFAULT_ORIGIN = "default"

_INHERITED = (
    *("receiver", "group_by", "group_wait", "group_interval", "repeat_interval"),
    *("respond_within", "reopen_after"),
)
_NOT_INHERITED = ("mute_time_intervals", "active_time_intervals")


@dataclass(frozen=True, slots=True)
class Route:
    """A node with everything that it inherits. Intervals are seconds.

    `id` names the node by the matchers from the root, each with a number that distinguishes
    siblings with the same matchers (``{}/{team="billing"}/0``). `key` is Alertmanager's name,
    without the numbers, and may be shared by siblings. `own` holds the names of the options that
    this node sets itself; `origins` gives for each option the id of the route that it comes from,
    or ``default``. `labels` are those that the route adds to its notifications (Alertmanager 0.34),
    and `links` those that it adds to its messages, the parent's included. `line` is the node's line
    in the file.
    """

    id: str
    receiver: str
    matchers: tuple[Matcher, ...]
    group_by: tuple[str, ...]
    group_by_all: bool
    group_wait: float
    group_interval: float
    repeat_interval: float
    mute_time_intervals: tuple[str, ...]
    active_time_intervals: tuple[str, ...]
    continue_: bool
    children: tuple["Route", ...]
    own: frozenset[str]
    origins: Mapping[str, str] = field(hash=False)
    line: int | None
    key: str = ""
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    respond_within: float | str | None = None  # seconds, "same day", "next business day"
    reopen_after: float = DEFAULT_REOPEN_AFTER
    links: tuple[LinkTemplate, ...] = ()


@dataclass(frozen=True, slots=True)
class RouteSpec:
    """A route as it is in the file: None is what it inherits from its parent.

    An empty `group_by` is a statement (one group for all), ``["..."]`` is every label.
    `matchers` are Matcher objects or texts of any number of them; `match` and `match_re` are
    the older form. Durations are seconds.
    """

    receiver: str | None = None
    group_by: Sequence[str] | None = None
    group_wait: float | None = None
    group_interval: float | None = None
    repeat_interval: float | None = None
    mute_time_intervals: Sequence[str] | None = None
    active_time_intervals: Sequence[str] | None = None
    matchers: Sequence[Matcher | str] = ()
    match: Mapping[str, str] = field(default_factory=dict)
    match_re: Mapping[str, str] = field(default_factory=dict)
    continue_: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    respond_within: float | str | None = None
    reopen_after: float | None = None
    links: Sequence[LinkTemplate] = ()
    routes: Sequence["RouteSpec"] = ()
    line: int | None = None


_ROOT_PARENT = Route(
    id="",
    receiver="",
    matchers=(),
    group_by=(),
    group_by_all=False,
    group_wait=DEFAULT_GROUP_WAIT,
    group_interval=DEFAULT_GROUP_INTERVAL,
    repeat_interval=DEFAULT_REPEAT_INTERVAL,
    mute_time_intervals=(),
    active_time_intervals=(),
    continue_=False,
    children=(),
    own=frozenset(),
    origins=dict.fromkeys(_INHERITED, DEFAULT_ORIGIN),
    line=None,
)


def build_route(spec: RouteSpec) -> Route:
    """Return the tree that `spec` and its children describe.

    As in Alertmanager, a child inherits all but the mute and active time intervals, and its
    `continue`. Raises MatcherError for a matcher that cannot be read, ValueError for a
    `group_by` that has ``...`` beside other labels.
    """
    return _build(spec, _ROOT_PARENT, "")


def _build(spec: RouteSpec, parent: Route, position: str) -> Route:
    matchers = _matchers(spec)
    step = format_matchers(matchers)
    id_ = f"{parent.id}/{step}/{position}" if position else step
    own = frozenset(
        name for name in (*_INHERITED, *_NOT_INHERITED) if getattr(spec, name) is not None
    )
    origins = {name: id_ if name in own else parent.origins[name] for name in _INHERITED}
    origins |= {name: id_ if name in own else DEFAULT_ORIGIN for name in _NOT_INHERITED}
    group_by, group_by_all = parent.group_by, parent.group_by_all
    if spec.group_by is not None:
        group_by, group_by_all = _grouping(spec.group_by)
    node = Route(
        id=id_,
        key=f"{parent.key}/{step}" if position else step,
        receiver=parent.receiver if spec.receiver is None else spec.receiver,
        matchers=matchers,
        group_by=group_by,
        group_by_all=group_by_all,
        group_wait=_or(spec.group_wait, parent.group_wait),
        group_interval=_or(spec.group_interval, parent.group_interval),
        repeat_interval=_or(spec.repeat_interval, parent.repeat_interval),
        mute_time_intervals=tuple(spec.mute_time_intervals or ()),
        active_time_intervals=tuple(spec.active_time_intervals or ()),
        continue_=spec.continue_,
        children=(),
        own=own,
        origins=MappingProxyType(origins),
        line=spec.line,
        labels=MappingProxyType({**parent.labels, **spec.labels}),
        respond_within=parent.respond_within
        if spec.respond_within is None
        else spec.respond_within,
        reopen_after=_or(spec.reopen_after, parent.reopen_after),
        links=merge_links(parent.links, spec.links),
    )
    return replace(node, children=_children(spec, node)) if spec.routes else node


def _children(spec: RouteSpec, node: Route) -> tuple[Route, ...]:
    """Return the routes below `node`.

    Each is counted among its siblings with the same matchers, not among all: a route put before the
    others must not give them new ids, because open incidents refer to those (E8).
    """
    counts: dict[str, int] = {}
    nodes = []
    for child in spec.routes:
        step = format_matchers(_matchers(child))
        twin = counts[step] = counts.get(step, -1) + 1
        nodes.append(_build(child, node, str(twin)))
    return tuple(nodes)


def _matchers(spec: RouteSpec) -> tuple[Matcher, ...]:
    """Return all three forms together, in the order in which Alertmanager sorts them."""
    matchers = [Matcher(name, "=", value) for name, value in spec.match.items()]
    # Alertmanager anchors these on reading, so its group keys have the anchors.
    matchers += [Matcher(name, "=~", f"^(?:{value})$") for name, value in spec.match_re.items()]
    for one in spec.matchers:
        matchers += (one,) if isinstance(one, Matcher) else parse_matchers(one)
    return tuple(sorted(matchers, key=lambda one: (one.name, one.value, OPERATORS.index(one.op))))


def _grouping(names: Sequence[str]) -> tuple[tuple[str, ...], bool]:
    if GROUP_BY_ALL not in names:
        return tuple(dict.fromkeys(names)), False
    if len(names) > 1:
        raise ValueError(
            f"group_by: {GROUP_BY_ALL!r} means every label and must stand alone, "
            f"not beside {', '.join(repr(name) for name in names if name != GROUP_BY_ALL)}"
        )
    return (), True


def _or(own: float | None, inherited: float) -> float:
    return inherited if own is None else own
