"""The comparison of both files finds every change, and says what it compared."""

from pathlib import Path
from random import Random

import pytest

from gateway.core.matching.matcher import Matcher
from gateway.importers.alertmanager.verify.equivalence import SAMPLE_COUNT, check_equivalence
from gateway.importers.alertmanager.verify.samples import Samples
from tests.importers.alertmanager.texts import API, BILLING, WIDE, imported, proven


@pytest.mark.parametrize("file", [BILLING, API, WIDE], ids=lambda file: file.stem)
def test_the_new_file_does_what_the_old_one_does(file: Path) -> None:
    """Thousands of label sets, through every route, with every pattern fulfilled."""
    proof = proven(imported(file), sample_count=SAMPLE_COUNT)
    assert proof.difference == ""
    assert proof.label_sets == SAMPLE_COUNT
    assert proof.unreached == []
    assert proof.untried == []
    if file != BILLING:
        assert 0 < proof.inhibited < proof.pairs
        assert proof.instants == SAMPLE_COUNT


CHANGES = {
    "a receiver": ("receiver: platform\n", "receiver: ops\n", "goes to"),
    "a matcher": ("{team: platform}", "{team: platforms}", "goes to"),
    "a pattern": ("eu-[0-9]+", "eu-[1-9]+", "goes to"),
    "continue": ("continue: true\n    - match", "continue: false\n    - match", "goes to"),
    "a wait": ("group_wait: 0s", "group_wait: 1s", "goes to"),
    "a group": ("[alertname, cluster]\n  group_int", "[alertname]\n  group_int", "goes to"),
    "a group of all": ("group_by: ['...']", "group_by: []", "goes to"),
    "a repeat": ("repeat_interval: 20m", "repeat_interval: 21m", "goes to"),
    "a mute": ("[weekend, holidays]", "[weekend]", "goes to"),
    "an active time": ("active_time_intervals: [office]", "", "goes to"),
    "an inhibit rule": ("critical}\n    target", "warning}\n    target", "quiet"),
    "what must be equal": ("equal: [alertname, cluster]", "equal: [alertname]", "quiet"),
    "a rule less": (
        "  - source_matchers: [alertname=ClusterDown]\n"
        "    target_match_re: {alertname: '.+'}\n    equal: [cluster]\n",
        "",
        "2 inhibit rules there, 1 here",
    ),
    "a time": ("end_time: '17:00'", "end_time: '17:01'", "time interval office"),
    "a day": ("'24:26'", "'24:27'", "time interval holidays"),
    "a zone": ("Europe/Berlin", "Europe/London", "time interval weekend"),
    "a timeout": ("resolve_timeout: 3m", "resolve_timeout: 4m", "resolve_timeout"),
    "severities": ("\nchannels:", "\nseverities: {critical: {rank: 1}}\nchannels:", "severities"),
    "a receiver more": ("  - name: nobody", "  - name: nobody\n  - name: new", "receivers"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_difference_is_found_and_shown(what: str) -> None:
    """After a change by hand in the new file the first alert that differs is named."""
    before, after, message = CHANGES[what]
    translation = imported(WIDE)
    assert translation.text.count(before) == 1
    changed = translation.loaded(translation.text.replace(before, after))
    assert message in check_equivalence(translation.source_config, changed).difference


def test_the_same_seed_asks_the_same() -> None:
    """A difference can be reproduced."""
    translation = imported(WIDE)
    assert proven(translation, 3) == proven(translation, 3)
    assert proven(translation, 3).inhibited != proven(translation, 4).inhibited


@pytest.mark.parametrize(
    "pattern",
    [
        "a|b|c",
        "^(foo1|foo2|baz)$",
        "eu-[0-9]+|us-(east|west)",
        ".+",
        "(?i:crit).*",
        "(?P<n>a{2,3})b?",
        r"db-\d{2}\.example\.com",
        "[^a-z]x",
        "[]a]b",
        "a+?b*?",
        "[a-]z",
    ],
)
def test_values_are_made_up_for_patterns(pattern: str) -> None:
    """Values that fulfil it are found, and values that do not."""
    samples = Samples(Random(1))
    matcher = Matcher("a", "=~", pattern)
    value = samples.fulfilling(matcher)
    assert value is not None
    assert matcher.matches_value(value)
    assert not all(matcher.matches_value(samples.near(matcher)) for _ in range(50))


def test_what_nothing_fulfils_is_said() -> None:
    """A pattern that matches nothing, or that is beyond the making up of values."""
    translation = imported(
        "receivers: [{name: a}]\nroute: {receiver: a, routes: [{match_re: {x: 'a$b'}}]}"
    )
    proof = proven(translation)
    assert (proof.untried, proof.unreached) == (['x=~"^(?:a$b)$"'], [2])
