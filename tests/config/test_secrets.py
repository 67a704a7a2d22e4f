"""References and secrets: taken from outside, never shown, known by a name that is safe."""

import re

import pytest

from gateway.config.load import ConfigError, load
from tests.config.texts import REST, Files, faults, loaded, warning_texts

PAGER = (
    'receivers: [{{name: all, pagerduty: [{{routing_key: "{key}"}}]}}]\nroute: {{receiver: all}}\n'
)
ROUTE = "route: {receiver: all}\n"


def test_a_reference_names_the_target_and_its_secret() -> None:
    """Promise 10: what is stored of a routing key is the reference that resolves it."""
    config = loaded(PAGER.format(key="${BILLING_KEY}"), {"BILLING_KEY": "test-routing-key"})
    (target,) = config.plan.receivers["all"].targets
    assert target.address == "${BILLING_KEY}"
    assert config.secrets[target.address].reveal() == "test-routing-key"


def test_a_default_does_not_change_the_target() -> None:
    """A target stays the same when its default goes away, and the default is not in its name."""
    config = loaded(PAGER.format(key="${BILLING_KEY:-test-default-key}"))
    (target,) = config.plan.receivers["all"].targets
    assert target.address == "${BILLING_KEY}"
    assert config.secrets[target.address].reveal() == "test-default-key"


def test_a_secret_in_the_file_is_known_by_its_hash_and_warned_of() -> None:
    """Promise 10: a literal secret is not stored in clear either."""
    text = PAGER.format(key="test-routing-key")
    (target,) = loaded(text).plan.receivers["all"].targets
    assert re.fullmatch("sha256:[0-9a-f]{12}", target.address)
    assert loaded(text).secrets[target.address].reveal() == "test-routing-key"
    (message,) = warning_texts(text)
    assert "put it into the environment" in message


def test_a_mounted_file_is_read_without_its_last_line_break() -> None:
    """`${file:PATH}` is the content as an editor or a secret store wrote it."""
    config = loaded(
        PAGER.format(key="${file:/run/secrets/key}"),
        files={"/run/secrets/key": b"test-routing-key\n"},
    )
    assert config.secrets["${file:/run/secrets/key}"].reveal() == "test-routing-key"


def test_a_relative_file_is_beside_the_plan() -> None:
    """A relative path counts from the folder of routes.yaml, wherever the gateway was started."""
    from pathlib import Path

    files = Files({"etc/key": b"test-routing-key", "etc/routes.yaml": b""})
    files["etc/routes.yaml"] = PAGER.format(key="${file:key}").encode()
    config = load(Path("etc/routes.yaml"), env={}, read_file=files.read)
    assert config.secrets["${file:key}"].reveal() == "test-routing-key"


def test_references_stand_anywhere_in_a_text() -> None:
    """Part of a URL, a name, a duration: any value may come from outside; `$${` is plain."""
    config = loaded(
        "receivers:\n"
        "  - {name: '$${A}', webhook: [{url: 'https://example.com/${TOKEN}/in'}]}\n"
        "route: {receiver: '$${A}', repeat_interval: '${HOURS}h'}\n",
        {"TOKEN": "test-token", "HOURS": "3"},
    )
    (target,) = config.plan.receivers["${A}"].targets
    assert target.address == "https://example.com/${TOKEN}/in"
    assert config.secrets[target.address].reveal() == "https://example.com/test-token/in"
    assert config.plan.root.repeat_interval == 3 * 3600


def test_a_literal_url_is_its_own_address() -> None:
    """A webhook URL without anything secret is stored as it is."""
    config = loaded(
        "receivers: [{name: all, webhook: [{url: 'https://example.com/in', max_alerts: 5}]}]\n"
        "route: {receiver: all}\n"
    )
    (target,) = config.plan.receivers["all"].targets
    assert (target.address, dict(target.options)) == ("https://example.com/in", {"max_alerts": "5"})


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.slack.com/services/T0/B0/test-token",
        "https://discord.com/api/webhooks/1/test-token",
        "https://example.com/hook?room=1&access_token=test-token",
        "https://example.com/hook?key=test-token",
    ],
)
def test_a_url_that_is_its_own_key_is_a_secret(url: str) -> None:
    """Promise 10: pasted into the file it is neither stored nor shown, and that is warned of."""
    config = loaded(
        f"receivers: [{{name: all, webhook: [{{url: '{url}'}}]}}]\nroute: {{receiver: all}}\n"
    )
    (target,) = config.plan.receivers["all"].targets
    assert "test-token" not in target.address
    assert config.secrets[target.address].reveal() == url
    message = [str(one) for one in config.warnings if "holds a token" in one.message]
    assert len(message) == 1
    assert "test-token" not in message[0]


@pytest.mark.parametrize("written", ["$SLACK_TOKEN", "%SLACK_TOKEN%", "{{ SLACK_TOKEN }}"])
def test_what_other_programs_would_replace_is_warned_of(written: str) -> None:
    """It is not a reference here, and no vendor gives a token that reads like one."""
    text = f"channels: {{slack: {{token: '{written}'}}}}{REST}"
    message = [one for one in warning_texts(text) if "token:" in one]
    assert len(message) == 1
    assert message[0].endswith("as the secret itself; ${NAME}, with braces, reads the environment")
    assert "SLACK" not in message[0]


