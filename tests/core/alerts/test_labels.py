"""Identities, fingerprints and quoting of labels."""

import json
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.core.alerts.labels import (
    canonical,
    fingerprint,
    format_labels,
    identity,
    identity_of,
    quote,
    valid_label_name,
)
from tests.examples import examples
from tests.shared_data import shared

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
label_sets = st.dictionaries(words, words, max_size=5)


def test_empty_label_set_has_the_fingerprint_of_prometheus() -> None:
    """The offset of 64-bit FNV-1a is Prometheus' fingerprint of an empty set."""
    assert fingerprint({}) == "cbf29ce484222325"


def test_fingerprints_and_group_keys_are_those_of_real_alertmanagers() -> None:
    """Alerts and groups have the names that Alertmanager gives them."""
    alerts = groups = 0
    for path in sorted(shared("fixtures/alertmanager").glob("**/*.json")):
        for value in _objects(json.loads(path.read_text("utf-8"))):
            if isinstance(value.get("fingerprint"), str) and "labels" in value:
                alerts += 1
                assert fingerprint(value["labels"]) == value["fingerprint"], path.name
            if "groupKey" in value and "groupLabels" in value:
                groups += 1
                assert value["groupKey"].endswith(":" + format_labels(value["groupLabels"]))
    assert alerts > 100
    assert groups > 50


@given(label_sets)
def test_fingerprint_is_fnv1a_of_sorted_names_and_values(labels: dict[str, str]) -> None:
    """The fingerprint is plain FNV-1a, however long a value is."""
    for labels_ in (labels, {**labels, "long": "x" * 300}, labels):
        digest = 0xCBF29CE484222325
        pairs = [pair for pair in sorted(labels_.items()) if pair[1]]
        for byte in b"".join([text.encode() + b"\xff" for pair in pairs for text in pair]):
            digest = ((digest ^ byte) * 0x100000001B3) % 2**64
        assert fingerprint(labels_) == f"{digest:016x}"


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, dict | list):
            yield from _objects(inner)


def test_empty_label_counts_as_absent() -> None:
    """E34: An alert is the same whether a label is empty or absent."""
    with_empty = {"alertname": "X", "team": ""}
    assert identity(with_empty) == identity({"alertname": "X"})
    assert fingerprint(with_empty) == fingerprint({"alertname": "X"})


def test_labels_in_another_order_have_the_same_identity() -> None:
    """Two replicas that list labels in another order report the same alert."""
    labels = {"b": "2", "a": "1"}
    assert identity(labels) == identity(dict(reversed(labels.items())))


@settings(deadline=None)
@given(label_sets, label_sets)
def test_different_label_sets_have_different_identities(
    one: dict[str, str], other: dict[str, str]
) -> None:
    """No names and values make two label sets one alert."""
    same = {n: v for n, v in one.items() if v} == {n: v for n, v in other.items() if v}
    assert (identity(one) == identity(other)) is same


@pytest.mark.parametrize(
    ("one", "other"),
    [({"ab": "c"}, {"a": "bc"}), ({"a": "ÿb"}, {"aÿ": "b"}), ({"a": "1", "b": "2"}, {"a": "12b"})],
)
def test_shifted_bounds_of_names_and_values_change_the_identity(
    one: dict[str, str], other: dict[str, str]
) -> None:
    """The bytes between names and values cannot be forged from text."""
    assert identity(one) != identity(other)
    assert fingerprint(one) != fingerprint(other)


@settings(max_examples=examples(300))
@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=4), words))
def test_canonical_form_is_compact_sorted_json(labels: dict[str, str]) -> None:
    """A cached alert is recognised by the bytes it is posted with."""
    nonempty = {name: value for name, value in labels.items() if value}
    assert canonical(labels) == orjson.dumps(nonempty, option=orjson.OPT_SORT_KEYS)
    assert identity(labels) == identity_of(orjson.dumps(nonempty, option=orjson.OPT_SORT_KEYS))


def test_canonical_form_is_what_prometheus_writes() -> None:
    """Recorded from a real Prometheus; Go escapes <, > and & only."""
    written = b'{"alertname":"StripeWebhookFailures","instance":"10.0.0.1:9100","team":"billing"}'
    assert canonical(json.loads(written)) == written


def test_lone_surrogate_is_an_error() -> None:
    """A label that is not UTF-8 has no identity."""
    with pytest.raises(ValueError, match="surrogates not allowed"):
        identity({"a": "\udcff"})
    assert not valid_label_name("\udcff")


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("plain Zürich 🔥", '"plain Zürich 🔥"'),
        ('say "hi" \\ back', r'"say \"hi\" \\ back"'),
        ("a\nb\ttab", r'"a\nb\ttab"'),
        ("\x00\x7f", r'"\x00\x7f"'),
        ("\u200d\u2028", r'"\u200d\u2028"'),
        ("\U000e0001", r'"\U000e0001"'),
    ],
)
def test_label_value_is_quoted_as_in_go(text: str, quoted: str) -> None:
    """A group key contains no character that breaks a line or is invisible."""
    assert quote(text) == quoted
