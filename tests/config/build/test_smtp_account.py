"""Accounts that send e-mail through an SMTP server."""

from pathlib import Path

import pytest
import trustme

from gateway.config.load import ConfigError
from tests.config.texts import REST, faults, loaded, warning_texts

ENV = {"SMTP_PASSWORD": "test-smtp-password"}


def text(keys: str) -> str:
    """Return a file with an SMTP account; its keys begin in line 3."""
    return f"channels:\n  email:\n    {keys}\n    provider: smtp\n    from: a@example.com\n{REST}"


def test_smtp_account_is_read() -> None:
    """Its password is a secret, and nothing else is."""
    config = loaded(
        text(
            "host: smtp.example.com\n    port: 2525\n    tls: implicit\n    username: alerts\n"
            '    password: "${SMTP_PASSWORD}"\n    hello: gateway.example.com'
        ),
        ENV,
    )
    account = config.channels["email"]
    assert account.secrets["password"].reveal() == "test-smtp-password"
    assert account.options == {
        "provider": "smtp",
        "host": "smtp.example.com",
        "port": "2525",
        "tls": "implicit",
        "username": "alerts",
        "hello": "gateway.example.com",
        "from": "a@example.com",
    }


def test_smtp_account_needs_no_login() -> None:
    """A relay in the own network often knows its clients by their addresses."""
    config = loaded(text("host: relay.example.com"))
    assert config.channels["email"].options["host"] == "relay.example.com"
    assert "provider: smtp" not in "\n".join(str(one) for one in config.warnings)


def test_empty_password_prints_on_the_console_or_is_misconfigured() -> None:
    """The rule for empty tokens counts for a password that the file refers to."""
    account = text('host: h\n    username: a\n    password: "${SMTP_PASSWORD:-}"')
    config = loaded(account)
    assert config.channels["email"].options["provider"] == "console"
    assert any(
        "no SMTP_PASSWORD: e-mail messages are printed" in one for one in warning_texts(account)
    )


@pytest.mark.parametrize(
    ("keys", "line", "message"),
    [
        ("tls: starttls", 3, 'email channel: "host" is missing, which provider: smtp needs'),
        (
            "host: smtp.example.com:587",
            3,
            "write the port apart: host: smtp.example.com, port: 587",
        ),
        ("host: https://smtp.example.com", 3, "is not the name or address of a server"),
        ("host: h\n    port: 0", 4, "0 is not between 1 and 65535"),
        ("host: h\n    tls: ssl", 4, 'tls: "ssl" is not known'),
        ("host: h\n    username: a", 4, "username: it needs password beside it"),
        ('host: h\n    password: "${SMTP_PASSWORD}"', 4, "password: it needs username beside it"),
        ('host: h\n    token: "${SMTP_PASSWORD}"', 4, "token: it belongs to provider: postmark"),
        ("host: h\n    message_stream: a", 4, "message_stream: it belongs to provider: postmark"),
        ("host: h\n    proxy: http://p.example.com", 4, "proxy: it belongs to provider: postmark"),
        (
            "host: h\n    inbound_address: a@b.com",
            4,
            "inbound_address: it belongs to provider: post",
        ),
        ("smarthost: h", 3, "write provider: smtp, host and port"),
        ("host: h\n    ca_file: none.pem", 4, "ca_file: none.pem cannot be used: No such file"),
        (
            'host: h\n    tls: none\n    username: a\n    password: "${SMTP_PASSWORD}"',
            4,
            "tls: none would send the password readably through the network",
        ),
    ],
)
def test_keys_that_cannot_work_are_errors(keys: str, line: int, message: str) -> None:
    """Promise 6: each says where and what to write instead."""
    problems = faults(text(keys), ENV)
    assert any(message in one.message for one in problems), problems
    assert next(one.line for one in problems if message in one.message) in (line, 3)


def test_keys_of_smtp_belong_to_no_other_provider() -> None:
    """A host beside Postmark's token is a mistake about the provider."""
    text = 'channels: {email: {token: "${SMTP_PASSWORD}", from: a@b.com, host: h}}' + REST
    (problem,) = faults(text, ENV)
    assert problem.message == "host: it belongs to provider: smtp, and this one is postmark"


@pytest.mark.parametrize(
    ("keys", "warning"),
    [
        ("host: relay.example.com\n    tls: none", "can read the messages and press"),
        ("host: h\n    port: 465", "465 is usually that of tls: implicit, and tls is starttls"),
        ("host: h\n    port: 587\n    tls: implicit", "587 is usually that of tls: starttls"),
        ("host: localhost\n    tls: none", ""),
        ("host: 127.0.0.1\n    tls: none", ""),
        ("host: '::1'\n    tls: none", ""),
        ("host: h\n    port: 25", ""),
        ("host: h", ""),
    ],
)
def test_connection_that_anybody_can_read_is_warned_of(keys: str, warning: str) -> None:
    """TLS is left out on this machine only; a port that contradicts it is probably a slip."""
    texts = warning_texts(text(keys))
    assert any(warning in one for one in texts) if warning else texts == []


def test_certificates_of_a_file_reach_the_channel() -> None:
    """The path is relative to the file, and the text is checked while the file is loaded."""
    pem = trustme.CA().cert_pem.bytes()
    account = text("host: h\n    ca_file: ca.pem")
    config = loaded(account, files={"ca.pem": pem})
    assert config.channels["email"].options["ca_file"] == pem.decode()
    for content, reason in (
        (b"", "it is not a file of certificates in PEM"),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n", "its certificates cannot be read"),
        (pem + b"x" * 1024 * 1024, "it is not a file of certificates in PEM"),
    ):
        with pytest.raises(ConfigError, match=reason):
            loaded(account, files={"ca.pem": content})


def test_password_is_in_no_message(tmp_path: Path) -> None:
    """Promise 10: also when it stands in the wrong field."""
    problems = faults(text('host: "${SMTP_PASSWORD}!"\n    port: "${SMTP_PASSWORD}"'), ENV)
    assert problems
    assert "test-smtp-password" not in str(problems)