def test_a_plain_url_is_no_secret() -> None:
    """What holds no token is shown, so that people see where messages go."""
    url = "https://example.com/hooks/alerts?team=billing&monkey=1"
    config = loaded(
        f"receivers: [{{name: all, webhook: [{{url: '{url}'}}]}}]\nroute: {{receiver: all}}\n"
    )
    (target,) = config.plan.receivers["all"].targets
    assert target.address == url


def test_a_url_with_a_password_is_a_secret() -> None:
    """Promise 10: a password inside of a URL is neither stored nor shown."""
    text = (
        "receivers: [{name: all, webhook: [{url: 'https://ana:test-password@example.com'}]}]\n"
        "route: {receiver: all}\n"
    )
    (target,) = loaded(text).plan.receivers["all"].targets
    assert target.address.startswith("sha256:")
    (message,) = warning_texts(text)
    assert "the URL holds a password" in message


@pytest.mark.parametrize("bearer", ["''", "'${NONE:-}'"])
def test_an_empty_bearer_of_a_target_keeps_the_channels_from_it(bearer: str) -> None:
    """A target that says its own token, and has none, is not sent the one of all the others."""
    config = loaded(
        "channels: {webhook: {bearer: '${HOOK}'}}\nreceivers: [{name: all, webhook: ["
        f"{{url: 'https://a.example.com', bearer: {bearer}}}, {{url: 'https://b.example.com'}}]}}]\n"
        "route: {receiver: all}\n",
        {"HOOK": "test-hook"},
    )
    options = [dict(target.options) for target in config.plan.receivers["all"].targets]
    assert options == [{"bearer": ""}, {}]


def test_a_variable_that_is_set_but_empty_is_an_error() -> None:
    """An empty token must not pass for one: only `${NAME:-}` allows it."""
    (fault,) = faults(PAGER.format(key="${BILLING_KEY}"), {"BILLING_KEY": ""})
    assert fault.message == "the environment variable BILLING_KEY is set, but empty"


SECRET = "test-very-secret"


@pytest.mark.parametrize(
    "text",
    [
        f"channels: {{slack: {{token: {SECRET}, tokn: {SECRET}}}}}\n",
        f"channels: {{slack: {{token: [{SECRET}]}}}}\n",
        'channels: {email: {provider: console, from: "${SECRET}"}}\n',
        f'channels: {{slack: {{token: "{SECRET}${{"}}}}\n',
        'severities: {critical: {rank: 1, group_wait: "${SECRET}"}}\n',
        f'channels: {{slack: {{token: "${{NONE}}{SECRET}"}}}}\n',
        f"receivers: [{{name: b, webhook: [{{url: 'htp://ana:{SECRET}@example.com'}}]}}]\n",
        "receivers: [{name: b, webhook: [{url: '${SECRET}'}]}]\n",
        f"receivers: [{{name: b, pagerduty: [{{routing_key: '${{NO:-{SECRET}}}', a: 1}}]}}]\n",
        f"sources: {{alertmanager: {{bearer: {SECRET}, hmac: {{a: {SECRET}}}}}}}\n",
        f"channels: {{slack: {{token: {SECRET}\n",
    ],
)
def test_no_complaint_shows_a_secret(text: str) -> None:
    """Promise 10: no error beside, in or around a secret shows its value."""
    with pytest.raises(ConfigError) as caught:
        loaded(text, {"SECRET": SECRET})
    shown = repr(caught.value.problems) + str(caught.value) + repr(caught.value.warnings)
    assert SECRET not in shown


def test_no_config_shows_a_secret() -> None:
    """Promise 10: printing everything that was loaded shows no secret."""
    config = loaded(
        'sources: {alertmanager: {bearer: ["${SECRET}"],'
        ' basic: {username: a, password: "${SECRET}"}}}\n'
        'channels: {slack: {token: "${SECRET}", signing_secret: "${SECRET}"}}\n'
        'receivers: [{name: all, pagerduty: [{routing_key: "${SECRET}"}],'
        ' webhook: [{url: "https://example.com/${SECRET}", bearer: "${SECRET}"}]}]\n'
        "route: {receiver: all}\n",
        {"SECRET": SECRET},
    )
    assert SECRET not in repr(config)
    assert config.channels["slack"].secrets["token"].reveal() == SECRET


def test_a_large_or_binary_secret_file_is_refused() -> None:
    """A path that leads to something else than a secret is an error, not a huge header."""
    for content, message in (
        (b"x" * 70_000, "larger"),
        (b"\xff\xfe", "not UTF-8"),
        (b"\n", "empty"),
    ):
        with pytest.raises(ConfigError, match=message):
            loaded(
                'sources: {alertmanager: {bearer: "${file:/big}"}}' + REST, files={"/big": content}
            )


@pytest.mark.parametrize("value", [" ", "test-token ", "\ttest-token", "test-token\n"])
@pytest.mark.parametrize(
    "text",
    [
        'sources: {alertmanager: {bearer: "${TOKEN}"}}\n',
        'sources: {alertmanager: {hmac: "${TOKEN}"}}\n',
        'sources: {alertmanager: {basic: {username: am, password: "${TOKEN}"}}}\n',
        'channels: {slack: {token: "${TOKEN}"}}\n',
    ],
)
def test_a_secret_with_white_space_around_it_is_refused(text: str, value: str) -> None:
    """A token that no sender can send is an error of the file, reported without its value."""
    (fault,) = faults(text + REST, {"TOKEN": value})
    assert "white space" in fault.message
    assert "test-token" not in str(fault)
