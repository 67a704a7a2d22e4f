"""Inhibition rules, with the meaning that they have in Alertmanager."""

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.core.alerts.labels import Labels, identity
from gateway.core.matching.matcher import Matcher, matches_all
from gateway.core.matching.parse import parse_matchers
from gateway.core.routing.inhibition import (
    EqualLabel,
    InhibitRule,
    SourceIndex,
    find_inhibitor,
    same_labels,
)

DOWN = InhibitRule(
    name="a dead host",
    source=parse_matchers('alertname="HostDown"'),
    target=parse_matchers('severity=~"warning|info"'),
    equal=same_labels("host", "zone"),
)
BOTH_SIDES = InhibitRule(
    name="critical over any",
    source=parse_matchers('severity="critical"'),
    target=(),
    equal=same_labels("a"),
)

values = st.sampled_from(["", "1", "2"])
label_sets = st.fixed_dictionaries(
    {}, optional={"s": values, "t": values, "e": values, "d": values}
)
matchers = st.builds(
    Matcher, st.sampled_from("st"), st.sampled_from(["=", "!="]), st.sampled_from(["", "1"])
)
rules = st.builds(
    InhibitRule,
    name=st.just("random"),
    source=st.lists(matchers, max_size=2).map(tuple),
    target=st.lists(matchers, max_size=2).map(tuple),
    equal=st.sampled_from([(), same_labels("e"), (EqualLabel("e", "d"),)]),
)


def slowly_inhibited(several: list[InhibitRule], labels: Labels, sources: list[Labels]) -> bool:
    """Evaluate Alertmanager's rules without an index."""
    return any(
        matches_all(rule.target, labels)
        and matches_all(rule.source, source)
        and all(labels.get(b, "") == source.get(a, "") for a, b in rule.equal)
        and not (matches_all(rule.source, labels) and matches_all(rule.target, source))
        for rule in several
        for source in sources
    )


@settings(deadline=None)
@given(st.lists(rules, max_size=3), label_sets, st.lists(label_sets, max_size=4), st.integers(0, 3))
def test_index_agrees_with_the_slow_evaluation(
    several: list[InhibitRule], labels: dict[str, str], sources: list[Labels], ended: int
) -> None:
    """An alert is inhibited exactly while a source that fires inhibits it."""
    index = SourceIndex(several)
    for source in sources:
        index.add(identity(source), source)
    for source in sources[:ended]:
        index.remove(identity(source))
    removed = {identity(source) for source in sources[:ended]}
    remaining = [source for source in sources if identity(source) not in removed]
    assert (index.inhibitor(labels) is not None) is slowly_inhibited(several, labels, remaining)
    assert (find_inhibitor(several, labels, remaining) is not None) is slowly_inhibited(
        several, labels, remaining
    )


def test_inhibitor_is_the_rule_and_the_source() -> None:
    """Promise 2: The reason of a suppression is known by name."""
    source = {"alertname": "HostDown", "host": "db1"}
    target = {"alertname": "DiskFull", "severity": "warning", "host": "db1"}
    index = SourceIndex([BOTH_SIDES, DOWN])
    index.add("source", source)
    assert index.inhibitor(target) == (DOWN, "source")
    assert find_inhibitor([DOWN], target, [source]) == (DOWN, source)
    assert find_inhibitor([DOWN], {**target, "host": "db2"}, [source]) is None


def test_absent_label_equals_an_empty_one() -> None:
    """`equal` compares values, and an alert without the label has the empty one."""
    source = {"alertname": "HostDown", "host": "db1", "zone": ""}
    assert find_inhibitor([DOWN], {"severity": "info", "host": "db1"}, [source]) is not None
    assert (
        find_inhibitor([DOWN], {"severity": "info", "host": "db1", "zone": "a"}, [source]) is None
    )


def test_alerts_on_both_sides_of_a_rule_do_not_inhibit_each_other() -> None:
    """Two alerts that match both sides of a rule are both notified."""
    one, other = {"severity": "critical", "x": "1"}, {"severity": "critical", "x": "2"}
    assert find_inhibitor([BOTH_SIDES], one, [one, other]) is None
    assert find_inhibitor([BOTH_SIDES], {"severity": "info"}, [one, other]) == (BOTH_SIDES, one)


def test_inhibitor_stays_the_same_source_while_it_fires() -> None:
    """A timeline does not change between sources; when one resolves the next counts."""
    target = {"severity": "info", "host": "db1"}
    index = SourceIndex([DOWN])
    for name in ("first", "second", "first"):
        index.add(name, {"alertname": "HostDown", "host": "db1"})
    assert index.inhibitor(target) == (DOWN, "first")
    index.remove("first")
    assert index.inhibitor(target) == (DOWN, "second")
    index.remove("second")
    index.remove("never there")
    assert index.inhibitor(target) is None


def test_labels_of_different_names_are_compared() -> None:
    """One exporter calls it `cluster`, another `k8s_cluster`."""
    rule = InhibitRule(
        "cluster down",
        source=parse_matchers('alertname="ClusterDown"'),
        target=parse_matchers('severity="warning"'),
        equal=(EqualLabel("cluster", "k8s_cluster"),),
    )
    source = {"alertname": "ClusterDown", "cluster": "eu-1"}
    index = SourceIndex([rule])
    index.add(identity(source), source)
    assert index.inhibitor({"severity": "warning", "k8s_cluster": "eu-1"}) is not None
    assert index.inhibitor({"severity": "warning", "k8s_cluster": "us-1"}) is None
    assert index.inhibitor({"severity": "warning", "cluster": "eu-1"}) is None
