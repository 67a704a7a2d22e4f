"""Headers of Alertmanager's mails: what they become, and what is listed as lost."""

import pytest

from gateway.core.plan.plan import Target
from gateway.importers.alertmanager.write.translate import Translation
from tests.importers.alertmanager.texts import MAIL, loaded, lost, receiver


def with_headers(headers: str, to: str = "a@example.com") -> Translation:
    """The translation of one e-mail integration."""
    return receiver(f"email_configs:\n  - to: '{to}'\n    headers: {headers}\n", MAIL)


def targets(translation: Translation) -> tuple[Target, ...]:
    """Its targets, as the gateway loads them."""
    return loaded(translation).plan.receivers["r"].targets


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("billing", "billing"),
        ("{{ .CommonLabels.team }}", "{{ labels.team }}"),
        (
            '[{{ .Status | toUpper }}] {{ index .GroupLabels "k8s-team" }}',
            '[{{ status|upper }}] {{ group_labels["k8s-team"] }}',
        ),
        ("{{ .CommonAnnotations.summary }}", "{{ annotations.summary }}"),
        ("${HOME}", "${HOME}"),
    ],
)
def test_header_is_kept_with_the_names_of_the_gateway(text: str, header: str) -> None:
    """Go's names become ours, and nothing is listed as lost."""
    translation = with_headers(f"{{X-Team: '{text}'}}")
    [target] = targets(translation)
    assert target.headers == {"X-Team": header}
    assert not [one for one in lost(translation) if "headers" in one]


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("To: b@example.com", "every address under `to` gets a mail of its own"),
        ("Message-ID: <a@b>", "thread"),
        ("X-A: '{{ range .Alerts }}{{ .Status }}{{ end }}'", "does more than name fields"),
        ("X-A: '{{ .ExternalURL }}'", "is not the text of a header"),
        ("X-A: '{{ .CommonLabels.team | title }}'", "is not the text of a header"),
        ("Reply-To: '{{ .CommonLabels.owner }}'", "who gets replies is fixed"),
        ("Cc: b@example.com", "sends no mail there; write `cc: [...]`"),
        ("Bcc: b@example.com", "a further entry"),
    ],
)
def test_header_that_cannot_be_kept_is_listed_with_the_reason(header: str, reason: str) -> None:
    """The file loads without it."""
    translation = with_headers(f"{{{header}}}")
    [target] = targets(translation)
    assert not target.headers
    assert not target.copies
    [line] = [one for one in lost(translation) if "headers" in one]
    assert reason in line


def test_address_that_the_header_cc_names_gets_a_copy() -> None:
    """Alertmanager sends to those under `to` alone, and the header shows who of them is copied."""
    translation = with_headers(
        "{Cc: 'Ben <ben@example.com>', X-A: b}", "a@example.com, ben@example.com"
    )
    [target] = targets(translation)
    assert (target.address, target.copies) == ("a@example.com", ("ben@example.com",))
    assert not [one for one in lost(translation) if "headers" in one]


def test_mail_whose_recipients_are_all_copied_keeps_them() -> None:
    """Somebody must be the recipient."""
    translation = with_headers("{Cc: a@example.com}")
    [target] = targets(translation)
    assert (target.address, target.copies) == ("a@example.com", ())
