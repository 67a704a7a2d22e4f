"""Receivers: what they become, with Alertmanager's defaults, and what cannot be kept."""

import json

import pytest
import yaml

from gateway.core.plan.plan import Target
from gateway.core.time.timestamps import parse_duration
from gateway.importers.alertmanager.write.notes import NoteKind
from gateway.importers.alertmanager.write.targets import DEFAULT_PAGERDUTY_SEVERITY
from gateway.importers.alertmanager.write.translate import Translation
from tests.importers.alertmanager.texts import MAIL, WIDE, imported, loaded, lost, notes, receiver
from tests.shared_data import shared

SLACK = "global: {slack_api_url: 'https://hooks.slack.example.com/test-hook'}"


def targets(text: str, general: str = "") -> tuple[Target, ...]:
    """The targets of the one receiver with these integrations."""
    return loaded(receiver(text, general)).plan.receivers["r"].targets


def test_a_whole_file_becomes_targets_of_ours() -> None:
    """Every kind that exists here, each in its receiver."""
    plan = loaded(imported(WIDE)).plan
    assert {name: [one.key for one in each.targets] for name, each in plan.receivers.items()} == {
        "everyone": ["email:admin@example.com", "email:ana@example.com"],
        "billing-pager": ["slack:#billing", "pagerduty:${PAGERDUTY_BILLING_PAGER_KEY}"],
        "platform": [
            "webhook:${WEBHOOK_PLATFORM_URL}",
            "webhook:${file:/etc/alertmanager/hook-url}",
        ],
        "ops": [],
        "nobody": [],
    }


@pytest.mark.parametrize(
    ("integration", "general", "send_resolved"),
    [
        ("email_configs: [{to: a@example.com%s}]", MAIL, False),
        ("slack_configs: [{channel: '#a'%s}]", SLACK, False),
        ("pagerduty_configs: [{routing_key: test-key%s}]", "", True),
        ("webhook_configs: [{url: 'https://a.example.com'%s}]", "", True),
    ],
)
def test_send_resolved_follows_alertmanagers_defaults(
    integration: str, general: str, send_resolved: bool
) -> None:
    """E-mail and Slack send no resolved notification unless the file says so."""
    (target,) = targets(integration % "", general)
    assert target.send_resolved is send_resolved
    for message in (True, False):
        (target,) = targets(integration % f", send_resolved: {message}", general)
        assert target.send_resolved is message


def test_pagerdutys_severity_is_alertmanagers_default() -> None:
    """Alertmanager sends "error" where the file says nothing; a recorded event shows it."""
    (target,) = targets("pagerduty_configs: [{routing_key: test-key}]")
    assert target.options["severity"] == DEFAULT_PAGERDUTY_SEVERITY
    event = json.loads(shared("fixtures/alertmanager/receiver-pagerduty-firing.json").read_text())
    assert f'"severity": "{DEFAULT_PAGERDUTY_SEVERITY}"' in json.dumps(event)


def test_a_severity_from_the_label_is_ours_without_being_said() -> None:
    """What most people write as severity is what happens here anyway."""
    own = "pagerduty_configs: [{routing_key: test-key, severity: '%s'}]"
    translation = receiver(own % "{{ .CommonLabels.severity }}")
    assert "severity" not in loaded(translation).plan.receivers["r"].targets[0].options
    assert not notes(translation, NoteKind.CHANGED)
    assert notes(receiver(own % "{{ .CommonLabels.prio }}"), NoteKind.CHANGED)
    assert "severity: warning" in receiver(own % "warning").text


def test_one_sender_and_several_addresses() -> None:
    """A list of addresses, with names or without; each gets its own mail here."""
    translation = receiver("email_configs: [{to: 'Ana <ana@example.com>, b@example.com'}]", MAIL)
    config = loaded(translation)
    assert [one.address for one in config.plan.receivers["r"].targets] == [
        "ana@example.com",
        "b@example.com",
    ]
    assert config.channels["email"].options["from"] == "alerts@example.com"


