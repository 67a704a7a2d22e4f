"""Accounts, targets and contacts of ntfy."""

import pytest

from gateway.core.plan.target_name import target_name
from tests.config.texts import faults, loaded, warning_texts

ENV = {"TOPIC": "ana-x7Kq", "TOKEN": "tk_test-token", "BAD": "a/b"}


def text(account: str, topic: str = "billing") -> str:
    """Return a file with an account of ntfy and a target."""
    return (
        f"channels: {{ntfy: {{{account}}}}}\n"
        f"receivers: [{{name: all, ntfy: [{{topic: {topic}}}]}}]\nroute: {{receiver: all}}\n"
    )


ACCOUNT = 'url: "https://ntfy.example.com"'


def test_account_needs_a_server_and_no_login() -> None:
    """The public server is no default, because its topics can be read by anyone."""
    config = loaded(text(ACCOUNT))
    assert config.channels["ntfy"].options == {"url": "https://ntfy.example.com"}
    assert warning_texts(text(ACCOUNT)) == []
    (problem,) = faults(text("priorities: {critical: 5}"))
    assert problem.message == 'ntfy channel: "url" is missing, which provider: ntfy needs'


def test_topic_in_the_environment_is_a_secret() -> None:
    """Promise 10: targets carry the reference, and people see the words of its name."""
    config = loaded(text(ACCOUNT, '"${TOPIC}"'), ENV)
    (target,) = config.plan.receivers["all"].targets
    assert target.address == "${TOPIC}"
    assert config.secrets["${TOPIC}"].reveal() == "ana-x7Kq"
    assert target_name(target) == "ntfy"


def test_topic_in_the_file_is_shown() -> None:
    """Where the server asks for a login, the name is no secret."""
    (target,) = loaded(text(ACCOUNT)).plan.receivers["all"].targets
    assert (target.address, target_name(target)) == ("billing", "ntfy (billing)")


def test_contact_of_a_person_is_a_topic() -> None:
    """Nobody needs a phone number: the person subscribes to the topic."""
    config = loaded(
        text(ACCOUNT) + 'people: {ana: {contacts: {push: {account: ntfy, topic: "${TOPIC}"}}}}\n',
        ENV,
    )
    contact = config.plan.people["ana"].contacts["push"]
    assert (contact.channel, contact.account, contact.address) == ("ntfy", "ntfy", "${TOPIC}")


def test_empty_token_prints_on_the_console() -> None:
    """The rule about empty tokens counts for both kinds of login."""
    for login in ('token: "${NO:-}"', 'username: a, password: "${NO:-}"'):
        config = loaded(text(f"{ACCOUNT}, {login}"))
        assert config.channels["ntfy"].options["provider"] == "console"


@pytest.mark.parametrize(
    ("account", "topic", "message"),
    [
        (ACCOUNT, "a/b", '"a/b" is not a topic: 1 to 64 letters, digits, - and _'),
        (ACCOUNT, "v1", '"v1" is not a topic'),
        (ACCOUNT, '"${BAD}"', "its value is not a topic"),
        (ACCOUNT, '"${MISSING}"', "the environment variable MISSING is not set"),
        (f"{ACCOUNT}, priorities: {{critical: 6}}", "a", "6 is not between 1 and 5"),
        (f"{ACCOUNT}, username: a", "a", "username: it needs password beside it"),
        (
            f'{ACCOUNT}, token: "${{TOKEN}}", username: a, password: "${{TOKEN}}"',
            "a",
            "token: it is used in place of username and password",
        ),
        ("url: ftp://a", "a", "http"),
        (f"{ACCOUNT}, topic: a", "a", "it belongs to a receiver: ntfy: [{topic: …}]"),
    ],
)
def test_keys_that_cannot_work_are_errors(account: str, topic: str, message: str) -> None:
    """Promise 6: each says what to write instead, and shows no value from outside."""
    problems = faults(text(account, topic), ENV)
    assert any(message in one.message for one in problems), problems
    if topic == '"${BAD}"':
        assert "a/b" not in str(problems)


def test_login_over_plain_http_is_warned_of() -> None:
    """Everyone on the way could read the token."""
    config = loaded(text('url: "http://ntfy.example.com", token: "${TOKEN}"'), ENV)
    assert any("everyone on the way can read the token" in str(one) for one in config.warnings)
