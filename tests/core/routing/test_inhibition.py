"""A firing source keeps its targets quiet, as Alertmanager's inhibit_rules mean it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.core.alerts.labels import Labels, identity
from gateway.core.matching.matcher import Matcher, matches_all
from gateway.core.matching.parse import parse_matchers
from gateway.core.routing.inhibition import InhibitRule, SourceIndex, find_inhibitor

DOWN = InhibitRule(
    name="a dead host",
    source=parse_matchers('alertname="HostDown"'),
    target=parse_matchers('severity=~"warning|info"'),
    equal=("host", "zone"),
)
BOTH_SIDES = InhibitRule(
    name="critical over any", source=parse_matchers('severity="critical"'), target=(), equal=("a",)
)

values = st.sampled_from(["", "1", "2"])
label_sets = st.fixed_dictionaries({}, optional={"s": values, "t": values, "e": values})
matchers = st.builds(
    Matcher, st.sampled_from("st"), st.sampled_from(["=", "!="]), st.sampled_from(["", "1"])
)
rules = st.builds(
    InhibitRule,
    name=st.just("random"),
    source=st.lists(matchers, max_size=2).map(tuple),
    target=st.lists(matchers, max_size=2).map(tuple),
    equal=st.sampled_from([(), ("e",)]),
)


def slowly_inhibited(several: list[InhibitRule], labels: Labels, sources: list[Labels]) -> bool:
    """Alertmanager's words, read without an index."""
    return any(
        matches_all(rule.target, labels)
        and matches_all(rule.source, source)
        and all(labels.get(name, "") == source.get(name, "") for name in rule.equal)
        and not (matches_all(rule.source, labels) and matches_all(rule.target, source))
        for rule in several
        for source in sources
    )


@settings(deadline=None)
@given(st.lists(rules, max_size=3), label_sets, st.lists(label_sets, max_size=4), st.integers(0, 3))
def test_the_index_answers_as_reading_all_sources_would(
    several: list[InhibitRule], labels: dict[str, str], sources: list[Labels], ended: int
) -> None:
    """However sources come and go, an alert is quiet exactly while one of them inhibits it."""
    index = SourceIndex(several)
    for source in sources:
        index.add(identity(source), source)
    for source in sources[:ended]:
        index.remove(identity(source))
    gone = {identity(source) for source in sources[:ended]}
    left = [source for source in sources if identity(source) not in gone]
    assert (index.inhibitor(labels) is not None) is slowly_inhibited(several, labels, left)
    assert (find_inhibitor(several, labels, left) is not None) is slowly_inhibited(
        several, labels, left
    )


def test_the_answer_names_the_rule_and_the_source() -> None:
    """Why an alert keeps quiet is known by name (Promise 2)."""
    source = {"alertname": "HostDown", "host": "db1"}
    target = {"alertname": "DiskFull", "severity": "warning", "host": "db1"}
    index = SourceIndex([BOTH_SIDES, DOWN])
    index.add("source", source)
    assert index.inhibitor(target) == (DOWN, "source")
    assert find_inhibitor([DOWN], target, [source]) == (DOWN, source)
    assert find_inhibitor([DOWN], {**target, "host": "db2"}, [source]) is None


def test_an_absent_label_equals_an_empty_one() -> None:
    """`equal` compares values, and an alert without the label has the empty one."""
    source = {"alertname": "HostDown", "host": "db1", "zone": ""}
    assert find_inhibitor([DOWN], {"severity": "info", "host": "db1"}, [source]) is not None
    assert (
        find_inhibitor([DOWN], {"severity": "info", "host": "db1", "zone": "a"}, [source]) is None
    )


def test_nobody_inhibits_itself_or_its_equal() -> None:
    """Two alerts that fit both sides of a rule are both notified."""
    one, other = {"severity": "critical", "x": "1"}, {"severity": "critical", "x": "2"}
    assert find_inhibitor([BOTH_SIDES], one, [one, other]) is None
    assert find_inhibitor([BOTH_SIDES], {"severity": "info"}, [one, other]) == (BOTH_SIDES, one)


def test_the_same_source_stays_the_reason_while_it_fires() -> None:
    """A timeline does not flicker between sources; when one ends the next takes over."""
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