def test_what_cannot_stand_under_channels_is_asked_for_or_listed() -> None:
    """A sender that a template makes, and a PagerDuty URL with a password in it."""
    translation = receiver(
        "email_configs: [{to: a@example.com}]\npagerduty_configs: [{routing_key: test-key}]",
        "global: {smtp_smarthost: 'a:25', smtp_from: '{{ .Receiver }}@example.com',"
        " pagerduty_url: 'https://a:b@events.example.com/v2/enqueue'}",
    )
    assert "from: '${EMAIL_FROM}'" in translation.text
    assert any("pagerduty_url: no URL that can stand" in one for one in lost(translation))
    assert loaded(translation).channels["email"].options["from"] == "alerts@example.com"


def test_a_person_in_slack_needs_their_member_id() -> None:
    """The Web API knows no @names."""
    translation = receiver("slack_configs: [{channel: '@ana'}]", SLACK)
    assert any("member id" in one for one in notes(translation, NoteKind.CHANGED))


def test_other_credentials_than_a_bearer_token_are_listed() -> None:
    """A webhook of ours sends a bearer token or what stands in its URL."""
    own = "webhook_configs: [{url: 'https://a.example.com', http_config: {%s}}]"
    for config in ("authorization: {type: Token, credentials: test}", "oauth2: {%s}"):
        config = config.replace("%s", "client_id: a, token_url: b")
        assert any("http_config" in one for one in lost(receiver(own % config)))


@pytest.mark.parametrize(
    ("integration", "message"),
    [
        ("email_configs: [{to: '{{ template \"to\" . }}'}]", "to: a template cannot be translated"),
        ("email_configs: [{to: postmaster}]", "to: not only addresses such as"),
        ("slack_configs: [{channel: '{{ .Receiver }}'}]", "channel: this template cannot be"),
        ("webhook_configs: [{url: 'https://{{ .CommonLabels.a }}/'}]", "url: this template cannot"),
        ("opsgenie_configs: [{api_key: k}]", "opened by Apprise, but never closed"),
    ],
)
def test_a_receiver_without_targets_left_exists_and_says_why(
    integration: str, message: str
) -> None:
    """Routing stays the same: the name is there, and notifies nobody."""
    general = MAIL.rstrip().removesuffix("}") + ", slack_api_url: 'https://a.example.com/test'}"
    translation = receiver(integration, general)
    assert loaded(translation).plan.receivers["r"].targets == ()
    assert any(message in one for one in lost(translation))
    assert any("it notifies nobody" in one for one in lost(translation))
    assert "# not translated (line" in translation.text


def accounts(translation: Translation) -> dict[str, dict[str, str]]:
    """The accounts of Slack by name, with their keys as they are written."""
    written = yaml.safe_load(translation.text)["channels"]
    return {name: one for name, one in written.items() if name.startswith("slack")}


def test_an_incoming_webhook_is_an_account() -> None:
    """The global URL serves every receiver; where it implied the channel, that is asked for."""
    translation = receiver("slack_configs: [{title: x}, {channel: '#b'}]", SLACK)
    assert accounts(translation) == {"slack": {"webhook_url": "${SLACK_WEBHOOK_URL}"}}
    variables = {one.name: one.meaning for one in translation.notes.variables}
    assert variables["SLACK_R_CHANNEL"].startswith("the Slack channel of receiver r")
    assert loaded(translation).channels["slack"].only_posts
    assert [one for one in lost(translation) if "title" not in one] == []


def test_each_incoming_webhook_is_an_account_of_its_own() -> None:
    """Equal URLs share one; a target names its account unless that is called slack."""
    translation = imported(f"""
{SLACK}
route: {{receiver: pay}}
receivers:
  - name: Pay / EU
    slack_configs: [{{channel: '#eu', api_url: 'https://hooks.slack.example.com/test-hook-2'}}]
  - name: pay
    slack_configs:
      - {{channel: '#pay'}}
      - {{channel: '#us', api_url: 'https://hooks.slack.example.com/test-hook-2'}}
      - {{channel: '#file', api_url_file: /etc/hook}}
""")
    assert accounts(translation) == {
        "slack": {"webhook_url": "${SLACK_WEBHOOK_URL}"},
        "slack-pay-eu": {"type": "slack", "webhook_url": "${SLACK_PAY_EU_WEBHOOK_URL}"},
        "slack-pay": {"type": "slack", "webhook_url": "${file:/etc/hook}"},
    }
    used = {
        one.address: one.account
        for each in loaded(translation).plan.receivers.values()
        for one in each.targets
    }
    assert used == {
        "#eu": "slack-pay-eu",
        "#pay": "slack",
        "#us": "slack-pay-eu",
        "#file": "slack-pay",
    }
    assert "test-hook" not in translation.text


