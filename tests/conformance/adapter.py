"""The gateway, spoken to in the words of the conformance vectors: one function per kind.

Translates and nothing more: what is tested is the product's. A kind without a function here is
skipped by the runner. `python RUNNER/run.py --adapter tests/conformance/adapter.py` runs it.
"""

import sys
from pathlib import Path
from typing import Any

# The runner loads this file by its path, from another folder.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from gateway.config.source.nodes import MappingNode, Node, ScalarNode
from gateway.config.source.problem import Findings
from gateway.config.source.tree import read_tree
from gateway.core.alerts.alert import Alert, merge
from gateway.core.alerts.labels import fingerprint as core_fingerprint
from gateway.core.alerts.labels import identity, valid_label_name
from gateway.core.decide.decide import decide
from gateway.core.incidents.incident import Incident, Member, NotifiedState
from gateway.core.matching.matcher import Matcher
from gateway.core.matching.parse import parse_matcher, parse_matchers
from gateway.core.plan.plan import Plan, Receiver, Target
from gateway.core.routing.inhibition import InhibitRule, SourceIndex
from gateway.core.routing.match import Route, RouteSpec, build_route, match_routes, walk
from gateway.core.routing.mutes import TimeInterval, intervals_containing, parse_time_interval
from gateway.core.time.timestamps import format_duration, parse_duration, parse_rfc3339
from tests.conformance.adapter_config import *  # noqa: F403  # the runner looks for all kinds here
from tests.conformance.adapter_delivery import *  # noqa: F403
from tests.conformance.adapter_rota import *  # noqa: F403
from tests.conformance.adapter_scenarios import *  # noqa: F403
from tests.conformance.adapter_silences import *  # noqa: F403
from tests.conformance.adapter_webhook import *  # noqa: F403
from tests.conformance.peer_text import humanize_duration, truncate_bytes, truncate_runes

NOW = 0.0


def matchers_parse(given: dict[str, Any]) -> list[dict[str, str]]:
    return [_matcher(one) for one in parse_matchers(given["text"], given["mode"])]


def matcher_parse(given: dict[str, Any]) -> dict[str, str]:
    return _matcher(parse_matcher(given["text"], given["mode"]))


def matcher_match(given: dict[str, Any]) -> bool:
    return Matcher("label", given["op"], given["pattern"]).matches({"label": given["value"]})


def matcher_format(given: dict[str, Any]) -> str:
    return str(Matcher(given["name"], given["op"], given["value"]))


def matcher_to_json(given: dict[str, Any]) -> dict[str, Any]:
    return Matcher(given["name"], given["op"], given["value"]).to_json()


def matcher_from_json(given: dict[str, Any]) -> dict[str, str]:
    return _matcher(Matcher.from_json(given))


def labelname_valid(given: dict[str, Any]) -> bool:
    return valid_label_name(given["name"], utf8=given["mode"] == "utf8")


def _matcher(matcher: Matcher) -> dict[str, str]:
    return {"name": matcher.name, "op": matcher.op, "value": matcher.value}


def route_match(given: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "receiver": route.receiver,
            "group_by": sorted(route.group_by),
            "group_by_all": route.group_by_all,
            "group_wait_s": route.group_wait,
            "group_interval_s": route.group_interval,
            "repeat_interval_s": route.repeat_interval,
        }
        for route in match_routes(_tree(given), given["labels"])
    ]


def route_keys(given: dict[str, Any]) -> list[str]:
    return [route.key for route in match_routes(_tree(given), given["labels"])]


def route_labels(given: dict[str, Any]) -> dict[str, str]:
    return dict(match_routes(_tree(given), given["labels"])[0].labels)


def route_receivers(given: dict[str, Any]) -> list[str]:
    return [route.receiver for route in match_routes(_tree(given), given["labels"])]


def route_walk(given: dict[str, Any]) -> list[str]:
    return [route.receiver for route in walk(_tree(given))]


def route_ids(given: dict[str, Any]) -> list[str]:
    return [route.id for route in walk(_tree(given))]


def route_group_by_tree(given: dict[str, Any]) -> list[list[str]]:
    return [list(_at(_tree(given), path).group_by) for path in given["paths"]]


def route_group_by_all_tree(given: dict[str, Any]) -> list[bool]:
    return [_at(_tree(given), path).group_by_all for path in given["paths"]]


def _tree(given: dict[str, Any]) -> Route:
    node = read_tree(given["route_yaml"], Findings("vector"))
    assert node is not None
    return build_route(_spec(_plain(node)))


def _at(route: Route, path: list[int]) -> Route:
    for position in path:
        route = route.children[position]
    return route


def _spec(said: dict[str, Any]) -> RouteSpec:
    def seconds(name: str) -> float | None:
        return parse_duration(said[name]) if name in said else None

    return RouteSpec(
        receiver=said.get("receiver"),
        group_by=said.get("group_by"),
        group_wait=seconds("group_wait"),
        group_interval=seconds("group_interval"),
        repeat_interval=seconds("repeat_interval"),
        matchers=said.get("matchers", ()),
        match=said.get("match", {}),
        match_re=said.get("match_re", {}),
        continue_=said.get("continue") == "true",
        labels=said.get("labels", {}),
        routes=[_spec(child) for child in said.get("routes", ())],
    )


