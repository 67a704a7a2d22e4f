"""A search by labels finds everything it should, and little else."""

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
    index = LabelIndex()
    for serial, labels in enumerate(alerts, 1):
        index.add(serial, labels)
    return index


@given(st.lists(label_sets, max_size=12), st.lists(matchers, max_size=3))
def test_no_alert_that_matches_is_missed(
    alerts: list[dict[str, str]], queries: list[Matcher]
) -> None:
    """Candidates are in rising order, once each, and hold every alert that fulfils all matchers."""
    result = index_of(alerts).candidates(queries)
    right = {n for n, labels in enumerate(alerts, 1) if matches_all(queries, labels)}
    if result is None:
        assert all(one.matches_value("") or one.op in ("!=", "!~") for one in queries)
    else:
        assert list(result) == sorted(set(result))
        assert right <= set(result)


def test_one_label_finds_exactly_its_alerts() -> None:
    """With one demanding matcher there is nothing else among the candidates."""
    index = index_of([{"team": "a"}, {"team": "b"}, {"team": "a", "pod": "x"}, {"pod": "a"}])
    assert index.candidates([Matcher("team", "=", "a")]) == array("q", [1, 3])
    assert index.candidates([Matcher("team", "=~", "a|b")]) == array("q", [1, 2, 3])
    assert index.candidates([Matcher("job", "=", "a")]) == array("q")
    assert len(index) == 4


def test_matchers_that_an_absent_label_fulfils_find_nothing_by_themselves() -> None:
    """They are for the alerts that others found: any alert might fulfil them."""
    index = index_of([{"team": "a"}, {"pod": "b"}])
    for op, value in (("!=", "a"), ("!~", "a"), ("=", ""), ("=~", "a|")):
        assert index.candidates([Matcher("team", op, value)]) is None


def test_many_candidates_are_thinned_out_by_the_other_matchers() -> None:
    """E37: of thousands of alerts of one team only those of the pod are tested."""
    count = 4 * FEW_CANDIDATES
    index = index_of([{"team": "a", "pod": str(n % 2)} for n in range(count)])
    result = index.candidates([Matcher("team", "=", "a"), Matcher("pod", "=~", "1|2")])
    assert result is not None
    assert len(result) == count // 2
