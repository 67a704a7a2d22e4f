"""Routing tree and inhibition rules of an alertmanager.yml, as the core has them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gateway.config.build.names import DeclaredNames
from gateway.config.grammar.parsed import ParsedSection, ParsedValue
from gateway.config.source.problem import Findings, SourcePosition, shorten
from gateway.core.alerts.labels import valid_label_name
from gateway.core.matching.matcher import Matcher, MatcherError
from gateway.core.routing.inhibition import InhibitRule, same_labels
from gateway.core.routing.match import RouteSpec

ALL_LABELS = "..."


def route_spec(
    root: ParsedSection, receivers: DeclaredNames, intervals: DeclaredNames, findings: Findings
) -> RouteSpec:
    """Return the specification of the tree; note what Alertmanager refuses in it."""
    if not root.get("receiver") and "receiver" not in root.invalid_keys:
        findings.error(root.position, "the root route must name a receiver")
    for key in ("match", "match_re", "matchers"):
        if root.map_of(key) if key != "matchers" else root.list_of(key):
            findings.error(root.position_of(key), f"{key}: the root route must not have any")
    for key in ("mute_time_intervals", "active_time_intervals"):
        if root.list_of(key):
            findings.error(root.position_of(key), f"{key}: the root route must not have any")
    if root.get("continue"):
        findings.error(root.position_of("continue"), "continue: the root route has no siblings")
    return _spec(root, receivers, intervals, findings)


def _spec(
    entry: ParsedSection, receivers: DeclaredNames, intervals: DeclaredNames, findings: Findings
) -> RouteSpec:
    receiver = entry.get("receiver") or None
    if receiver is not None:
        receivers.check(entry.fields["receiver"], findings)
    interval_names: dict[str, list[str] | None] = {}
    for key in ("mute_time_intervals", "active_time_intervals"):
        for reference in entry.list_of(key):
            intervals.check(reference, findings)
        interval_names[key] = _texts(entry, key)
    for key in ("group_interval", "repeat_interval"):
        if entry.get(key) == 0:
            findings.error(entry.position_of(key), f"{key}: must not be zero")
    for name, item in entry.map_of("labels").items():
        if not valid_label_name(name):
            findings.error(item.position, f'labels: "{shorten(name)}" cannot name a label')
    return RouteSpec(
        receiver=receiver,
        group_by=_group_by(entry, findings),
        group_wait=entry.get("group_wait"),
        group_interval=entry.get("group_interval"),
        repeat_interval=entry.get("repeat_interval"),
        matchers=_listed(entry, "matchers"),
        match=_equals(entry, "match", findings),
        match_re=_patterns(entry, "match_re", findings),
        continue_=entry.get("continue", False),
        labels={name: item.value for name, item in entry.map_of("labels").items()},
        routes=tuple(
            _spec(child.value, receivers, intervals, findings) for child in entry.list_of("routes")
        ),
        line=entry.position.line,
        respond_within=None,
        reopen_after=None,
        links=(),
        **interval_names,
    )


def _group_by(entry: ParsedSection, findings: Findings) -> list[str] | None:
    labels = _texts(entry, "group_by")
    if labels is None:
        return None
    others = [label for label in labels if label != ALL_LABELS]
    for at, reference in enumerate(entry.list_of("group_by")):
        if not reference.value:
            findings.error(reference.position, "group_by: a label's name cannot be empty")
        elif reference.value != ALL_LABELS and reference.value in labels[:at]:
            findings.error(
                reference.position,
                f'group_by: "{reference.value}" is there twice',
                text=reference.raw,
            )
    if ALL_LABELS not in labels:
        return labels
    if others:
        position = entry.position_of("group_by")
        findings.error(position, f'group_by: "{ALL_LABELS}" means every label and stands alone')
        return others
    return [ALL_LABELS]


@dataclass(frozen=True, slots=True)
class Inhibition:
    """An inhibition rule; `rule` is None where it needs several sources at once."""

    rule: InhibitRule | None
    entry: ParsedSection


def inhibition(entries: Iterable[ParsedValue], findings: Findings) -> list[Inhibition]:
    """Return the inhibition rules in their order; note what Alertmanager refuses."""
    rules = []
    for number, item in enumerate(entries, 1):
        entry: ParsedSection = item.value
        sources = [one.value for one in entry.list_of("sources")]
        own = [key for key in ("source_match", "source_match_re") if entry.map_of(key)]
        own += [key for key in ("source_matchers", "equal") if entry.list_of(key)]
        if sources and own:
            message = f"{own[0]}: cannot stand beside sources"
            findings.error(entry.position_of(own[0]), message)
        for one in (entry, *sources):
            for label in one.list_of("equal"):
                if not label.value:
                    findings.error(label.position, "equal: a label's name cannot be empty")
        for one in sources:
            matchers = _listed(one, "matchers")
            if one.valid and all(matcher.matches({}) for matcher in matchers):
                message = "sources: a matcher is missing that not every alert fulfils"
                findings.error(one.position, message)
        sides = {side: _side(entry, side, findings) for side in ("source", "target")}
        equal = tuple(_texts(entry, "equal") or ())
        if len(sources) == 1:
            sides["source"] = _listed(sources[0], "matchers")
            equal = tuple(_texts(sources[0], "equal") or ())
        name = entry.get("name") or f"rule {number}"
        rule = InhibitRule(name, sides["source"], sides["target"], same_labels(*equal))
        rules.append(Inhibition(None if len(sources) > 1 else rule, entry))
    return rules


def _side(entry: ParsedSection, side: str, findings: Findings) -> tuple[Matcher, ...]:
    equals = _equals(entry, f"{side}_match", findings)
    patterns = _patterns(entry, f"{side}_match_re", findings)
    return (
        *(Matcher(name, "=", value) for name, value in equals.items()),
        *(Matcher(name, "=~", value) for name, value in patterns.items()),
        *_listed(entry, f"{side}_matchers"),
    )


def _listed(entry: ParsedSection, key: str) -> tuple[Matcher, ...]:
    return tuple(matcher for item in entry.list_of(key) for matcher in item.value)


def _texts(entry: ParsedSection, key: str) -> list[str] | None:
    return [item.value for item in entry.list_of(key)] if key in entry else None


def _equals(entry: ParsedSection, key: str, findings: Findings) -> Mapping[str, str]:
    for name, item in entry.map_of(key).items():
        _check_name(name, key, item.position, findings)
    return {name: item.value for name, item in entry.map_of(key).items()}


def _patterns(entry: ParsedSection, key: str, findings: Findings) -> Mapping[str, str]:
    patterns = {}
    for name, item in entry.map_of(key).items():
        _check_name(name, key, item.position, findings)
        try:
            patterns[name] = Matcher(name, "=~", item.value).value
        except MatcherError as error:
            findings.error(item.position, f"{key}: {error}", text=item.raw)
    return patterns


def _check_name(name: str, key: str, position: SourcePosition, findings: Findings) -> None:
    # The older forms accept classic names only, with each parser of matchers.
    if not valid_label_name(name, utf8=False):
        findings.error(
            position, f'{key}: "{shorten(name)}" is not a label name of letters, digits, _'
        )
