"""A mail as bytes: any text arrives as it was, and none begins a header."""

from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import default as default_policy

from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.email.mail import MailOptions, mail_of
from gateway.channels.email.smtp.mime import LONGEST_READABLE, mail_bytes
from gateway.channels.email.smtp.replies import Step, failure_by_reply
from gateway.channels.support.truncate import strip_controls
from gateway.core.incidents.retry import Failure
from gateway.core.plan.plan import Target
from gateway.core.text.escape import one_line
from tests.channels.messages import message

NAMES = {
    *("From", "To", "Subject", "Date", "Message-ID", "References", "In-Reply-To", "Reply-To"),
    *("X-Gateway-Notice", "X-Gateway-Incident", "Auto-Submitted", "X-Auto-Response-Suppress"),
    *("X-Priority", "Importance", "Content-Type", "Content-Transfer-Encoding", "MIME-Version"),
}
ANY_TEXT = st.text(max_size=300)


def raw_mail(subject: str, text: str, html: str, sender: str = "a@example.com") -> bytes:
    """Return the bytes of a mail with these parts."""
    parts = {"subject": subject, "text": text, "html": html}
    options = MailOptions(sender, reply_to="Zoë <zoe@example.com>")
    mail = mail_of(message(parts=parts), Target("email", "ana@example.com"), None, options)
    return mail_bytes(mail, sender, 1_795_143_806.0)


@given(subject=ANY_TEXT, text=ANY_TEXT, html=ANY_TEXT, name=ANY_TEXT)
def test_any_text_arrives_and_begins_no_header(
    subject: str, text: str, html: str, name: str
) -> None:
    """E17: the headers are always the same, 7-bit and short, and the subject reads as it was."""
    raw = raw_mail(subject, text, html, f"{name.replace('<', '').replace('>', '')} <a@example.com>")
    mail = message_from_bytes(raw)
    assert set(mail.keys()) <= NAMES
    assert raw.isascii()
    assert all(len(line) <= 998 for line in raw.split(b"\n"))
    shown = str(make_header(decode_header(" ".join(str(mail["Subject"]).split()))))
    expected = one_line(subject, 200).encode("utf-8", "replace").decode()
    assert shown.split() == (expected or "Incident #1042 is firing").split()


@given(text=st.text(st.characters(codec="utf-8"), min_size=1, max_size=2000))
def test_any_body_arrives_as_it_was(text: str) -> None:
    """Quoted or not, what the reader sees is what the template wrote."""
    expected = strip_controls(text).strip()
    mail = message_from_bytes(raw_mail("s", text, ""), policy=default_policy)
    content = mail.get_content().replace("\r\n", "\n")
    assert content.rstrip("\n") == (expected or "s")


def test_long_text_is_base64_and_arrives() -> None:
    """It is not quoted, which would take long."""
    text = "äöü, a line of words\n" * (LONGEST_READABLE // 10)
    mail = message_from_bytes(raw_mail("s", text, ""), policy=default_policy)
    assert mail["Content-Transfer-Encoding"] == "base64"
    assert mail.get_content().strip() == text.strip()


@given(step=st.sampled_from(list(Step)), code=st.integers(-1, 999), text=ANY_TEXT)
def test_every_reply_has_a_class(step: Step, code: int, text: str) -> None:
    """E50: a server may answer anything, and a 4xx is never final."""
    failure = failure_by_reply(step, code, text)
    if 400 <= code < 500:
        assert failure not in (Failure.BAD_RECIPIENT, Failure.BAD_CONTENT)
