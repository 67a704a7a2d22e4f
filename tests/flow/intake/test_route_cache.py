"""What is remembered of the ways of alerts is what the routes say of each."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.config.load import load
from gateway.core.alerts.labels import format_labels
from gateway.core.matching.matcher import matches_all
from gateway.core.plan.plan import Plan
from gateway.core.routing.match import group_labels, match_routes
from gateway.flow.intake import route_cache as remembering
from gateway.flow.intake.route_cache import RouteCache, route_cache
from tests.examples import examples

ROUTES = """
receivers: [{name: r, console: [{}]}]
severities: {critical: {rank: 1}, warning: {rank: 2}}
inhibit_rules:
  - source_matchers: [alertname = DatabaseDown, cluster =~ "prod.*"]
    target_matchers: [severity = warning]
route:
  receiver: r
  group_by: [alertname, cluster]
  routes:
    - matchers: [team = billing]
      group_by: %s
      continue: true
    - matchers: [service =~ "pay.+", team != platform]
"""
WORDS = {
    "alertname": ["DatabaseDown", "SlowRenewals"],
    "cluster": ["prod-eu", "test"],
    "service": ["payments", "ledger"],
    "severity": ["critical", "warning", "odd"],
    "team": ["billing", "platform"],
    "instance": ["a", "b", "c"],
}
LABELS = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(values) for name, values in WORDS.items()}
)


def plan(group_by: str = "[instance]") -> Plan:
    return load(ROUTES % group_by, env={}).plan


@settings(max_examples=examples(60))
@given(st.lists(LABELS, max_size=40), st.sampled_from(["[instance]", "['...']", "[]"]))
def test_each_alert_goes_where_its_own_labels_lead(
    posted: list[dict[str, str]], group_by: str
) -> None:
    by = plan(group_by)
    known = RouteCache(by)
    for labels in posted:
        routing = known.of(labels)
        routes = match_routes(by.root, labels)
        groups = [group_labels(route, labels) for route in routes]
        assert [group_target.route.id for group_target in routing.groups] == [
            route.id for route in routes
        ]
        assert [dict(group_target.group) for group_target in routing.groups] == groups
        assert [group_target.key for group_target in routing.groups] == [
            f"{route.id}:{format_labels(group)}"
            for route, group in zip(routes, groups, strict=True)
        ]
        assert routing.severity == by.severity_of(labels)
        assert routing.inhibits is any(
            matches_all(rule.source, labels) for rule in by.inhibit_rules
        )


def test_another_plan_has_a_cache_of_its_own() -> None:
    """A reload must not leave alerts on the routes before."""
    before, after = plan("[instance]"), plan("[team]")
    labels = {"alertname": "SlowRenewals", "team": "billing", "instance": "a"}
    assert dict(route_cache(before).of(labels).groups[0].group) == {"instance": "a"}
    assert dict(route_cache(after).of(labels).groups[0].group) == {"team": "billing"}
    assert route_cache(after) is route_cache(after)


def test_labels_that_are_always_new_fill_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A route may group by a label with a value for each alert."""
    monkeypatch.setattr(remembering, "CACHE_SIZE", 10)
    known = RouteCache(plan("[instance]"))
    for number in range(100):
        routing = known.of({"team": "billing", "instance": str(number)})
        assert dict(routing.groups[0].group) == {"instance": str(number)}
    assert len(known._results) <= 10
