"""Alertmanager's SMTP settings become accounts of e-mail."""

from typing import Any

import pytest
import yaml

from gateway.core.plan.accounts import ChannelSettings
from gateway.importers.alertmanager.write.notes import NoteKind
from gateway.importers.alertmanager.write.translate import Translation
from tests.importers.alertmanager.texts import imported, loaded, lost, notes

GLOBAL = "smtp_smarthost: 'smtp.example.com:587', smtp_from: alerts@example.com"
LOGIN = "smtp_auth_username: alerts, smtp_auth_password: test-smtp-password"


def mail(general: str, *configs: str) -> Translation:
    """Return the translation of a file with global settings and a receiver for each config."""
    receivers = "\n".join(
        f"  - {{name: r{number}, email_configs: [{{to: ana@example.com{config}}}]}}"
        for number, config in enumerate(configs or ("",), start=1)
    )
    return imported(f"global: {{{general}}}\nroute: {{receiver: r1}}\nreceivers:\n{receivers}\n")


def account(translation: Translation, name: str = "email") -> ChannelSettings:
    """Return an account of the new file."""
    return loaded(translation).channels[name]


def test_global_smtp_settings_become_the_account() -> None:
    """The server, the login and the sender; the password is a variable."""
    translation = mail(f"{GLOBAL}, {LOGIN}, smtp_hello: gateway.example.com")
    assert account(translation).options == {
        "provider": "smtp",
        "host": "smtp.example.com",
        "username": "alerts",
        "hello": "gateway.example.com",
        "from": "alerts@example.com",
    }
    assert "password: '${SMTP_PASSWORD}'" in translation.text
    assert "test-smtp-password" not in translation.text
    assert lost(translation) == []
    assert notes(translation, NoteKind.CHANGED) == []


@pytest.mark.parametrize(
    ("general", "expected"),
    [
        ("smtp_smarthost: 'h:587'", {"host": "h"}),
        ("smtp_smarthost: 'h:25'", {"host": "h", "port": "25"}),
        ("smtp_smarthost: 'h:465'", {"host": "h", "tls": "implicit"}),
        ("smtp_smarthost: 'h:submissions'", {"host": "h", "tls": "implicit"}),
        (
            "smtp_smarthost: 'h:465', smtp_force_implicit_tls: false",
            {"host": "h", "port": "465"},
        ),
        (
            "smtp_smarthost: 'h:2465', smtp_force_implicit_tls: true",
            {"host": "h", "port": "2465", "tls": "implicit"},
        ),
        ("smtp_smarthost: 'h:25', smtp_require_tls: false", {"host": "h", "tls": "none"}),
        (
            "smtp_smarthost: ':25', smtp_require_tls: false",
            {"host": "localhost", "tls": "none"},
        ),
        (
            "smtp_smarthost: 'localhost:2525', smtp_require_tls: false, smtp_auth_username: a,"
            " smtp_auth_password: test",
            {"host": "localhost", "port": "2525", "tls": "none", "username": "a"},
        ),
        ("smtp_smarthost: '[2001:db8::1]:587'", {"host": "2001:db8::1"}),
    ],
)
def test_encryption_is_what_alertmanager_does(general: str, expected: dict[str, str]) -> None:
    """notify/email: port 465 begins with TLS, STARTTLS is required by default."""
    options = dict(account(mail(f"{general}, smtp_from: a@example.com")).options)
    assert options.pop("provider") == "smtp"
    assert options.pop("from") == "a@example.com"
    assert options == expected


def test_password_is_not_sent_readably() -> None:
    """Alertmanager may do so; here STARTTLS is required, and the report says it."""
    translation = mail(f"{GLOBAL}, {LOGIN}, smtp_require_tls: false")
    assert "tls" not in account(translation).options
    assert notes(translation, NoteKind.CHANGED) == [
        "1: smtp_require_tls: a password is never sent readably here: STARTTLS is required"
    ]


def test_settings_of_a_receiver_make_an_account_of_its_own() -> None:
    """The global one keeps the channel's name; equal settings share an account."""
    own = ", smarthost: 'eu.example.com:587', auth_username: eu, auth_password: test-eu-password"
    sender = ", from: billing@example.com"
    translation = mail(f"{GLOBAL}, {LOGIN}", own, "", own, sender)
    config = loaded(translation)
    used = [config.plan.receivers[f"r{number}"].targets[0].account for number in (1, 2, 3, 4)]
    assert used == ["email-r1", "email", "email-r1", "email-r4"]
    assert config.channels["email-r1"].options["host"] == "eu.example.com"
    assert config.channels["email-r4"].options["host"] == "smtp.example.com"
    assert config.channels["email-r4"].options["from"] == "billing@example.com"
    accounts: dict[str, Any] = yaml.safe_load(translation.text)["channels"]
    assert accounts["email-r1"]["password"] == "${SMTP_EMAIL_R1_PASSWORD}"
    assert accounts["email-r4"]["password"] == "${SMTP_PASSWORD}", "the same secret, one variable"


def test_password_in_a_file_stays_in_the_file() -> None:
    """A `_file` key becomes a reference to the file."""
    translation = mail(f"{GLOBAL}, smtp_auth_username: a, smtp_auth_password_file: /run/smtp")
    assert "password: '${file:/run/smtp}'" in translation.text


def test_secret_of_cram_md5_is_the_password() -> None:
    """Alertmanager has a key for each mechanism; here the server chooses one."""
    translation = mail(f"{GLOBAL}, smtp_auth_username: a, smtp_auth_secret: test-smtp-secret")
    assert account(translation).secrets["password"].reveal() == "placeholder"
    assert any(
        "smtp_auth_secret: is the password" in one for one in notes(translation, NoteKind.CHANGED)
    )
    assert "test-smtp-secret" not in translation.text


@pytest.mark.parametrize(
    ("general", "words"),
    [
        ("smtp_auth_username: a, smtp_auth_identity: b", "smtp_auth_identity: the login has one"),
        ("smtp_auth_password: test-only", "smtp_auth_password: has no user name beside it"),
        ("smtp_tls_config: {ca_file: /ca.pem}", "smtp_tls_config: ca_file: copy the file here"),
        (
            "smtp_tls_config: {insecure_skip_verify: true, server_name: b}",
            "insecure_skip_verify and server_name: the server's certificate is always checked",
        ),
    ],
)
def test_settings_without_counterpart_are_listed(general: str, words: str) -> None:
    """Nothing is dropped silently, and the new file loads all the same."""
    translation = mail(f"{GLOBAL}, {general}")
    assert any(words in one for one in lost(translation)), lost(translation)
    assert account(translation).options["host"] == "smtp.example.com"


def test_smtp_settings_without_a_mail_are_listed() -> None:
    """They would make an account that nothing uses."""
    translation = imported(
        f"global: {{{GLOBAL}}}\nroute: {{receiver: a}}\nreceivers: [{{name: a}}]\n"
    )
    assert lost(translation) == ["1: smtp_smarthost and smtp_from: no receiver uses them"]
    assert "email" not in translation.text.partition("sources:")[2]


def test_odd_hosts_and_ports_are_asked_for() -> None:
    """What Go takes and the file here does not becomes a variable."""
    translation = mail("smtp_smarthost: 'smtp host:mail', smtp_from: a@example.com")
    assert {one.name for one in translation.notes.variables} == {"EMAIL_HOST", "EMAIL_PORT"}
    assert account(translation).options["port"] == "587"
