"""Libraries that not every installation has."""

from dataclasses import replace

import pytest

from gateway.core.plan.channels import CHANNELS, Library
from tests.config.texts import REST, faults, loaded

ENV = {"TOKEN": "test-token"}


@pytest.fixture
def missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """E-mail by Postmark needs a library that is not installed."""
    spec = replace(CHANNELS["email"], libraries={"postmark": Library("pigeonlib", "pigeon")})
    monkeypatch.setitem(CHANNELS, "email", spec)


def text(account: str) -> str:
    """Return a file with an account of e-mail."""
    return f"channels:\n  email: {{{account}, from: alerts@example.com}}\n{REST}"


@pytest.mark.usefixtures("missing")
@pytest.mark.parametrize(
    ("account", "column"),
    [('provider: postmark, token: "${TOKEN}"', 21), ('token: "${TOKEN}"', 10)],
)
def test_account_whose_library_is_missing_is_an_error(account: str, column: int) -> None:
    """The file does not load, and the error says where and what to install."""
    (problem,) = faults(text(account), ENV)
    assert (problem.line, problem.column) == (2, column)
    assert problem.message == (
        "e-mail by postmark needs the library pigeonlib, which is not installed: "
        'pip install "alert-gateway[pigeon]"'
    )


@pytest.mark.usefixtures("missing")
def test_provider_that_needs_no_library_loads_without_it() -> None:
    """Messages on the console need no vendor's library."""
    assert loaded(text("provider: console")).channels["email"].options["provider"] == "console"


def test_library_that_is_installed_loads(monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation with the extra accepts the account."""
    spec = replace(CHANNELS["email"], libraries={"postmark": Library("json", "pigeon")})
    monkeypatch.setitem(CHANNELS, "email", spec)
    assert faults(text('token: "${TOKEN}"'), ENV) == ()


def test_account_that_needs_no_entry_is_there_only_with_its_library(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A target of a channel that cannot be loaded must not wait for the first page to fail."""
    text = (
        "receivers: [{name: a, webhook: [{url: 'https://x.example.com/'}]}]\nroute: {receiver: a}"
    )
    assert faults(text) == ()
    spec = replace(CHANNELS["webhook"], libraries={"webhook": Library("pigeonlib", "pigeon")})
    monkeypatch.setitem(CHANNELS, "webhook", spec)
    (problem,) = faults(text)
    assert "there is no account for it" in problem.message
    (problem,) = faults(f"channels: {{webhook: {{}}}}\n{text}")
    assert 'pip install "alert-gateway[pigeon]"' in problem.message
