"""Sources, channels and receivers as the rest of the gateway gets them."""

import pytest

from gateway.channels import build
from gateway.core.plan.plan import Target
from tests.channels.messages import message
from tests.config.texts import REST, faults, loaded, warning_texts

ENV = {"A": "test-a", "B": "test-b"}


def test_a_source_takes_any_of_its_credentials() -> None:
    """An old and a new token are both good while one is being replaced."""
    config = loaded(
        'sources: {am: {type: alertmanager, bearer: ["${A}", "${B}"], hmac: "${B}",'
        ' basic: {username: ana, password: "${A}"}, hmac_header: X-Hub, max_bytes: 2048}}' + REST,
        ENV,
    )
    source = config.sources["am"]
    assert [secret.reveal() for secret in source.bearer] == ["test-a", "test-b"]
    assert [(name, secret.reveal()) for name, secret in source.basic] == [("ana", "test-a")]
    assert (source.hmac_headers, source.max_bytes, source.open) == (("X-Hub",), 2048, False)


def test_new_type_of_source_is_not_built_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without `sources:` two exist; a type that is added later does not open by itself."""
    types = ("alertmanager", "prometheus", "pigeon")
    monkeypatch.setattr("gateway.config.build.sources.SOURCE_TYPES", types)
    config = loaded(REST)
    assert set(config.sources) == {"alertmanager", "prometheus"}
    assert not any("pigeon" in str(one) for one in config.warnings)


def test_an_empty_token_is_no_token() -> None:
    """A source whose token is missing is open and warned of; an empty bearer never matches."""
    text = 'sources: {alertmanager: {bearer: "${NONE:-}"}}' + REST
    assert loaded(text).sources["alertmanager"].open
    assert any('"alertmanager" is open' in str(one) for one in loaded(text).warnings)


def test_the_usual_sources_are_there_undeclared() -> None:
    """`/webhook/alertmanager` and Prometheus' API work without a word, with a warning."""
    config = loaded(REST)
    assert {name: one.type for name, one in config.sources.items()} == {
        "alertmanager": "alertmanager",
        "prometheus": "prometheus",
    }
    assert sum("is open" in one.message for one in config.warnings) == 2


def test_a_declared_source_closes_the_built_in_ones() -> None:
    """Only declared sources exist: protecting one leaves no other one open."""
    config = loaded('sources: {alertmanager: {bearer: "${A}"}}' + REST, ENV)
    assert list(config.sources) == ["alertmanager"]
    assert not any("is open" in one.message for one in config.warnings)


@pytest.mark.parametrize("nothing", ["{}", "", "null", "  # all of them commented out"])
def test_sources_without_an_entry_accept_nothing_and_warn(nothing: str) -> None:
    """An empty `sources:` does not reopen the built-in sources; check says that nothing gets in."""
    config = loaded(f"sources: {nothing}" + REST)
    assert not config.sources
    assert [one.line for one in config.warnings if "declares no source" in one.message] == [1]


def test_a_channel_without_its_token_shows_on_the_console() -> None:
    """The first start needs no account: the notice says which variable is missing."""
    text = (
        'channels: {email: {token: "${POSTMARK_TOKEN:-}", from: a@example.com},'
        ' slack: {token: "${SLACK_TOKEN:-}"}}' + REST
    )
    config = loaded(text)
    assert config.channels["email"].options["provider"] == "console"
    assert config.channels["slack"].options["provider"] == "console"
    assert (
        "routes.yaml:1:27: no POSTMARK_TOKEN: e-mail messages are printed on the console, not sent"
        in warning_texts(text)
    )
    account = loaded(text, {"POSTMARK_TOKEN": "test-postmark-token"}).channels["email"]
    assert "provider" not in account.options
    assert account.secrets["token"].reveal() == "test-postmark-token"


