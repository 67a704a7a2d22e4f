"""The new text of replies, as mail programs write them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.channels.email.reply_text import MOST_CHARACTERS, new_text
from tests.examples import examples

QUOTED = "> Incident #1001 is firing\n> resolve\n"


@pytest.mark.parametrize(
    "above",
    [
        "On Wed, Nov 18, 2026 at 12:06 PM Alerts <alerts@example.com> wrote:\n",
        "Am Mi., 18. Nov. 2026 um 12:06 Uhr schrieb Alerts <alerts@example.com>:\n",
        "Le mer. 18 nov. 2026 à 12:06, Alerts <alerts@example.com> a écrit :\n",
        "-----Original Message-----\nFrom: Alerts <alerts@example.com>\nSubject: x\n",
        "From: Alerts <alerts@example.com>\nSent: Wednesday, November 18, 2026 12:06\n"
        "To: ana@example.com\nSubject: x\n",
    ],
)
def test_quotes_of_mail_programs_are_removed(above: str) -> None:
    """Gmail in three languages, and Outlook."""
    text = f"checking the ledger\r\n\r\n{above}{QUOTED}"
    assert new_text(text) == "checking the ledger"


@pytest.mark.parametrize("signature", ["-- \nAna", "Best regards\nAna", "Sent from my iPhone"])
def test_signatures_are_removed(signature: str) -> None:
    """Each comment would contain them."""
    assert new_text(f"failed over\n\n{signature}") == "failed over"


def test_answer_below_the_quote_is_kept_without_it() -> None:
    """Some people write below what they quote."""
    assert "resolve" not in new_text(f"{QUOTED}\nack")


def test_html_without_plain_text_is_read() -> None:
    """Scripts, styles and quoted blocks are no text."""
    html = "<style>p{}</style><p>ack &amp; done</p><blockquote>resolve</blockquote>"
    assert new_text(" ", html) == "ack & done"


@settings(max_examples=examples(60), deadline=None)
@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_is_read(text: str, html: str) -> None:
    """Mails hold anything, and what comes out is short."""
    assert len(new_text(text, html)) <= MOST_CHARACTERS


def test_blank_lines_are_joined_before_the_library_reads_them() -> None:
    """Its time is quadratic in them: thousands would hold the gateway up for seconds."""
    assert new_text(f"ack{' ' * 3000}{chr(10) * 50_000}end") == "ack\n\nend"