def _plain(node: Node) -> Any:
    if isinstance(node, ScalarNode):
        return node.text
    if isinstance(node, MappingNode):
        return {name: _plain(value) for name, (_, value) in node.entries.items()}
    return [_plain(item) for item in node.items]


def timeinterval_parse(given: dict[str, Any]) -> None:
    _intervals(given["intervals"])


def timeinterval_contains(given: dict[str, Any]) -> bool:
    t = parse_rfc3339(given["time"])
    return any(interval.contains(t) for interval in _intervals(given["intervals"]))


def timeinterval_muted_by(given: dict[str, Any]) -> list[str]:
    named = {name: _intervals(said) for name, said in given["named_intervals"].items()}
    return list(intervals_containing(given["active_names"], named, parse_rfc3339(given["time"])))


def _intervals(said: list[dict[str, Any]]) -> list[TimeInterval]:
    return [parse_time_interval(one) for one in said]


def inhibit_muted(given: dict[str, Any]) -> bool:
    rules = [
        InhibitRule(
            name="",
            source=_side(rule, "source"),
            target=_side(rule, "target"),
            equal=tuple(rule.get("equal", ())),
        )
        for rule in given["rules"]
    ]
    return _sources(rules, given["sources"]).inhibitor(given["target"]) is not None


def inhibit_has_equal(given: dict[str, Any]) -> bool:
    # A label that only the target has keeps the sources from being targets themselves.
    mark = Matcher("the target", "=", "yes")
    rule = InhibitRule(name="", source=(), target=(mark,), equal=tuple(given["equal"]))
    target = {**given["target"], mark.name: mark.value}
    return _sources([rule], given["sources"]).inhibitor(target) is not None


def _side(rule: dict[str, Any], side: str) -> tuple[Matcher, ...]:
    # The matchers of inhibition are those of a route.
    spec = RouteSpec(
        match=rule.get(f"{side}_match", {}),
        match_re=rule.get(f"{side}_match_re", {}),
        matchers=rule.get(f"{side}_matchers", ()),
    )
    return build_route(spec).matchers


def _sources(rules: list[InhibitRule], sources: list[dict[str, Any]]) -> SourceIndex:
    index = SourceIndex(rules)
    for source in sources:
        if source["ends_in_s"] > NOW:
            index.add(identity(source["labels"]), source["labels"])
        else:
            index.remove(identity(source["labels"]))
    return index


def alert_merge(given: dict[str, Any]) -> dict[str, float | None]:
    x, y = (
        Alert(
            identity="vector",
            labels={},
            annotations={},
            starts_at=said["starts_in_s"],
            ends_at=said["ends_in_s"],
            updated_at=said["updated_in_s"],
            timeout=said["timeout"],
        )
        for said in (given["x"], given["y"])
    )
    merged = merge(x, y, NOW)
    return {
        "starts_in_s": merged.starts_at,
        "ends_in_s": merged.ends_at,
        "updated_in_s": merged.updated_at,
    }


def dedup_should_notify(given: dict[str, Any]) -> bool:
    """Whether `decide` speaks, or settles the end, of a group in that state.

    A group whose last notification said that all had ended is a closed incident here; what
    comes after it is a new one, of which nothing was told yet.
    """
    last = given["last_sent"]
    told = {} if last is None else dict.fromkeys(last["firing"], NotifiedState.FIRING)
    if told:
        told |= dict.fromkeys(last["resolved"], NotifiedState.RESOLVED)
    target = Target(
        "webhook", "sink", options={"send_resolved": str(given["send_resolved"]).lower()}
    )
    spec = RouteSpec(receiver="sink", repeat_interval=given["repeat_interval_s"])
    plan = Plan(root=build_route(spec), receivers={"sink": Receiver("sink", (target,))})
    ago = last and last["sent_ago_s"]
    sent_at = None if not told else NOW - (1e9 if ago == "never" else ago or 0.0)
    incident = Incident(
        1001,
        "group",
        plan.root.id,
        "sink",
        {},
        NOW - 1e9,
        NOW,
        tick_at=NOW,
        flushed=bool(told),
        notified_at=sent_at,
        notified_targets={target.key: target} if told else {},
    )
    members = []
    for number in {*given["firing"], *given["resolved"], *told}:
        labels = {"number": str(number)}
        ends_at = None if number in given["firing"] else NOW - 1.0
        alert = Alert(identity(labels), labels, {}, NOW - 1e9, ends_at)
        members.append(Member(alert, told.get(number, NotifiedState.NONE), NOW - 1e9))
    decision = decide(incident, members, plan, NOW)
    return bool(decision.notices) or (bool(told) and not decision.incident.open)


def duration_parse(given: dict[str, Any]) -> dict[str, Any]:
    seconds = parse_duration(given["text"])
    return {"ms": round(seconds * 1000), "canonical": format_duration(seconds)}


def fingerprint(given: dict[str, Any]) -> str:
    return core_fingerprint(given["labels"])


def text_truncate(given: dict[str, Any]) -> dict[str, Any]:
    truncate = truncate_runes if given["unit"] == "runes" else truncate_bytes
    text, truncated = truncate(given["text"], given["limit"])
    return {"text": text, "truncated": truncated}


def format_humanize_duration(given: dict[str, Any]) -> str:
    return humanize_duration(given["seconds"])
