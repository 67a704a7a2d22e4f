"""Accounts whose credential only posts to a channel: Slack's incoming webhooks."""

import pytest

from gateway.app import build_channels
from gateway.channels.slack.channel import Slack
from gateway.channels.slack.incoming_webhook import IncomingWebhook
from gateway.config.load import Config
from tests.config.texts import faults, loaded

ENV = {"HOOK": "https://hooks.slack.com/services/T0TEST/B0TEST/test-hook", "TOKEN": "test-token"}
HOOK = 'slack: {webhook_url: "${HOOK}"}'
PEOPLE = "{ana: {slack: U0ANA, email: ana@example.com}}"


def text(accounts: str, *channels: str, people: str = "{}", more: str = "") -> str:
    """Return a file with these accounts and one receiver with these Slack channels."""
    targets = ", ".join(f'{{channel: "{one}"}}' for one in channels or ["#billing-alerts"])
    return f"""
channels: {{{accounts}, email: {{provider: console}}}}
people: {people}
receivers: [{{name: all, slack: [{targets}]}}]
route: {{receiver: all}}
{more}
"""


def slack_warnings(file: str) -> list[str]:
    """Return the warnings about accounts and targets of Slack."""
    texts = [problem.message for problem in loaded(file, ENV).warnings]
    return [one for one in texts if "webhook_url" in one or "slack" in one.lower()]


async def channel_types(config: Config) -> dict[str, type]:
    """Return the class that sends for each account."""
    channels = build_channels(config)
    for channel in channels.values():
        await channel.close()
    return {key: type(channel) for key, channel in channels.items()}


async def test_webhook_url_replaces_a_token() -> None:
    """The account is declared with the URL alone, and nothing is missing."""
    config = loaded(text(HOOK), ENV)
    assert config.channels["slack"].only_posts
    assert slack_warnings(text(HOOK)) == []
    kinds = await channel_types(config)
    assert kinds["slack"] is IncomingWebhook


async def test_app_and_webhooks_stand_side_by_side() -> None:
    """Each account sends in its own way."""
    accounts = (
        'slack: {token: "${TOKEN}", signing_secret: "${TOKEN}"}, '
        'hook: {type: slack, webhook_url: "${HOOK}"}'
    )
    kinds = await channel_types(loaded(text(accounts), ENV))
    assert (kinds["slack"], kinds["slack/hook"]) == (Slack, IncomingWebhook)


@pytest.mark.parametrize(
    ("account", "message"),
    [
        ('{webhook_url: "${HOOK}", token: "${TOKEN}"}', "token: it has no meaning beside"),
        ('{webhook_url: "${HOOK}", api_url: "https://a.example.com"}', "api_url: it has no"),
        ("{webhook_url: hooks.slack.com}", "webhook_url: "),
        ("{}", '"token" is missing (or "webhook_url"'),
    ],
)
def test_a_wrong_account_is_refused_with_what_to_write(account: str, message: str) -> None:
    """Token and URL are two kinds of accounts, and the URL is one of the web."""
    problems = [problem.message for problem in faults(text(f"slack: {account}"), ENV)]
    assert any(one.startswith(message) or message in one for one in problems), problems


def test_a_url_in_the_file_is_warned_of_and_never_shown() -> None:
    """Promise 10: anyone who knows the URL can post, also where its host is not Slack's."""
    for host in ("hooks.slack.com", "chat.example.com"):
        url = f"https://{host}/services/T0TEST/B0TEST/test-hook"
        file = text(f'slack: {{webhook_url: "{url}"}}')
        warnings = slack_warnings(file)
        assert any("webhook_url: the URL is a secret" in one for one in warnings)
        assert "test-hook" not in f"{warnings} {loaded(file)!r}"


def test_an_empty_url_prints_on_the_console_while_nothing_sends() -> None:
    """The one rule of empty tokens holds for it."""
    file = text('slack: {webhook_url: "${NONE:-}"}')
    assert loaded(file).channels["slack"].options["provider"] == "console"
    assert any("no NONE" in one for one in slack_warnings(file))


def test_people_are_not_reached_by_a_webhook() -> None:
    """A personal message would be posted in the channel, with a link that acts as that person."""
    config = loaded(text(HOOK, people=PEOPLE), ENV)
    assert list(config.plan.people["ana"].contacts) == ["email"]
    own = text(HOOK, people="{ana: {contacts: {chat: {account: slack, channel: U0ANA}}}}")
    (problem,) = faults(own, ENV)
    assert "posts to a channel and reaches no person" in problem.message


def test_several_channels_of_one_webhook_are_warned_of() -> None:
    """An app's webhook ignores the channel, so the second team would read nothing."""
    (warning,) = slack_warnings(text(HOOK, "#a", "#b"))
    assert "one channel only" in warning
    assert "#a, #b" in warning


def test_a_topic_needs_an_app_with_a_token() -> None:
    """A webhook cannot set it."""
    rota = "rotas: {r: {announce: all, topic: true, layers: [{members: [ana], start: 2026-01-05}]}}"
    file = text(HOOK, "C0BILLING", people=PEOPLE, more=rota)
    assert any("of an app with a token" in problem.message for problem in faults(file, ENV))


def test_a_webhook_mentions_people_and_knows_their_presses() -> None:
    """The id under `slack:` is the one of the workspace, although it is no contact there."""
    (ana,) = loaded(text(HOOK, people=PEOPLE), ENV).plan.people.values()
    assert ana.mention_at("slack") == "U0ANA"
    assert ana.has_address("slack", "U0ANA")
    assert ana.mention_at("email") == ""
