"""Alertmanager's further integrations: what they become, and which are refused, with advice."""

import pytest

from gateway.channels.apprise.requests_shim import load_library
from gateway.core.plan.plan import Target
from gateway.core.plan.service_url import service_url
from gateway.importers.alertmanager.read.integrations import FURTHER_INTEGRATIONS
from gateway.importers.alertmanager.write.notes import NoteKind
from gateway.importers.alertmanager.write.service_targets import REFUSED, SERVICES
from gateway.importers.alertmanager.write.translate import Translation
from tests.importers.alertmanager.texts import loaded, lost, notes, receiver

TEAMS = (
    "https://prod-12.westeurope.logic.azure.com:443/workflows/test-id/triggers/manual/paths/invoke"
    "?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=test-signature"
)
SERVICE_CASES = [
    # (the integration, its global settings, what the variable holds)
    (
        "discord_configs: [{webhook_url: 'https://discord.com/api/webhooks/123/test-token'}]",
        "",
        "discord://ID/TOKEN, the last two parts of its webhook_url",
    ),
    (
        f"msteamsv2_configs: [{{webhook_url: '{TEAMS}'}}]",
        "",
        "workflows://HOST/ID/SIGNATURE, of its webhook_url",
    ),
    (
        "msteams_configs: [{webhook_url: 'https://a.webhook.office.com/webhookb2/test'}]",
        "",
        "workflows://HOST/ID/SIGNATURE, of the URL of a new workflow in Teams",
    ),
    (
        "pushover_configs: [{user_key: test-user-key, token: test-app-token, priority: '1'}]",
        "",
        "pover://USER_KEY@TOKEN?priority=high",
    ),
    (
        "telegram_configs: [{bot_token: '1:test-bot-token', chat_id: -1001234, parse_mode: HTML}]",
        "",
        "tgram://BOT_TOKEN/-1001234",
    ),
    (
        "telegram_configs: [{chat_id: 42, message_thread_id: 7, disable_notifications: true}]",
        "global: {telegram_bot_token: '123:test-bot-token'}",
        "tgram://BOT_TOKEN/42:7?silent=yes",
    ),
    (
        "webex_configs: [{room_id: Y2lz, http_config: {authorization: {credentials: test-bot}}}]",
        "",
        "wxteams://TOKEN/Y2lz?mode=bot, with the credentials of http_config as TOKEN",
    ),
    (
        "rocketchat_configs: [{channel: '#alerts', api_url: 'https://chat.example.com/',"
        " token_id: test-id, token: test-token}]",
        "",
        "rockets://TOKEN_ID:TOKEN@chat.example.com/%23alerts",
    ),
    (
        "mattermost_configs: [{webhook_url: 'https://m.example.com/hooks/test-hook', channel: o}]",
        "",
        "mmosts://HOST/TOKEN?channels=o, the host and the last part of its webhook_url",
    ),
    (
        "sns_configs: [{topic_arn: 'arn:aws:sns:eu-west-1:123456789012:alerts',"
        " sigv4: {access_key: test-access, secret_key: test-secret-key}}]",
        "",
        "sns://ACCESS_KEY/SECRET_KEY/eu-west-1/alerts",
    ),
]
SECRETS = (
    *("test-token", "test-signature", "test-user-key", "test-app-token", "test-bot-token"),
    *("test-bot", "test-hook", "test-secret-key"),
)


def target(translation: Translation) -> Target:
    """Return the one target of the new file."""
    (only,) = loaded(translation).plan.receivers["r"].targets
    return only


@pytest.mark.parametrize(
    ("integration", "general", "form"), SERVICE_CASES, ids=[one[0][:12] for one in SERVICE_CASES]
)
def test_service_becomes_a_target_of_apprise(integration: str, general: str, form: str) -> None:
    """Its URL is a variable, and the table says how to put it together; no secret is written."""
    translation = receiver(integration, general)
    only = target(translation)
    assert only.channel == "apprise"
    (variable,) = translation.notes.variables
    assert only.address == f"${{{variable.name}}}"
    assert variable.name.endswith("_R_URL")
    assert form in variable.meaning
    assert not any(secret in translation.text for secret in SECRETS)
    assert any("sent through Apprise" in one for one in notes(translation, NoteKind.CHANGED))


@pytest.mark.parametrize("kind", sorted(SERVICES))
def test_placeholder_is_a_service_that_apprise_may_reach(kind: str) -> None:
    """The new file loads with it, so its routing can be compared before the variables are set."""
    assert service_url(SERVICES[kind].placeholder)


def test_defaults_of_send_resolved_are_alertmanagers() -> None:
    """config/notifiers.go: Rocket.Chat gets no resolved notification unless the file says so."""
    own = "api_url: 'https://chat.example.com/', token_id: i, token: t"
    assert not target(receiver(f"rocketchat_configs: [{{{own}}}]")).send_resolved
    assert target(receiver(f"rocketchat_configs: [{{{own}, send_resolved: true}}]")).send_resolved
    discord = "discord_configs: [{webhook_url: 'https://discord.com/api/webhooks/1/t'%s}]"
    assert target(receiver(discord % "")).send_resolved
    assert not target(receiver(discord % ", send_resolved: false")).send_resolved


