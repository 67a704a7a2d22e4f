"""An adapter from the conformance vectors to the gateway: one function per kind.

It only translates, so the product is tested. The runner skips a kind without a function here.
`python RUNNER/run.py --adapter tests/conformance/adapter.py` runs it.
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
from gateway.core.routing.inhibition import InhibitRule, SourceIndex, same_labels
from gateway.core.routing.match import Route, RouteSpec, build_route, match_routes, walk
from gateway.core.routing.mutes import TimeInterval, intervals_containing, parse_time_interval
from gateway.core.time.timestamps import format_duration, parse_duration, parse_rfc3339
from tests.conformance.adapter_config import *  # noqa: F403  # the runner expects all kinds here
from tests.conformance.adapter_delivery import *  # noqa: F403
from tests.conformance.adapter_rota import *  # noqa: F403
from tests.conformance.adapter_scenarios import *  # noqa: F403
from tests.conformance.adapter_silences import *  # noqa: F403
from tests.conformance.adapter_webhook import *  # noqa: F403
from tests.conformance.peer_text import humanize_duration, truncate_bytes, truncate_runes

NOW = 0.0


def matchers_parse(inputs: dict[str, Any]) -> list[dict[str, str]]:
    return [_matcher(one) for one in parse_matchers(inputs["text"], inputs["mode"])]


def matcher_parse(inputs: dict[str, Any]) -> dict[str, str]:
    return _matcher(parse_matcher(inputs["text"], inputs["mode"]))


def matcher_match(inputs: dict[str, Any]) -> bool:
    return Matcher("label", inputs["op"], inputs["pattern"]).matches({"label": inputs["value"]})


def matcher_format(inputs: dict[str, Any]) -> str:
    return str(Matcher(inputs["name"], inputs["op"], inputs["value"]))


def matcher_to_json(inputs: dict[str, Any]) -> dict[str, Any]:
    return Matcher(inputs["name"], inputs["op"], inputs["value"]).to_json()


def matcher_from_json(inputs: dict[str, Any]) -> dict[str, str]:
    return _matcher(Matcher.from_json(inputs))


def labelname_valid(inputs: dict[str, Any]) -> bool:
    return valid_label_name(inputs["name"], utf8=inputs["mode"] == "utf8")


def _matcher(matcher: Matcher) -> dict[str, str]:
    return {"name": matcher.name, "op": matcher.op, "value": matcher.value}


def route_match(inputs: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "receiver": route.receiver,
            "group_by": sorted(route.group_by),
            "group_by_all": route.group_by_all,
            "group_wait_s": route.group_wait,
            "group_interval_s": route.group_interval,
            "repeat_interval_s": route.repeat_interval,
        }
        for route in match_routes(_tree(inputs), inputs["labels"])
    ]


def route_keys(inputs: dict[str, Any]) -> list[str]:
    return [route.key for route in match_routes(_tree(inputs), inputs["labels"])]


def route_labels(inputs: dict[str, Any]) -> dict[str, str]:
    return dict(match_routes(_tree(inputs), inputs["labels"])[0].labels)


def route_receivers(inputs: dict[str, Any]) -> list[str]:
    return [route.receiver for route in match_routes(_tree(inputs), inputs["labels"])]


def route_walk(inputs: dict[str, Any]) -> list[str]:
    return [route.receiver for route in walk(_tree(inputs))]


def route_ids(inputs: dict[str, Any]) -> list[str]:
    return [route.id for route in walk(_tree(inputs))]


def route_group_by_tree(inputs: dict[str, Any]) -> list[list[str]]:
    return [list(_at(_tree(inputs), path).group_by) for path in inputs["paths"]]


def route_group_by_all_tree(inputs: dict[str, Any]) -> list[bool]:
    return [_at(_tree(inputs), path).group_by_all for path in inputs["paths"]]


def _tree(inputs: dict[str, Any]) -> Route:
    node = read_tree(inputs["route_yaml"], Findings("vector"))
    assert node is not None
    return build_route(_spec(_plain(node)))


def _at(route: Route, path: list[int]) -> Route:
    for position in path:
        route = route.children[position]
    return route


def _spec(texts: dict[str, Any]) -> RouteSpec:
    def seconds(name: str) -> float | None:
        return parse_duration(texts[name]) if name in texts else None

    return RouteSpec(
        receiver=texts.get("receiver"),
        group_by=texts.get("group_by"),
        group_wait=seconds("group_wait"),
        group_interval=seconds("group_interval"),
        repeat_interval=seconds("repeat_interval"),
        matchers=texts.get("matchers", ()),
        match=texts.get("match", {}),
        match_re=texts.get("match_re", {}),
        continue_=texts.get("continue") == "true",
        labels=texts.get("labels", {}),
        routes=[_spec(child) for child in texts.get("routes", ())],
    )


def _plain(node: Node) -> Any:
    if isinstance(node, ScalarNode):
        return node.text
    if isinstance(node, MappingNode):
        return {name: _plain(value) for name, (_, value) in node.entries.items()}
    return [_plain(item) for item in node.items]


def timeinterval_parse(inputs: dict[str, Any]) -> None:
    _intervals(inputs["intervals"])


def timeinterval_contains(inputs: dict[str, Any]) -> bool:
    t = parse_rfc3339(inputs["time"])
    return any(interval.contains(t) for interval in _intervals(inputs["intervals"]))


def timeinterval_muted_by(inputs: dict[str, Any]) -> list[str]:
    named = {name: _intervals(texts) for name, texts in inputs["named_intervals"].items()}
    return list(intervals_containing(inputs["active_names"], named, parse_rfc3339(inputs["time"])))


def _intervals(texts: list[dict[str, Any]]) -> list[TimeInterval]:
    return [parse_time_interval(one) for one in texts]


def inhibit_muted(inputs: dict[str, Any]) -> bool:
    rules = [
        InhibitRule(
            name="",
            source=_side(rule, "source"),
            target=_side(rule, "target"),
            equal=same_labels(*rule.get("equal", ())),
        )
        for rule in inputs["rules"]
    ]
    return _sources(rules, inputs["sources"]).inhibitor(inputs["target"]) is not None


def inhibit_has_equal(inputs: dict[str, Any]) -> bool:
    # A label that only the target has, so that no source is a target itself.
    mark = Matcher("the target", "=", "yes")
    rule = InhibitRule(name="", source=(), target=(mark,), equal=same_labels(*inputs["equal"]))
    target = {**inputs["target"], mark.name: mark.value}
    return _sources([rule], inputs["sources"]).inhibitor(target) is not None


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


def alert_merge(inputs: dict[str, Any]) -> dict[str, float | None]:
    x, y = (
        Alert(
            identity="vector",
            labels={},
            annotations={},
            starts_at=texts["starts_in_s"],
            ends_at=texts["ends_in_s"],
            updated_at=texts["updated_in_s"],
            timeout=texts["timeout"],
        )
        for texts in (inputs["x"], inputs["y"])
    )
    merged = merge(x, y, NOW)
    return {
        "starts_in_s": merged.starts_at,
        "ends_in_s": merged.ends_at,
        "updated_in_s": merged.updated_at,
    }


def dedup_should_notify(inputs: dict[str, Any]) -> bool:
    """Return whether `decide` notifies, or settles the end, of a group in that state.

    A group whose last notification was resolved is a closed incident here. A later alert opens a
    new one, which has not notified yet.
    """
    last = inputs["last_sent"]
    notified = {} if last is None else dict.fromkeys(last["firing"], NotifiedState.FIRING)
    if notified:
        notified |= dict.fromkeys(last["resolved"], NotifiedState.RESOLVED)
    target = Target(
        "webhook", "sink", options={"send_resolved": str(inputs["send_resolved"]).lower()}
    )
    spec = RouteSpec(receiver="sink", repeat_interval=inputs["repeat_interval_s"])
    plan = Plan(root=build_route(spec), receivers={"sink": Receiver("sink", (target,))})
    ago = last and last["sent_ago_s"]
    sent_at = None if not notified else NOW - (1e9 if ago == "never" else ago or 0.0)
    incident = Incident(
        1001,
        "group",
        plan.root.id,
        "sink",
        {},
        NOW - 1e9,
        NOW,
        tick_at=NOW,
        flushed=bool(notified),
        notified_at=sent_at,
        notified_targets={target.key: target} if notified else {},
    )
    members = []
    for number in {*inputs["firing"], *inputs["resolved"], *notified}:
        labels = {"number": str(number)}
        ends_at = None if number in inputs["firing"] else NOW - 1.0
        alert = Alert(identity(labels), labels, {}, NOW - 1e9, ends_at)
        members.append(Member(alert, notified.get(number, NotifiedState.NONE), NOW - 1e9))
    decision = decide(incident, members, plan, NOW)
    return bool(decision.notices) or (bool(notified) and not decision.incident.open)


def duration_parse(inputs: dict[str, Any]) -> dict[str, Any]:
    seconds = parse_duration(inputs["text"])
    return {"ms": round(seconds * 1000), "canonical": format_duration(seconds)}


def fingerprint(inputs: dict[str, Any]) -> str:
    return core_fingerprint(inputs["labels"])


def text_truncate(inputs: dict[str, Any]) -> dict[str, Any]:
    truncate = truncate_runes if inputs["unit"] == "runes" else truncate_bytes
    text, truncated = truncate(inputs["text"], inputs["limit"])
    return {"text": text, "truncated": truncated}


def format_humanize_duration(inputs: dict[str, Any]) -> str:
    return humanize_duration(inputs["seconds"])
