"""What a text message to the gateway asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.incidents.text_reply import TextCommand, TextReply, parse_text_reply


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("ack", TextReply(TextCommand.ACKNOWLEDGE)),
        ("ACK #1042.", TextReply(TextCommand.ACKNOWLEDGE, 1042)),
        ("Acknowledged 1042: On It", TextReply(TextCommand.ACKNOWLEDGE, 1042, "On It")),
        ("ack\n1042", TextReply(TextCommand.ACKNOWLEDGE, 1042)),
        ("undo 1042", TextReply(TextCommand.UNDO, 1042)),
        ("take", TextReply(TextCommand.TAKE)),
        ("Escalate, need a DBA", TextReply(TextCommand.ESCALATE, None, "need a DBA")),
        ("resolved 1042", TextReply(TextCommand.RESOLVE, 1042)),
        ("comment 1042 2 of 3 done", TextReply(TextCommand.COMMENT, 1042, "2 of 3 done")),
        (" Stop ", TextReply(TextCommand.STOP)),
        ("UNSTOP", TextReply(TextCommand.START)),
        ("info", TextReply(TextCommand.CARRIER)),
    ],
)
def test_command_is_understood_in_any_case(text: str, reply: TextReply) -> None:
    """People type on a phone, half asleep."""
    assert parse_text_reply(text) == reply


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1042",
        "hello",
        "ackk 1042",
        "resolve 1042 please",
        "comment 1042",
        "take 1042 from ben",
        "stop it",
        "please ack 1042",
        "ack" + "1" * 20,
    ],
)
def test_everything_else_is_no_command(text: str) -> None:
    """What is not surely meant changes nothing."""
    assert parse_text_reply(text) is None


@given(st.text(max_size=200))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    """No text raises, and a number is one that an incident may have."""
    reply = parse_text_reply(text)
    assert reply is None or reply.number is None or 0 <= reply.number < 10**15