def test_an_app_and_a_webhook_are_two_accounts() -> None:
    """A receiver with a webhook of its own beside a global bot token."""
    translation = receiver(
        "slack_configs:\n  - {channel: '#a'}\n"
        "  - {channel: '#b', api_url: 'https://hooks.slack.example.com/test-hook'}",
        "global: {slack_app_token: test-token}",
    )
    written = accounts(translation)
    assert written["slack"]["token"] == "${SLACK_TOKEN}"
    assert written["slack-r"]["webhook_url"] == "${SLACK_R_WEBHOOK_URL}"
    (app, hook) = loaded(translation).plan.receivers["r"].targets
    assert (app.account, hook.account) == ("slack", "slack-r")


@pytest.mark.parametrize(
    ("general", "own", "token"),
    [
        ("global: {slack_app_token: test-token}", "", "${SLACK_TOKEN}"),
        ("global: {slack_app_token_file: /etc/slack}", "", "${file:/etc/slack}"),
        ("", ", app_token: test-token", "${SLACK_TOKEN}"),
        (
            "global: {slack_api_url: 'https://slack.com/api/chat.postMessage'}",
            ", http_config: {authorization: {credentials: test-token}}",
            "${SLACK_TOKEN}",
        ),
    ],
)
def test_a_bot_token_is_taken_from_wherever_it_stands(general: str, own: str, token: str) -> None:
    """All the ways that Alertmanager knows; none of them writes the token."""
    translation = receiver(f"slack_configs: [{{channel: '#a'{own}}}]", general)
    assert f"token: '{token}'" in translation.text
    assert "test-token" not in translation.text
    assert not lost(translation)


def test_a_second_bot_token_is_mentioned() -> None:
    """One account serves all of Slack here."""
    translation = receiver(
        "slack_configs:\n  - {channel: '#a', app_token: test-one}\n"
        "  - {channel: '#b', app_token: test-two}"
    )
    assert ["another bot token" in one for one in lost(translation)] == [True]


def test_the_same_secret_is_one_variable_and_another_one_is_another() -> None:
    """Names are made of the receivers' names, and no two secrets share one."""
    translation = imported("""
route: {receiver: a b}
receivers:
  - {name: a b, pagerduty_configs: [{routing_key: test-1}, {routing_key: test-2}]}
  - {name: c, pagerduty_configs: [{routing_key: test-1}]}
  - {name: 日本, pagerduty_configs: [{routing_key: test-3}]}
""")
    assert [one.name for one in translation.notes.variables] == [
        "PAGERDUTY_A_B_KEY",
        "PAGERDUTY_A_B_KEY_2",
        "PAGERDUTY_KEY",
    ]
    (target,) = loaded(translation).plan.receivers["c"].targets
    assert target.address == "${PAGERDUTY_A_B_KEY}"


def test_pagerdutys_service_key_needs_another_key() -> None:
    """It is for the Events API v1."""
    translation = receiver("pagerduty_configs: [{service_key: test-key}]")
    assert "routing_key: '${PAGERDUTY_R_KEY}'" in translation.text
    assert "Events API v1" in notes(translation, NoteKind.CHANGED)[0]


def test_credentials_of_a_webhook_are_kept_where_they_can_be() -> None:
    """A bearer token, from the global section as well; basic_auth goes into the URL."""
    (target,) = targets(
        "webhook_configs: [{url: 'https://a.example.com'}]",
        "global: {http_config: {bearer_token_file: /etc/token}}",
    )
    assert target.options["bearer"] == "${file:/etc/token}"
    translation = receiver(
        "webhook_configs:\n  - url: https://a.example.com\n"
        "    http_config: {basic_auth: {username: a, password: test-password}}"
    )
    (variable,) = translation.notes.variables
    assert "https://NAME:PASSWORD@HOST/PATH" in variable.meaning
    assert not lost(translation)