EMPTY = (
    'channels: {email: {token: "${POSTMARK:-}", from: a@example.com},'
    ' slack: {token: "${SLACK:-}"}}\n'
    "receivers:\n"
    '  - {name: a, pagerduty: [{routing_key: "${A:-}"}], webhook: [{url: "${HOOK:-}"}]}\n'
    '  - {name: b, pagerduty: [{routing_key: "${B:-}", severity: critical, name: payments}]}\n'
    "route: {receiver: a, routes: [{receiver: b, matchers: [x=y]}]}\n"
)


def test_while_no_channel_can_send_all_print_on_the_console() -> None:
    """The first start needs no account; each empty token and key is named."""
    config = loaded(EMPTY)
    shown = {name for name, one in config.channels.items() if one.options.get("provider")}
    assert shown == {"email", "slack", "pagerduty", "webhook"}
    assert "routes.yaml:3:41: no A: PagerDuty messages are printed on the console, not sent" in (
        warning_texts(EMPTY)
    )
    options = dict(config.plan.receivers["b"].targets[0].options)
    assert options == {"severity": "critical", "name": "payments"}


async def test_printed_message_names_the_variable_of_its_own_target(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Of two empty routing keys, a printed message names the one that its target lacks."""
    config = loaded(EMPTY)
    channel = build(config.channels["pagerduty"], config.secrets)
    for name in "ab":
        target = config.plan.receivers[name].targets[0]
        await channel.send(message(), target, None)
    await channel.close()
    shown = capsys.readouterr().out
    assert "(not sent: no A)" in shown
    assert "PagerDuty (payments) (not sent: no B)" in shown


@pytest.mark.parametrize(
    ("account", "value"),
    [
        ("POSTMARK", "test-token"),
        ("SLACK", "test-token"),
        ("A", "test-key"),
        ("B", "test-key"),
        ("HOOK", "https://example.com/x"),
    ],
)
def test_as_soon_as_one_can_send_no_page_ends_on_a_console(account: str, value: str) -> None:
    """One rule for all channels and all keys: an empty one is misconfigured, and check says so."""
    config = loaded(EMPTY, {account: value})
    assert not any(one.options.get("provider") for one in config.channels.values())
    empty = {"POSTMARK", "SLACK", "A", "B", "HOOK"} - {account}
    message = [one.message for one in config.warnings if "nothing can be sent by" in one.message]
    assert {one.split()[1].rstrip(":") for one in message} == empty


def test_provider_console_prints_on_purpose() -> None:
    """It neither counts as sending nor is it warned of."""
    text = EMPTY.replace("slack: {token", "pagerduty: {provider: console}, slack: {token")
    config = loaded(text, {"SLACK": "test-token"})
    assert config.channels["pagerduty"].options["provider"] == "console"
    assert not any("no A" in one.message for one in config.warnings)
    alone = loaded(text)
    assert alone.channels["email"].options["provider"] == "console"


def test_each_address_is_a_target_and_knows_its_person() -> None:
    """An address that belongs to somebody under people: is that person, in any letter case."""
    config = loaded(
        "channels: {email: {provider: console}, slack: {provider: console}}\n"
        "people: {ana: {email: ana@example.com, slack: U012ANA}}\n"
        "receivers:\n"
        "  - name: all\n"
        "    email: [{to: [Ana@example.com, ops@example.com]}]\n"
        '    slack: [{channel: "#ops"}, {channel: U012ANA}]\n'
        "    console: [{}]\n"
        "route: {receiver: all}\n"
    )
    assert config.plan.receivers["all"].targets == (
        Target("email", "Ana@example.com", "ana"),
        Target("email", "ops@example.com"),
        Target("slack", "#ops"),
        Target("slack", "U012ANA", "ana"),
        Target("console", "console"),
    )


def test_a_target_listed_twice_is_warned_of_and_notified_once() -> None:
    """The same address twice in a receiver is one target and a warning."""
    text = (
        "channels: {email: {provider: console}}\n"
        "receivers: [{name: all, email: [{to: a@example.com}, {to: a@example.com}]}]\n"
        "route: {receiver: all}\n"
    )
    assert len(loaded(text).plan.receivers["all"].targets) == 1
    assert warning_texts(text) == [
        "routes.yaml:2:59: email: a@example.com is a target of this receiver twice"
    ]


def test_webhook_options_travel_as_names_of_secrets() -> None:
    """Promise 10: a target's bearer token is a name that Config.secrets resolves."""
    config = loaded(
        'receivers: [{name: all, webhook: [{url: "${A}", bearer: "${B}"}]}]\n'
        "route: {receiver: all}\n",
        {"A": "https://example.com/hook", "B": "test-b"},
    )
    (target,) = config.plan.receivers["all"].targets
    assert (target.address, dict(target.options)) == ("${A}", {"bearer": "${B}"})
    assert config.secrets["${B}"].reveal() == "test-b"


def test_an_error_in_an_account_is_the_only_message_about_it() -> None:
    """A channel that is declared wrongly is not reported as missing too."""
    message = faults(
        "channels: {email: 5}\n"
        "receivers: [{name: all, email: [{to: a@example.com}]}]\nroute: {receiver: all}\n"
    )
    assert [(fault.line, fault.path) for fault in message] == [(1, "channels.email")]


ACCOUNTS = """\
channels:
  email: {{token: "${{A}}", from: alerts@example.com, proxy: "{proxy}"}}
  slack: {{token: "${{A}}", signing_secret: "${{A}}", proxy: "{proxy}"}}
  pagerduty: {{proxy: "{proxy}"}}
  webhook: {{proxy: "{proxy}"}}
"""


@pytest.mark.parametrize("proxy", ["http://proxy:3128", "${PROXY}"])
def test_every_account_may_have_a_proxy(proxy: str) -> None:
    """Promise 10: a proxy's URL may hold a password, so channels get it wrapped."""
    env = {**ENV, "PROXY": "http://ana:test-word@proxy:3128"}
    config = loaded(ACCOUNTS.format(proxy=proxy) + REST, env)
    for name in ("email", "slack", "pagerduty", "webhook"):
        result = config.channels[name].secrets["proxy"].reveal()
        assert result == (proxy if "$" not in proxy else env["PROXY"])
    assert "test-word" not in repr(config)


def test_a_password_of_a_proxy_in_the_file_is_warned_of_and_hidden() -> None:
    """Promise 10: it belongs into the environment, and no warning shows it."""
    text = 'channels: {webhook: {proxy: "http://ana:test-word@proxy:3128"}}' + REST
    message = [one for one in warning_texts(text) if "proxy" in one]
    words = "proxy: the URL holds a password; put it into the environment"
    assert message == [f"routes.yaml:1:29: {words}"]
    assert "test-word" not in repr(loaded(text))


@pytest.mark.parametrize(
    ("proxy", "words"),
    [
        ("socks5://proxy:1080", "SOCKS proxies are not supported: write http://HOST:PORT"),
        ("proxy:3128", "not a URL: write http://… or https://…"),
        ("http://proxy:3128/path", "a proxy has no path: write http://HOST:PORT"),
        ("http://proxy:99999", "the port is not a number from 1 to 65535"),
    ],
)
def test_a_proxy_that_cannot_be_used_is_an_error(proxy: str, words: str) -> None:
    """Promise 6: at each account, with its position."""
    result = faults(ACCOUNTS.format(proxy=proxy) + REST, ENV)
    assert [one.path for one in result] == [
        f"channels.{name}.proxy" for name in ("email", "slack", "pagerduty", "webhook")
    ]
    assert all(words in one.message for one in result)


def test_an_empty_reference_is_no_proxy() -> None:
    """The same file serves with a proxy and without one."""
    config = loaded(ACCOUNTS.format(proxy="${PROXY:-}") + REST, ENV)
    assert "proxy" not in config.channels["webhook"].secrets


def test_a_proxy_and_refused_private_addresses_do_not_go_together() -> None:
    """Through a proxy the gateway does not see which address is connected to."""
    text = 'channels: {webhook: {proxy: "http://proxy:3128", private_addresses: refuse}}' + REST
    (result,) = faults(text)
    assert result.path == "channels.webhook.proxy"
    assert "refuse them in the proxy" in result.message
