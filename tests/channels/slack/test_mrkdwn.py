"""Slack's mrkdwn: cuts that break nothing, values that format nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.slack.mrkdwn import bold, code, plain, truncate_mrkdwn
from gateway.channels.support.truncate import truncate, truncate_bytes, truncate_lines
from gateway.core.text.escape import slack_escape, slack_link

FOREIGN = st.text(alphabet=st.sampled_from("ab &<>!@#|`*_~\n\u202e{}ü"), max_size=400)


@given(FOREIGN, st.integers(60, 300))
def test_a_cut_never_splits_an_entity_or_a_link(foreign: str, limit: int) -> None:
    """E17: cutting escaped text cannot make what escaping had disarmed."""
    text = f"{slack_escape(foreign)} {slack_link('https://example.com/a', foreign)} " * 4
    made = truncate_mrkdwn(text, limit, "… cut")
    assert len(made) <= limit
    head = made.removesuffix("\n… cut")
    assert head.count("<") == head.count(">")
    for after in head.split("&")[1:]:
        assert after.startswith(("amp;", "lt;", "gt;"))


def test_an_open_code_block_is_closed_again() -> None:
    """A table in a code block that is cut does not swallow the note behind it."""
    made = truncate_mrkdwn("```\n" + "row of a table\n" * 100 + "```", 300, "… 12 more")
    assert made.count("```") == 2
    assert made.endswith("```\n… 12 more")


@given(FOREIGN)
def test_a_value_in_code_stays_one_span(foreign: str) -> None:
    """No backtick of a label ends the span, and nothing in it mentions anybody."""
    made = code(foreign)
    assert made.count("`") == 2
    assert "<" not in made
    assert "\n" not in made


@given(FOREIGN)
def test_a_value_in_bold_is_only_bold(foreign: str) -> None:
    """A label's own marks format nothing."""
    made = bold(foreign)
    assert made == "" or made.count("*") == 2
    assert not set(made) & set("~`<>\n")


def test_names_keep_their_underscores() -> None:
    """Inside a word an underscore formats nothing; labels are full of them."""
    assert bold("payment_failure_rate") == "*payment_failure_rate*"


@given(FOREIGN)
def test_plain_text_holds_no_control_sequence(foreign: str) -> None:
    """plain_text decodes no entities, so it must be undone; what could mention stays broken."""
    made = plain(slack_escape(foreign), 150)
    assert len(made) <= 150
    assert not any(sequence in made for sequence in ("<!", "<@", "<#", "&lt;!", "\u202e"))


@pytest.mark.parametrize("limit", [0, 1, 5])
def test_tiny_limits_are_kept(limit: int) -> None:
    """However little room there is."""
    assert len(truncate("abcdefgh", limit)) <= limit
    assert len(truncate_lines("abcdefgh", limit, "… cut")) <= limit


def test_bytes_are_cut_between_characters() -> None:
    """Four-byte characters are kept whole."""
    made = truncate_bytes("🔴" * 100, 50, "…")
    assert len(made.encode()) <= 50
    assert made.startswith("🔴" * 11 + "\n")
