"""The index of alerts by label."""

from array import array

from hypothesis import given
from hypothesis import strategies as st

from gateway.core.matching.label_index import FEW_CANDIDATES, LabelIndex
from gateway.core.matching.matcher import Matcher, matches_all

NAMES, VALUES = ("alertname", "team", "pod"), ("", "a", "b", "ab", "a\nb")
label_sets = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(VALUES[1:]), min_size=1)
matchers = st.builds(
    Matcher,
    st.sampled_from(NAMES),
    st.sampled_from(["=", "!=", "=~", "!~"]),
    st.sampled_from([*VALUES, "a|b", ".*", ".+", "a.*"]),
)


def index_of(alerts: list[dict[str, str]]) -> LabelIndex:
    """Return an index of alerts numbered from 1."""
    index = LabelIndex()
    for serial, labels in enumerate(alerts, 1):
        index.add(serial, labels)
    return index


@given(st.lists(label_sets, max_size=12), st.lists(matchers, max_size=3))
def test_candidates_contain_every_matching_alert(
    alerts: list[dict[str, str]], queries: list[Matcher]
) -> None:
    """Candidates are unique, in rising order, and contain every alert that matches."""
    result = index_of(alerts).candidates(queries)
    right = {n for n, labels in enumerate(alerts, 1) if matches_all(queries, labels)}
    if result is None:
        assert all(one.matches_value("") or one.op in ("!=", "!~") for one in queries)
    else:
        assert list(result) == sorted(set(result))
        assert right <= set(result)


def test_one_matcher_returns_exactly_its_alerts() -> None:
    """A matcher that requires a label gives no other candidates."""
    index = index_of([{"team": "a"}, {"team": "b"}, {"team": "a", "pod": "x"}, {"pod": "a"}])
    assert index.candidates([Matcher("team", "=", "a")]) == array("q", [1, 3])
    assert index.candidates([Matcher("team", "=~", "a|b")]) == array("q", [1, 2, 3])
    assert index.candidates([Matcher("job", "=", "a")]) == array("q")
    assert len(index) == 4


def test_matcher_that_absent_labels_fulfil_gives_no_candidates() -> None:
    """A matcher that any alert might fulfil does not limit the candidates."""
    index = index_of([{"team": "a"}, {"pod": "b"}])
    for op, value in (("!=", "a"), ("!~", "a"), ("=", ""), ("=~", "a|")):
        assert index.candidates([Matcher("team", op, value)]) is None


def test_many_candidates_are_reduced_by_the_other_matchers() -> None:
    """E37: Of thousands of alerts of one team only those of the pod are candidates."""
    count = 4 * FEW_CANDIDATES
    index = index_of([{"team": "a", "pod": str(n % 2)} for n in range(count)])
    result = index.candidates([Matcher("team", "=", "a"), Matcher("pod", "=~", "1|2")])
    assert result is not None
    assert len(result) == count // 2
