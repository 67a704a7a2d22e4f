"""`cc` and `headers` of e-mail in routes.yaml."""

import pytest

from gateway.core.plan.plan import Target
from tests.config.texts import faults, loaded

ACCOUNT = "channels: {email: {provider: console, from: alerts@example.com}}\n"
PEOPLE = "people: {ana: {name: Ana, email: ana@example.com}}\n"


def text_with(target: str) -> str:
    """A file with one e-mail target."""
    receivers = f"receivers: [{{name: all, email: [{target}]}}]\nroute: {{receiver: all}}\n"
    return ACCOUNT + PEOPLE + receivers


def targets_of(target: str) -> dict[str, Target]:
    """The targets by their addresses."""
    return {one.address: one for one in loaded(text_with(target)).plan.receivers["all"].targets}


def test_copies_go_with_the_first_address_alone() -> None:
    """Each address gets a mail of its own, and a copy of each would be noise."""
    cc = "{to: [admin@example.com, ben@example.com], cc: [cho@example.com, dee@example.com]}"
    targets = targets_of(cc)
    assert targets["admin@example.com"].copies == ("cho@example.com", "dee@example.com")
    assert targets["ben@example.com"].copies == ()


def test_mail_with_copies_is_nobodys_own() -> None:
    """Its acknowledge link must not act as Ana for those who read the copy."""
    assert targets_of("{to: ana@example.com}")["ana@example.com"].person == "ana"
    copied = targets_of("{to: ana@example.com, cc: ben@example.com}")
    assert copied["ana@example.com"].person is None


def test_address_by_label_keeps_copies_and_headers() -> None:
    """The address alone depends on the label."""
    target = (
        '{to: "{{ labels.team }}@example.com", allow: "billing@example.com", '
        "otherwise: admin@example.com, cc: cho@example.com, headers: {X-Service: billing}}"
    )
    [by_label] = loaded(text_with(target)).plan.receivers["all"].by_label
    chosen = by_label.choose({"team": "billing"}).target
    assert (chosen.address, chosen.copies) == ("billing@example.com", ("cho@example.com",))
    assert chosen.headers == {"X-Service": "billing"}


def test_headers_are_read_with_their_braces() -> None:
    """They are filled for each message."""
    target = '{to: a@example.com, headers: {X-Team: "{{ labels.team | upper }}", X-Rank: 1}}'
    headers = targets_of(target)["a@example.com"].headers
    assert headers == {"X-Team": "{{ labels.team | upper }}", "X-Rank": "1"}


@pytest.mark.parametrize(
    ("name", "instead"),
    [
        ("From", "under channels:"),
        ("sender", "under channels:"),
        ("To", "`to`"),
        ("CC", "the key `cc`"),
        ("Bcc", "a further entry"),
        ("Subject", "email/subject.j2"),
        ("Message-Id", "thread"),
        ("In-Reply-To", "thread"),
        ("References", "thread"),
        ("Content-Type", "the service that sends the mail"),
        ("MIME-Version", "the service that sends the mail"),
        ("Date", "the service that sends the mail"),
        ("Return-Path", "bounces are reported"),
        ("Received", "the service that sends the mail"),
        ("DKIM-Signature", "the service that sends the mail"),
        ("X-PM-Message-Stream", "message_stream"),
        ("X-Gateway-Incident", "choose another name"),
        ("X Team", "letters, digits and -"),
        ('"X-Team:"', "letters, digits and -"),
        ('"X-A\\r\\nBcc"', "letters, digits and -"),
        ('"X-Ü"', "letters, digits and -"),
    ],
)
def test_reserved_header_is_refused_with_what_to_write_instead(name: str, instead: str) -> None:
    """Promise 6: file, line and column of the name, and what to write instead."""
    [problem] = faults(text_with(f"{{to: a@example.com, headers: {{{name}: x}}}}"))
    assert str(problem).startswith(f"routes.yaml:3:{problem.column}: ")
    assert (
        text_with(f"{{to: a@example.com, headers: {{{name}: x}}}}")
        .splitlines()[2][problem.column - 1 :]
        .startswith(name)
    )
    assert instead in problem.message


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ('{to: a@example.com, headers: {X-A: "b\\nBcc: c@example.com"}}', "one line"),
        ('{to: a@example.com, headers: {X-A: "{{ 7 * 7 }}"}}', "is not the text of a header"),
        ('{to: a@example.com, headers: {X-A: "{{ labels }}"}}', "is not the text of a header"),
        ('{to: a@example.com, headers: {X-A: "{{ secrets.x }}"}}', "labels.team"),
        ('{to: a@example.com, headers: {X-A: "{{ labels.a"}}', "is not the text of a header"),
        ("{to: a@example.com, headers: {X-A: 1, x-a: 2}}", "X-A is set twice"),
        ("{to: a@example.com, headers: {X-A: }}", "empty"),
        ("{to: a@example.com, headers: [X-A]}", "a mapping belongs here"),
        ('{to: a@example.com, headers: {Reply-To: "{{labels.a}}@b.c"}}', "replies is fixed"),
        ("{to: a@example.com, headers: {reply-to: nobody}}", "is not a sender"),
        ("{to: a@example.com, cc: A@example.com}", "is a recipient of this entry already"),
        ("{to: a@example.com, cc: [b@example.com, B@example.com]}", "is listed twice"),
        ('{to: a@example.com, cc: "b@example.com, c@example.com"}', "is several addresses"),
        ('{to: a@example.com, cc: "{{ labels.team }}@example.com"}', "is not an e-mail address"),
        (
            "{to: a@example.com, cc: ["
            + ", ".join(f"b{number}@example.com" for number in range(50))
            + "]}",
            "50 addresses; 49 are allowed",
        ),
        (
            "{to: a@example.com, headers: {"
            + ", ".join(f"X-{number}: a" for number in range(21))
            + "}}",
            "21 headers; 20 are allowed",
        ),
    ],
)
def test_values_that_cannot_be_sent_are_refused(target: str, message: str) -> None:
    """Promise 6: the error has the position of the value."""
    [problem] = faults(text_with(target))
    assert message in problem.message
    assert problem.line == 3
