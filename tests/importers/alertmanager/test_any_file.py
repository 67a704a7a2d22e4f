"""Every file that Alertmanager accepts becomes one that loads and does the same."""

from typing import Any

import hypothesis.strategies as st
import yaml
from hypothesis import HealthCheck, given, settings

from tests.examples import examples
from tests.importers.alertmanager.texts import WIDE, imported, loaded, proven, refused

RECEIVERS = ("all", "pager", "team ${x}", "日本")
INTERVALS = ("weekend", "night")
LABELS = ("severity", "team", "alertname")
VALUES = ("critical", "a b", "", '"', "${x}", "$${y}", "\\", "é", "yes", "010", "#a", "{", "\n")
PATTERNS = ("critical|warning", "a.*", ".+", "", "[a-c]{1,2}", "$", "x${1}", "(?i)p")
DURATIONS = ("30s", "5m", "1h30m", "7s", "1d")

matchers = st.lists(
    st.builds(
        lambda name, op, value: f"{name}{op}{value}",
        st.sampled_from(LABELS),
        st.sampled_from(("=", "!=", "=~", "!~")),
        st.sampled_from(('"critical"', "a", '""', '"a|b"', '"${x}"', "critical")),
    ),
    max_size=2,
)
mapping = st.dictionaries(st.sampled_from(LABELS), st.sampled_from(VALUES), max_size=2)
patterns = st.dictionaries(st.sampled_from(LABELS), st.sampled_from(PATTERNS), max_size=2)
names = st.lists(st.sampled_from(INTERVALS), max_size=2)
groups = st.one_of(st.just(["..."]), st.lists(st.sampled_from(LABELS), unique=True, max_size=3))
durations = st.sampled_from(DURATIONS)


def route(children: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {},
        optional={
            "receiver": st.sampled_from(RECEIVERS),
            "matchers": matchers,
            "match": mapping,
            "match_re": patterns,
            "group_by": groups,
            "group_wait": durations,
            "group_interval": durations,
            "repeat_interval": durations,
            "continue": st.booleans(),
            "mute_time_intervals": names,
            "active_time_intervals": names,
            "labels": mapping,
            "routes": st.lists(children, max_size=3),
        },
    )


tree = st.recursive(st.just({}), route, max_leaves=8)
rule = st.fixed_dictionaries(
    {},
    optional={
        "source_matchers": matchers,
        "target_matchers": matchers,
        "source_match": mapping,
        "target_match_re": patterns,
        "equal": st.lists(st.sampled_from(LABELS), max_size=2),
    },
)
interval = st.fixed_dictionaries(
    {},
    optional={
        "weekdays": st.lists(st.sampled_from(("monday:friday", "Sunday")), max_size=2),
        "months": st.lists(st.sampled_from(("13", "1:3", "december", "-1:99")), max_size=2),
        "days_of_month": st.lists(st.sampled_from(("1:5", "-3:-1", "27:-1")), max_size=2),
        "years": st.lists(st.sampled_from(("2026", "0:2030", "9999:99999")), max_size=2),
        "location": st.sampled_from(("Europe/Berlin", "Local", "", "UTC")),
    },
)


@st.composite
def files(draw: st.DrawFn) -> str:
    """An alertmanager.yml that Alertmanager takes."""
    file = {
        "route": {"receiver": "all", "routes": draw(st.lists(tree, max_size=4))},
        "receivers": [{"name": name} for name in RECEIVERS],
        "time_intervals": [
            {"name": name, "time_intervals": draw(st.lists(interval, max_size=3))}
            for name in INTERVALS
        ],
        "inhibit_rules": draw(st.lists(rule, max_size=3)),
    }
    return yaml.safe_dump(file, allow_unicode=True, sort_keys=False)


@settings(max_examples=examples(60), deadline=None, suppress_health_check=list(HealthCheck))
@given(files())
def test_any_file_loads_and_does_the_same(text: str) -> None:
    """Escapes, quotes, empty lists, odd values: nothing changes where an alert goes."""
    translation = imported(text)
    assert loaded(translation).plan.receivers.keys() == set(RECEIVERS)
    assert proven(translation, sample_count=100).difference == ""


LINES = WIDE.read_text().splitlines(keepends=True)


@settings(max_examples=examples(150), deadline=None)
@given(st.data())
def test_a_damaged_file_is_translated_or_refused(data: st.DataObject) -> None:
    """Nothing but a ConfigError comes of a file, and what is translated loads."""
    lines = list(LINES)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(lines) - 1))
        damage = data.draw(st.sampled_from(("drop", "twice", "cut", "swap", "indent")))
        if damage == "drop":
            lines[at] = ""
        elif damage == "twice":
            lines[at] *= 2
        elif damage == "cut":
            lines[at] = lines[at][: len(lines[at]) // 2] + "\n"
        elif damage == "swap":
            lines[at] = lines[at].replace("[", "{").replace("'", '"').replace("]", "}")
        else:
            lines[at] = "  " + lines[at]
    text = "".join(lines)
    if not refused(text):
        assert loaded(imported(text)).plan.root