@pytest.mark.parametrize(
    ("integration", "words"),
    [
        ("opsgenie_configs: [{api_key: k}]", "`gateway import oncall` takes over the schedules"),
        ("victorops_configs: [{api_key: k, routing_key: r}]", "declare rotas: and escalations:"),
        (
            "jira_configs: [{api_url: 'https://j.example.com', project: P, issue_type: Bug}]",
            "an incoming webhook of Jira Automation",
        ),
        ("wechat_configs: [{api_secret: s, corp_id: c}]", "apprise: [{service: wecombot://KEY}]"),
        ("sns_configs: [{phone_number: '+4915112345678'}]", "sms: [{number: …}]"),
        ("sns_configs: [{target_arn: 'arn:aws:sns:a:1:endpoint/b'}]", "see ntfy.md"),
    ],
)
def test_what_has_no_counterpart_is_refused_with_advice(integration: str, words: str) -> None:
    """The receiver stays, so routing is the same, and the line says what to do instead."""
    translation = receiver(integration)
    assert loaded(translation).plan.receivers["r"].targets == ()
    assert any(words in one for one in lost(translation)), lost(translation)


def test_each_integration_is_translated_or_refused() -> None:
    """Nothing that Alertmanager has is dropped without a word."""
    assert set(FURTHER_INTEGRATIONS) == {*SERVICES, *REFUSED, "incidentio"}
    assert not set(SERVICES) & set(REFUSED)


def test_incident_io_gets_the_webhook() -> None:
    """Its alert source for Alertmanager takes the webhook's body, with a bearer token."""
    translation = receiver(
        "incidentio_configs: [{url: 'https://api.incident.io/v2/alert_events/alertmanager/test',"
        " alert_source_token: test-source-token, max_alerts: 5, metadata: {a: b}}]"
    )
    only = target(translation)
    assert (only.channel, only.address) == ("webhook", "${INCIDENTIO_R_URL}")
    assert only.options["bearer"] == "${INCIDENTIO_R_TOKEN}"
    assert only.options["max_alerts"] == "5"
    assert any("metadata" in one for one in lost(translation))
    assert "test-source-token" not in translation.text


def test_several_services_of_a_receiver_stand_side_by_side() -> None:
    """Each has a variable of its own."""
    translation = receiver(
        "discord_configs: [{webhook_url: 'https://discord.com/api/webhooks/1/a'}]\n"
        "telegram_configs:\n  - {bot_token: b, chat_id: 1}\n  - {bot_token: b, chat_id: 2}\n"
        "webhook_configs: [{url: 'https://a.example.com'}]\n"
    )
    targets = loaded(translation).plan.receivers["r"].targets
    assert [one.channel for one in targets] == ["apprise", "apprise", "apprise", "webhook"]
    assert len({one.address for one in targets}) == 4


def test_own_texts_and_layout_are_listed() -> None:
    """A template that only names fields is given in Jinja; what no service has is lost."""
    translation = receiver(
        "discord_configs:\n  - {webhook_url: 'https://discord.com/api/webhooks/1/a',"
        " title: '{{ .CommonLabels.alertname }}', username: bot}\n"
    )
    changed = notes(translation, NoteKind.CHANGED)
    assert any("title: the text is that of templates/apprise/text.j2" in one for one in changed)
    assert any("username" in one for one in lost(translation))


@pytest.mark.parametrize(
    ("general", "words"),
    [
        ("telegram_bot_token: t", "telegram_bot_token: no receiver uses them"),
        ("opsgenie_api_key: k", "opsgenie_api_key: see the receivers that use them"),
    ],
)
def test_global_settings_without_use_are_listed(general: str, words: str) -> None:
    """They make nothing of the new file."""
    translation = receiver(
        "webhook_configs: [{url: 'https://a.example.com'}]", f"global: {{{general}}}"
    )
    assert any(words in one for one in lost(translation))


@pytest.mark.parametrize(
    "url",
    [
        "discord://123456789012345678/testTOKEN_0123456789abcdefghij",
        "workflows://prod-12.westeurope.logic.azure.com:443/testid68119179a10a64/testSIGNATURE",
        "workflows://a.environment.api.powerplatform.com/testid68119179a10a64/testSIGN?pa=yes",
        "pover://utest456789abcdefghijklmnopqrs@atest456789abcdefghijklmnopqrs/phone?priority=high",
        "tgram://123456789:test_hijklmnop/-1001234",
        "tgram://123456789:test_hijklmnop/42:7?silent=yes",
        "wxteams://TESTabcZTMwMzE1ZjAtABC_PF84_1eb65fdf-9643/Y2lzY29zcGFyazovL3VzL1JPT00vYQ?mode=bot",
        "rockets://test-id:testdefghijklmnopqrstuvwxyz0123456789@chat.example.com/%23alerts",
        "mmosts://mm.example.com/test3474722377935511fc85d3dd4?channels=ops",
        "sns://AHIATEST76XIMXDBIJYA/testSdO22pfaaVy/eu-west-1/alerts",
        "wecombot://testkey0123456789",
    ],
)
def test_forms_of_the_table_are_read_by_apprise(url: str) -> None:
    """Put together as the table of variables says, a URL leads to the service."""
    assert load_library().Apprise.instantiate(service_url(url)) is not None
