"""Labels alone say which alert it is, in our names and in Alertmanager's."""

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


def test_no_labels_have_the_empty_fingerprint() -> None:
    """The offset of 64-bit FNV-1a is what Prometheus gives an empty set."""
    assert fingerprint({}) == "cbf29ce484222325"


def test_fingerprints_and_group_keys_are_those_of_real_alertmanagers() -> None:
    """What we answer to others names alerts and groups as Alertmanager itself does."""
    alerts = groups = 0
    for path in sorted(shared("fixtures/alertmanager").glob("**/*.json")):
        for found in _objects(json.loads(path.read_text("utf-8"))):
            if isinstance(found.get("fingerprint"), str) and "labels" in found:
                alerts += 1
                assert fingerprint(found["labels"]) == found["fingerprint"], path.name
            if "groupKey" in found and "groupLabels" in found:
                groups += 1
                assert found["groupKey"].endswith(":" + format_labels(found["groupLabels"]))
    assert alerts > 100
    assert groups > 50


@given(label_sets)
def test_the_fingerprint_is_fnv1a_of_sorted_names_and_values(labels: dict[str, str]) -> None:
    """However it is computed, and however long a value is."""
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


def test_an_empty_label_is_no_label() -> None:
    """An alert is the same alert whether a label is empty or absent (E34)."""
    with_empty = {"alertname": "X", "team": ""}
    assert identity(with_empty) == identity({"alertname": "X"})
    assert fingerprint(with_empty) == fingerprint({"alertname": "X"})


def test_the_order_of_labels_does_not_matter() -> None:
    """Two replicas that list the same labels in another order report the same alert."""
    labels = {"b": "2", "a": "1"}
    assert identity(labels) == identity(dict(reversed(labels.items())))


@settings(deadline=None)
@given(label_sets, label_sets)
def test_different_labels_are_different_alerts(one: dict[str, str], other: dict[str, str]) -> None:
    """No cut of names and values makes two label sets one, whatever characters they hold."""
    same = {n: v for n, v in one.items() if v} == {n: v for n, v in other.items() if v}
    assert (identity(one) == identity(other)) is same


@pytest.mark.parametrize(
    ("one", "other"),
    [({"ab": "c"}, {"a": "bc"}), ({"a": "ÿb"}, {"aÿ": "b"}), ({"a": "1", "b": "2"}, {"a": "12b"})],
)
def test_names_and_values_do_not_run_into_each_other(
    one: dict[str, str], other: dict[str, str]
) -> None:
    """The bytes between names and values cannot be forged from text."""
    assert identity(one) != identity(other)
    assert fingerprint(one) != fingerprint(other)


@settings(max_examples=examples(300))
@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=4), words))
def test_the_canonical_form_is_the_json_that_fast_writers_write(labels: dict[str, str]) -> None:
    """So an alert that is known is recognised by the bytes it is posted with."""
    kept = {name: value for name, value in labels.items() if value}
    assert canonical(labels) == orjson.dumps(kept, option=orjson.OPT_SORT_KEYS)
    assert identity(labels) == identity_of(orjson.dumps(kept, option=orjson.OPT_SORT_KEYS))


def test_prometheus_writes_the_canonical_form() -> None:
    """As it was recorded from the real one, but for labels with <, > or &, which Go escapes."""
    written = b'{"alertname":"StripeWebhookFailures","instance":"10.0.0.1:9100","team":"billing"}'
    assert canonical(json.loads(written)) == written


def test_a_lone_surrogate_is_an_error() -> None:
    """What cannot be UTF-8 never gets an identity by accident."""
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
def test_labels_are_quoted_as_go_quotes_them(text: str, quoted: str) -> None:
    """A group key holds no character that breaks a line or hides."""
    assert quote(text) == quoted