@pytest.mark.parametrize(
    ("timeout", "translated", "differs"),
    [
        ("5s", "5s", 0),
        ("1.5s", "1s500ms", 0),
        ("0", None, 0),
        ("5m", "30s", 1),
        ("1ms", "100ms", 1),
    ],
)
def test_the_timeout_of_a_webhook_is_kept_within_ours(
    timeout: str, translated: str | None, differs: int
) -> None:
    """Go's durations, which may have fractions; ours end before the lease does."""
    url = "https://a.example.com"
    translation = receiver(f"webhook_configs: [{{url: '{url}', timeout: {timeout}}}]")
    (target,) = loaded(translation).plan.receivers["r"].targets
    assert target.options.get("timeout") == (translated and str(parse_duration(translated)))
    assert len(notes(translation, NoteKind.CHANGED)) == differs


def test_what_a_file_may_not_be_called_becomes_a_variable() -> None:
    """A reference ends at its brace; a relative path begins elsewhere here, which is said."""
    odd = receiver("pagerduty_configs: [{routing_key_file: '/etc/{a}/b'}]")
    assert "routing_key: '${PAGERDUTY_R_KEY}'" in odd.text
    near = receiver("pagerduty_configs: [{routing_key_file: keys/b}]")
    assert "routing_key: '${file:keys/b}'" in near.text
    assert "the folder of routes.yaml" in notes(near, NoteKind.CHANGED)[0]


def test_everything_else_is_listed_with_its_line() -> None:
    """Nothing is dropped silently: keys, sections, templates, all that has no counterpart."""
    message = lost(
        receiver(
            "labels: {team: a}\n"
            "email_configs:\n"
            "  - {to: a@example.com, headers: {To: b}, html: '{{ template \"x\" . }}'}\n"
            "slack_configs:\n"
            "  - {channel: '#a', color: good, timeout: 3s, message_strategy: new}\n"
            "pagerduty_configs:\n"
            "  - {routing_key: test-key, client: c, details: {a: b}, url: 'https://p.example.com'}\n"
            "webhook_configs:\n"
            "  - {url: 'https://a.example.com', http_config: {tls_config: {}}}\n",
            "global: {smtp_smarthost: 'a:25', smtp_from: a@example.com, slack_app_token: test-tok,"
            " victorops_api_key: k, http_config: {tls_config: {}}}\n"
            "templates: [a.tmpl]\ntracing: {a: b}",
        )
    )
    for line, words in (
        (1, "victorops_api_key"),
        (1, "http_config"),
        (2, "templates"),
        (3, "tracing"),
        (7, "labels"),
        (9, "headers: To"),
        (9, "html"),
        (11, "color"),
        (11, "message_strategy"),
        (11, "timeout"),
        (13, "client and details"),
        (13, "url"),
        (15, "http_config: tls_config"),
    ):
        assert any(one.startswith(f"{line}: {words}") for one in message), (line, words, message)


def test_a_global_proxy_becomes_the_proxy_of_every_account_but_smtps() -> None:
    """Alertmanager's proxy_url is for all receivers; the environment's proxies are not used."""
    made = receiver(
        "slack_configs: [{channel: '#a'}]\n"
        "pagerduty_configs: [{routing_key: test-key}]\n"
        "webhook_configs: [{url: 'https://a.example.com'}]\n"
        "email_configs: [{to: a@example.com}]\n",
        "global: {smtp_smarthost: 'a:25', smtp_from: a@example.com, slack_app_token: test-tok,"
        " http_config: {proxy_url: 'http://ana:test-word@proxy:3128'}}",
    )
    assert made.text.count("proxy: '${PROXY_URL}'") == 3, "mail goes past it"
    assert "test-word" not in made.text
    assert not any("http_config" in one for one in lost(made))


def test_a_socks_proxy_is_said_to_be_lost() -> None:
    """Nothing is dropped in silence: the line says what can be written instead."""
    made = receiver(
        "webhook_configs: [{url: 'https://a.example.com'}]\n",
        "global: {http_config: {proxy_url: 'socks5://proxy:1080'}}",
    )
    assert any("proxy_url: SOCKS proxies are not supported" in one for one in lost(made))
