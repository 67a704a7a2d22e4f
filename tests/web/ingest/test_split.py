"""Splitting of large bodies into pieces with the same alerts, without parsing the whole."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.web.ingest.sources.parsed import BodyError
from gateway.web.ingest.split import scanner
from gateway.web.ingest.split.long_texts import LONGEST_TEXT
from gateway.web.ingest.split.scanner import BodySplitter
from tests.examples import examples
from tests.web.ingest.test_fuzz import ITEMS, as_json

MOST = 1000


SMALL = {"window": 64, "most_in_piece": 3}
"""Windows of a few bytes, so that small bodies cross many of them."""


def pieces(body: bytes, key: str = "", **limits: int) -> tuple[BodySplitter, list[bytes]]:
    """Return the splitter of a body, and the bytes of each piece."""
    split = BodySplitter(body, key, MOST, **limits)
    for _ in split.find_pieces():
        pass
    return split, [piece.written(body) for piece in split.pieces]


def values(body: bytes, key: str = "", **limits: int) -> list[Any]:
    """Return all alerts of a body, parsed piece by piece."""
    split, written = pieces(body, key, **limits)
    piece_values = [json.loads(b"[" + text + b"]") for text in written]
    assert [len(some) for some in piece_values] == [piece.count for piece in split.pieces]
    flat = [value for some in piece_values for value in some]
    assert [piece.first for piece in split.pieces] == [
        sum(map(len, piece_values[:at])) for at in range(len(piece_values))
    ]
    return flat


ALERT = {
    "labels": {"alertname": "A", "odd": '}],{"[{\\"'},
    "annotations": {"summary": "x" * 200},
    "nested": [{"a": []}, {"b": {}}],
}


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("count", [0, 1, 700])
def test_pieces_have_all_alerts_in_order(indent: int | None, count: int) -> None:
    """E42: splitting loses, doubles and moves no alert, for any layout of the body."""
    alerts = [{**ALERT, "n": n} for n in range(count)]
    assert values(json.dumps(alerts, indent=indent).encode()) == alerts
    hook = {"version": "4", "alerts": alerts, "groupLabels": {"alerts": ["x"]}}
    body = json.dumps(hook, indent=indent).encode()
    assert values(body, "alerts") == alerts
    split, _ = pieces(body, "alerts")
    assert json.loads(split.envelope) == {**hook, "alerts": []}


@settings(max_examples=examples(300), deadline=None)
@given(ITEMS)
def test_any_json_is_split_between_its_values(items: list[Any]) -> None:
    """E34: strings, escapes and nesting never move a cut, wherever the windows end."""
    for key, whole in (("", items), ("alerts", {"x": ["alerts"], "alerts": items, "y": 1})):
        body = as_json(whole)
        if b"NaN" not in body and b"Infinity" not in body:
            assert repr(values(body, key, **SMALL)) == repr(json.loads(as_json(items)))


@settings(max_examples=examples(300), deadline=None)
@given(st.binary(max_size=8), st.integers(0, 400), st.integers(0, 3))
def test_damaged_body_is_refused_or_split_into_equal_values(
    noise: bytes, at: int, cut: int
) -> None:
    """E34: a body that is not JSON is refused as a whole, before any alert is taken."""
    body = json.dumps([ALERT, {"labels": {"a": "b"}}], ensure_ascii=False).encode()
    damaged = body[:at] + noise + body[at + cut :]
    try:
        whole: Any = json.loads(damaged.decode("utf-8", "surrogateescape"))
    except ValueError:
        whole = None
    if isinstance(whole, list):
        _, written = pieces(damaged, **SMALL)
        texts = [text.decode("utf-8", "surrogateescape") for text in written]
        assert repr([one for text in texts for one in json.loads(f"[{text}]")]) == repr(whole)
        return
    # The rest is read as it stands: what is wrong with it is found there.
    with pytest.raises((BodyError, ValueError)):
        _refused_as_a_list(json.loads(pieces(damaged, **SMALL)[0].envelope))


def _refused_as_a_list(rest: Any) -> None:
    if not isinstance(rest, list):
        raise BodyError(422, "the body must be a list of alerts")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"[" + b"0," * 2000 + b"0]", 413),
        (b"[" + b'{"labels":{"a":"b"}},' * 2000 + b"{}]", 413),
        (b"[" * 5000, 400),
        (b"[" + b" " * 70_000 + b"]", 400),
        (b'["' + b"x" * 70_000, 400),
        (b"[{}", 400),
        (b"[{},]", 400),
        (b"[,{}]", 400),
        (b"[{}}", 400),
        (b"]", 400),
        (b"[{]}", 400),
        (b"[NaN]", 400),
    ],
)
def test_oversized_or_malformed_body_is_refused(body: bytes, status: int) -> None:
    """E34: a body with too many values or without valid JSON is refused with its status."""
    with pytest.raises(BodyError) as refused:
        pieces(body)
    assert refused.value.status == status


def test_too_many_lists_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """E34: a body with too many lists, or too many `alerts`, is refused before its end."""
    monkeypatch.setattr(scanner, "MOST_OPENED", 100)
    with pytest.raises(BodyError) as refused:
        pieces(b'[{"x":[' + b"[]," * 200 + b"0]}]")
    assert refused.value.status == 413
    with pytest.raises(BodyError, match="repeated too often"):
        pieces(b"{" + b'"alerts":[],' * 20 + b'"x":1}', "alerts")


def test_last_of_two_alert_lists_counts() -> None:
    """E34: of a doubled key the last one counts, as in Alertmanager."""
    assert values(b'{"alerts": [{"a": 1}, {"a": 2}], "alerts": [{"a": 3}]}', "alerts") == [{"a": 3}]


@pytest.mark.parametrize(
    "unit", ["x", "é", "😀", "\\n", "\\\\", "\\u00e9", "\\ud83d\\ude00", "\\ud83d"]
)
@pytest.mark.parametrize("prefix", ["", "a", "ab"])
def test_long_text_is_cut_between_characters(unit: str, prefix: str) -> None:
    """E34: a shortened text is valid, and differs from another long text by its digest."""
    long_text = prefix + unit * (LONGEST_TEXT + 1)
    texts = [long_text, long_text + "z"]
    body = ('[{"n":1},' + ",".join(f'{{"a":"{text}"}}' for text in texts) + "]").encode()
    split, written = pieces(body)
    first, second = [json.loads(text)["a"] for text in written[1:]]
    assert len(first.encode("utf-8", "surrogatepass")) <= LONGEST_TEXT
    assert first != second
    assert first.startswith(json.loads(f'"{prefix + unit * 5}"'))
    notes = [note for piece in split.pieces for note in piece.notes()]
    assert [note.index for note in notes] == [1, 2]


def test_only_the_oversized_alert_is_refused() -> None:
    """E42: valid alerts beside an oversized one are accepted."""
    huge = {"labels": {f"n{n}": "x" * 1000 for n in range(2000)}}
    split, written = pieces(json.dumps([{"a": 1}, huge, {"a": 2}]).encode())
    assert [piece.too_large for piece in split.pieces] == [False, True, False]
    assert [json.loads(written[at]) for at in (0, 2)] == [{"a": 1}, {"a": 2}]
    assert split.pieces[2].first == 2


def test_oversized_envelope_is_refused() -> None:
    """E34: the envelope is parsed as a whole, so its size is bounded."""
    body = json.dumps({"alerts": [], "x": ["y" * 100] * 20_000}).encode()
    split, _ = pieces(body, "alerts")
    with pytest.raises(BodyError) as refused:
        _ = split.envelope
    assert refused.value.status == 422
