"""Several accounts of one channel, and which of them a target or a contact uses."""

import pytest

from gateway.app import build_channels
from gateway.core.plan.target_name import key_name, target_name
from tests.config.texts import faults, loaded, warning_texts

ENV = {"EU": "test-eu-token", "US": "test-us-token"}
EU = 'slack-eu: {type: slack, token: "${EU}"}'
US = 'slack-us: {type: slack, token: "${US}"}'
OWN = 'slack: {token: "${US}"}'


def text(accounts: str, target: str = '{channel: "#billing-alerts"}', people: str = "{}") -> str:
    """Return a file with these accounts, one Slack target and these people."""
    return f"""
channels: {{{accounts}}}
people: {people}
receivers: [{{name: all, slack: [{target}]}}]
route: {{receiver: all}}
"""


def account_of(file: str) -> str:
    """Return the account that the receiver's target uses."""
    (target,) = loaded(file, ENV).plan.receivers["all"].targets
    return target.account


def test_target_without_account_uses_the_one_called_like_its_channel() -> None:
    """An existing file keeps its targets when a second account is added."""
    assert account_of(text(f"{OWN}, {EU}")) == "slack"


def test_target_without_account_uses_the_only_one() -> None:
    """One account under any name needs no `account:` at the targets."""
    assert account_of(text(EU)) == "slack-eu"


def test_target_may_name_its_account() -> None:
    """`account:` chooses among several, and the target's key says which."""
    file = text(f"{OWN}, {EU}", '{channel: "#billing-alerts", account: slack-eu}')
    (target,) = loaded(file, ENV).plan.receivers["all"].targets
    assert (target.account, target.key) == ("slack-eu", "slack/slack-eu:#billing-alerts")
    assert "account" not in target.options


def test_target_must_choose_among_several() -> None:
    """Where several accounts are left the error lists them."""
    [problem] = faults(text(f"{EU}, {US}"), ENV)
    assert "say which: account: slack-eu or slack-us" in problem.message


def test_unknown_account_names_the_nearest() -> None:
    """A mistyped account is found, with its line."""
    [problem] = faults(text(f"{EU}, {US}", '{channel: "#a", account: slack-e}'), ENV)
    assert (problem.line, problem.suggestion) == (4, "slack-eu")


def test_account_of_another_channel_is_refused() -> None:
    """A Slack channel cannot be reached by an e-mail account."""
    mail = 'email: {token: "${EU}", from: alerts@example.com}'
    [problem] = faults(text(f"{EU}, {mail}", '{channel: "#a", account: email}'), ENV)
    assert 'account: "email" is an account of email, not of slack' in problem.message


@pytest.mark.parametrize(
    ("account", "message"),
    [
        ('slack-eu: {type: slak, token: "${EU}"}', 'type: "slak" is not known'),
        ('workspace: {token: "${EU}"}', "an account with a name of its own needs type: one of"),
        ('slakc: {token: "${EU}"}', 'unknown key "slakc" in channels; did you mean "slack"?'),
        ('"eu/1": {type: slack, token: "${EU}"}', '"eu/1" cannot be the name of an account'),
        ('email: {type: slack, token: "${EU}"}', "an account of slack must not be called"),
        ('slack-eu: {type: slack, from: a@example.com, token: "${EU}"}', 'unknown key "from"'),
        ("slack-eu: {type: slack}", 'slack-eu channel: "token" is missing'),
    ],
)
def test_invalid_account_is_refused_with_what_to_write(account: str, message: str) -> None:
    """Each mistake in the declaration of an account has one clear error."""
    problems = faults(text(f"{OWN}, {account}"), ENV)
    assert any(message in str(problem) for problem in problems), [str(one) for one in problems]


def test_contact_is_reached_by_its_account() -> None:
    """People of two workspaces have contacts at the right one; `slack:` takes the default."""
    people = "{ana: {slack: U0ANA}, ben: {contacts: {slack: {account: slack-eu, channel: U0BEN}}}}"
    plan = loaded(text(f"{OWN}, {EU}", people=people), ENV).plan
    accounts = {id_: one.contacts["slack"].account for id_, one in plan.people.items()}
    assert accounts == {"ana": "slack", "ben": "slack-eu"}


def test_contact_of_a_person_must_choose_among_several() -> None:
    """`slack: U…` is ambiguous beside two workspaces, and the error says how to write it."""
    file = text(f"{EU}, {US}", '{channel: "#a", account: slack-eu}', "{ana: {slack: U0ANA}}")
    [problem] = faults(file, ENV)
    assert "with account: slack-eu or slack-us" in problem.message


def test_same_channel_at_two_accounts_is_two_targets() -> None:
    """Workspaces may have channels of the same name; both are notified."""
    targets = '{channel: "#a"}, {channel: "#a", account: slack-eu}'
    plan = loaded(text(f"{OWN}, {EU}", targets), ENV).plan
    assert [target_name(one) for one in plan.receivers["all"].targets] == [
        "Slack #a",
        "Slack #a (slack-eu)",
    ]


def test_key_alone_names_channel_and_account() -> None:
    """A stored key is readable also when its account was removed."""
    assert key_name("slack/slack-eu:#a") == "Slack #a (slack-eu)"
    assert key_name("slack:#a") == "Slack #a"


def test_accounts_that_need_no_entry_stay_the_default() -> None:
    """A second PagerDuty account takes no keys, and a webhook account no URLs, by itself."""
    file = """
channels: {pager-eu: {type: pagerduty, api_url: "https://events.eu.pagerduty.com"}}
receivers: [{name: all, pagerduty: [{routing_key: "${US}"}]}]
route: {receiver: all}
"""
    config = loaded(file, ENV)
    (target,) = config.plan.receivers["all"].targets
    assert target.account == "pagerduty"
    assert any('account "pager-eu" is used by no target' in str(one) for one in config.warnings)


def test_empty_token_of_one_account_leaves_the_other_sending() -> None:
    """The rule about empty tokens holds for each account by itself, and names it."""
    file = text(f"{EU}, {US}", '{channel: "#a", account: slack-eu}')
    config = loaded(file.replace("${EU}", "${EU:-}"), {"US": "test-us-token"})
    assert "lacks" in config.channels["slack-eu"].options
    assert "lacks" not in config.channels["slack-us"].options
    assert any("sent by Slack (slack-eu) here" in str(one) for one in config.warnings)


async def test_each_account_gets_its_own_channel() -> None:
    """Every account has a client of its own; a channel without any says that it has none."""
    channels = build_channels(loaded(text(f"{OWN}, {EU}"), ENV))
    assert {"slack", "slack/slack-eu", "email", "pagerduty", "webhook"} <= channels.keys()
    assert channels["slack"] is not channels["slack/slack-eu"]
    for channel in channels.values():
        await channel.close()


def test_account_in_use_is_not_warned_of() -> None:
    """The warning is for accounts that nothing names."""
    file = text(EU.replace("${EU}", "test-eu-token"), '{channel: "#a"}')
    assert not any("is used by no target" in one for one in warning_texts(file))
