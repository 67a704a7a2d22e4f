"""Routes, inhibition, time intervals and severities, built from the parsed file."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from gateway.config.build.links import links
from gateway.config.build.names import DeclaredNames
from gateway.config.grammar.parsed import ParsedSection, ParsedValue
from gateway.config.source.problem import Findings, shorten
from gateway.core.matching.matcher import Matcher, MatcherError
from gateway.core.plan.flapping import Flapping
from gateway.core.plan.plan import DEFAULT_ACK_EXPIRES, Severity
from gateway.core.plan.watchdog import Watchdog
from gateway.core.routing.inhibition import EqualLabel, InhibitRule
from gateway.core.routing.links import LinkTemplate, merge_links
from gateway.core.routing.match import RouteSpec
from gateway.core.routing.mutes import TimeInterval, parse_time_interval

ALL_LABELS = "..."
DEFAULT_ABSENT_FOR = 600.0


@dataclass(frozen=True, slots=True)
class RouteNames:
    """What a route may refer to."""

    receivers: DeclaredNames
    intervals: DeclaredNames


def route_spec(file: ParsedSection, names: RouteNames, findings: Findings) -> RouteSpec:
    """Return the specification of the routing tree; note what Alertmanager refuses.

    The root inherits the links of the file.
    """
    root: ParsedSection = file.get("route")
    _check_root(root, findings)
    general = links(file, (), findings)
    spec = _spec(root, names, general, findings)
    return replace(spec, links=merge_links(general, spec.links))


def _check_root(root: ParsedSection, findings: Findings) -> None:
    if root.lacks("receiver"):
        findings.error(
            root.position,
            "the root route must name a receiver: it matches what no other route does",
        )
    for key in ("matchers", "match", "match_re"):
        if root.get(key):
            message = f"{key}: the root route matches every alert; put this into a route below it"
            findings.error(root.position_of(key), message)
    for key in ("mute_time_intervals", "active_time_intervals"):
        if root.get(key):
            message = f"{key}: the root route cannot be muted; put this into a route below it"
            findings.error(root.position_of(key), message)
    if root.get("continue"):
        findings.error(root.position_of("continue"), "continue: the root route has no siblings")


def _spec(
    entry: ParsedSection,
    names: RouteNames,
    inherited: Sequence[LinkTemplate],
    findings: Findings,
) -> RouteSpec:
    own_links = links(entry, inherited, findings)
    passed_on = merge_links(inherited, own_links)
    if "receiver" in entry:
        names.receivers.check(entry.fields["receiver"], findings)
    intervals: dict[str, list[str] | None] = {}
    for key in ("mute_time_intervals", "active_time_intervals"):
        for reference in entry.list_of(key):
            names.intervals.check(reference, findings)
        intervals[key] = _texts(entry, key)
    return RouteSpec(
        receiver=entry.get("receiver"),
        group_by=_group_by(entry, findings),
        group_wait=entry.get("group_wait"),
        group_interval=entry.get("group_interval"),
        repeat_interval=entry.get("repeat_interval"),
        matchers=_matchers(entry, "matchers"),
        match=_texts_by_name(entry, "match"),
        match_re=_patterns(entry, "match_re", findings),
        continue_=entry.get("continue", False),
        labels=_texts_by_name(entry, "labels"),
        respond_within=entry.get("respond_within"),
        reopen_after=entry.get("reopen_after"),
        links=own_links,
        routes=tuple(
            _spec(child.value, names, passed_on, findings) for child in entry.list_of("routes")
        ),
        line=entry.position.line,
        **intervals,
    )


def routes_in_order(root: ParsedSection) -> Iterator[ParsedSection]:
    """Yield all routes in the order of the file, parents first, like `match.walk`."""
    yield root
    for child in root.list_of("routes"):
        yield from routes_in_order(child.value)


def _group_by(entry: ParsedSection, findings: Findings) -> list[str] | None:
    labels = _texts(entry, "group_by")
    for at, reference in enumerate(entry.list_of("group_by")):
        if labels is not None and reference.value in labels[:at]:
            findings.error(
                reference.position,
                f'group_by: "{reference.value}" is there twice',
                text=reference.raw,
            )
        elif reference.value == ALL_LABELS and labels is not None and len(labels) > 1:
            message = 'group_by: "..." means every label and must stand alone'
            findings.error(reference.position, message, text=reference.raw)
    if labels is not None and ALL_LABELS in labels:
        return [ALL_LABELS]
    return labels


def inhibit_rules(entries: Iterable[ParsedValue], findings: Findings) -> tuple[InhibitRule, ...]:
    """Return the rules in their order; one without a name is named by its number."""
    rules = []
    for number, item in enumerate(entries, 1):
        entry: ParsedSection = item.value
        sides = {}
        for side in ("source", "target"):
            old = [
                Matcher(name, "=", value)
                for name, value in _texts_by_name(entry, f"{side}_match").items()
            ]
            patterns = _patterns(entry, f"{side}_match_re", findings)
            old += [Matcher(name, "=~", value) for name, value in patterns.items()]
            sides[side] = (*old, *_matchers(entry, f"{side}_matchers"))
            if entry.valid and not sides[side]:
                message = f"inhibit rule: no {side}_matchers, so every alert is a {side}"
                findings.warn(item.position, message)
        equal = tuple(_equal_label(one.value) for one in entry.list_of("equal"))
        name = entry.get("name", f"rule {number}")
        rules.append(InhibitRule(name, sides["source"], sides["target"], equal))
    return tuple(rules)


def _equal_label(value: str | ParsedSection) -> EqualLabel:
    if isinstance(value, ParsedSection):
        return EqualLabel(value.get("source", ""), value.get("target", ""))
    return EqualLabel(value, value)


def watchdogs(entries: Mapping[str, ParsedValue]) -> tuple[Watchdog, ...]:
    """Return the alerts that must always fire."""
    return tuple(
        Watchdog(
            name,
            _matchers(item.value, "matchers"),
            item.value.get("absent_for", DEFAULT_ABSENT_FOR),
            _texts_by_name(item.value, "labels") or {"severity": "critical"},
        )
        for name, item in entries.items()
    )


def time_intervals(
    entries: Iterable[ParsedValue], findings: Findings
) -> Mapping[str, tuple[TimeInterval, ...]]:
    """Return the intervals by their names."""
    return {
        item.value.get("name", ""): tuple(
            interval
            for one in item.value.list_of("time_intervals")
            if (interval := _interval(one.value, findings)) is not None
        )
        for item in entries
    }


def _interval(entry: ParsedSection, findings: Findings) -> TimeInterval | None:
    plain = {
        key: _to_plain(item)
        for key, item in entry.fields.items()
        # A list may be empty because nothing in it could be read, which is reported already.
        if _is_valid(item) and (entry.valid or item.value != ())
    }
    try:
        return parse_time_interval(plain)
    except ValueError:
        # Which of the fields it is, is found by reading each alone.
        for key, value in plain.items():
            try:
                parse_time_interval({key: value})
            except ValueError as error:
                findings.error(entry.position_of(key), str(error), text=entry.fields[key].raw)
    return None


def _is_valid(item: ParsedValue) -> bool:
    if isinstance(item.value, tuple):
        return all(map(_is_valid, item.value))
    return not isinstance(item.value, ParsedSection) or item.value.valid


def _to_plain(item: ParsedValue) -> object:
    if isinstance(item.value, tuple):
        return [_to_plain(one) for one in item.value]
    if isinstance(item.value, ParsedSection):
        return {key: _to_plain(one) for key, one in item.value.fields.items()}
    return item.value


def severities(entries: Mapping[str, ParsedValue], findings: Findings) -> Mapping[str, Severity]:
    """Return the severities by their names, the worst first."""
    severity_list: list[Severity] = []
    ranks: dict[int, str] = {}
    for name, item in entries.items():
        entry: ParsedSection = item.value
        rank = entry.get("rank")
        if rank is None:
            continue
        if rank in ranks:
            message = f'rank: {rank} is also the rank of "{ranks[rank]}"; one of them must be worse'
            findings.error(entry.position_of("rank"), message)
        ranks.setdefault(rank, name)
        severity_list.append(
            Severity(
                name,
                rank,
                entry.get("respond_within"),
                entry.get("group_wait"),
                entry.get("group_interval"),
                entry.get("repeat_interval"),
                entry.get("ack_expires", DEFAULT_ACK_EXPIRES),
                entry.get("urgent"),
                entry.get("title", ""),
            )
        )
    severities_by_name = {one.name: one for one in sorted(severity_list, key=lambda one: one.rank)}
    _refuse_less_severe_urgent(entries, severities_by_name, findings)
    return severities_by_name


def _refuse_less_severe_urgent(
    entries: Mapping[str, ParsedValue], severities: Mapping[str, Severity], findings: Findings
) -> None:
    """Note a severity that is urgent although a more severe one is not."""
    lesser: str | None = None
    for at, (name, severity) in enumerate(severities.items()):
        if severity.urgent is False or (severity.urgent is None and at > 0):
            lesser = lesser or name
        elif lesser is not None:
            message = (
                f'urgent: "{shorten(name)}" is urgent, and the more severe "{shorten(lesser)}" is '
                "not; make that one urgent, too, or change the ranks"
            )
            findings.error(entries[name].value.position_of("urgent"), message)


def _matchers(entry: ParsedSection, key: str) -> tuple[Matcher, ...]:
    return tuple(matcher for item in entry.list_of(key) for matcher in item.value)


def _texts_by_name(entry: ParsedSection, key: str) -> dict[str, str]:
    return {name: item.value for name, item in entry.map_of(key).items()}


def _patterns(entry: ParsedSection, key: str, findings: Findings) -> dict[str, str]:
    patterns = {}
    for name, item in entry.map_of(key).items():
        try:
            patterns[name] = Matcher(name, "=~", item.value).value
        except MatcherError as error:
            findings.error(item.position, f"{key}: {error}", text=item.raw)
    return patterns


def _texts(entry: ParsedSection, key: str) -> list[str] | None:
    return [item.value for item in entry.list_of(key)] if key in entry else None


def flapping(entry: ParsedSection | None, *, default_on: bool) -> Flapping:
    """Return when a group is flapping.

    Without a section in the file that is the default if `default_on`, else never.
    """
    default = Flapping()
    if entry is None:
        return default if default_on else Flapping(times=0)
    return Flapping(
        entry.get("times", default.times),
        entry.get("within", default.within),
        entry.get("every", default.every),
        entry.get("calm_after", default.calm_after),
    )
