"""Recordings as files: what is written is read again, and what cannot be read is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.actor import stated_actor
from gateway.core.incidents.silence import Silence
from gateway.core.matching.matcher import Matcher
from gateway.core.oncall.changes import RotaChange
from gateway.core.recorded.history import RecordedAction, RecordedAlert
from gateway.simulate.entries import lines_of, read_lines
from gateway.simulate.recording import Recording, RecordingError

LABELS = st.dictionaries(st.text(min_size=1, max_size=5), st.text(max_size=5), max_size=3)
INSTANTS = st.floats(0, 4e9)
ALERTS = st.builds(
    RecordedAlert, LABELS, INSTANTS, st.none() | INSTANTS, LABELS, st.text(max_size=5)
)
ACTIONS = st.builds(
    RecordedAction,
    st.sampled_from(["ack", "resolve"]),
    INSTANTS,
    st.just("ana"),
    st.just("link"),
    st.lists(LABELS, max_size=2).map(tuple),
)
SILENCES = st.builds(
    Silence,
    st.text(max_size=5),
    st.builds(Matcher, st.just("a"), st.sampled_from(["=", "!="]), st.text(max_size=5)).map(
        lambda one: (one,)
    ),
    INSTANTS,
    INSTANTS,
    INSTANTS,
    st.text(max_size=5),
    st.text(max_size=5),
)
HEAD = '{"recording":1,"from":0,"to":10}'


@given(st.lists(ALERTS, max_size=3), st.lists(SILENCES, max_size=2), st.lists(ACTIONS, max_size=2))
def test_what_is_written_is_read_again(
    alerts: list[RecordedAlert], silences: list[Silence], actions: list[RecordedAction]
) -> None:
    """Nothing of an entry is lost, with any texts."""
    change = RotaChange(
        "billing", "ben", 1.0, 5.0, stated_actor("ana", "recording"), "ill", 0.5, "ana", id=3
    )
    recording = Recording(0.0, 10.0, alerts, silences, actions, [change])
    read = read_lines([line + "\n" for line in lines_of(recording)], "week.jsonl")
    assert read == recording


@pytest.mark.parametrize(
    ("lines", "error"),
    [
        ([], "week.jsonl: it is empty; `gateway record` writes recordings"),
        (['{"alert": {}}'], 'week.jsonl:1: the first line must be {"recording": 1, "from"'),
        (['{"recording":1,"from":5,"to":1}'], 'week.jsonl:1: "to" is before "from"'),
        ([HEAD, "", "no"], "week.jsonl:3: not a line of a recording"),
        ([HEAD, '{"alarm": {}}'], "kinds are alert, silence, action, change"),
        ([HEAD, '{"alert": {"labels": {}}}'], "starts_at"),
        ([HEAD, "[]"], "week.jsonl:2:"),
        ([HEAD, '{"alert": {"labels": {}, "starts_at": NaN}}'], "nan is no time in Unix seconds"),
        ([HEAD, '{"alert": {"labels": {}, "starts_at": 1e300}}'], "is no time in Unix seconds"),
        ([HEAD, '{"action": {"name": "fly", "at": 1, "by": "ana", "alerts": []}}'], "'fly'"),
        (
            [HEAD, '{"silence":{"matchers":[{"name":"a","op":"=~","value":"("}],'
             '"starts_at":1,"ends_at":2}}'],
            "week.jsonl:2: not a line of a recording (MatcherError",
        ),
    ],
)  # fmt: skip
def test_line_that_cannot_be_read_is_named(lines: list[str], error: str) -> None:
    """The error has the file, the line, and what is expected."""
    with pytest.raises(RecordingError) as raised:
        read_lines(lines, "week.jsonl")
    assert error in str(raised.value)
