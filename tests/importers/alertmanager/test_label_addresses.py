"""Addresses that Alertmanager makes by templates: what they become, and what is listed."""

import pytest

from gateway.core.plan.plan import Target
from gateway.core.plan.recipients import targets_for
from gateway.importers.alertmanager.write.notes import NoteKind
from gateway.importers.alertmanager.write.translate import Translation
from tests.importers.alertmanager.texts import imported, loaded, lost, notes, proven

HEAD = """
global:
  smtp_smarthost: smtp.example.com:587
  smtp_from: alerts@example.com
  slack_app_token: test-token
route:
  receiver: root
  routes:
    - {receiver: r, group_by: [team], matchers: ['team=~"billing|platform"']}
    - {receiver: r, group_by: [team], matchers: ['team="edge"', 'kind="x y"']}
receivers:
  - name: root
    slack_configs: [{channel: '#all'}]
    email_configs: [{to: admin@example.com}]
  - name: r
"""
NO_FIXED = HEAD.replace("    slack_configs: [{channel: '#all'}]\n", "").replace(
    "    email_configs: [{to: admin@example.com}]\n", ""
)


def with_target(integration: str, head: str = HEAD) -> Translation:
    """The translation of a file whose second receiver has this integration."""
    return imported(f"{head}    {integration}\n")


def targets(translation: Translation, **labels: str) -> dict[str, str]:
    """The addresses of the second receiver by their channels, for these labels."""
    receiver = loaded(translation).plan.receivers["r"]
    listed: tuple[Target, ...] = targets_for(receiver, labels)
    return {one.channel: one.address for one in listed}


@pytest.mark.parametrize(
    ("channel", "labels", "address"),
    [
        ("#{{ .CommonLabels.team }}-alerts", {"team": "billing"}, "#billing-alerts"),
        ("#{{ .GroupLabels.team }}-alerts", {"team": "billing"}, "#billing-alerts"),
        ("#{{ .CommonLabels.team | toLower }}", {"team": "Billing"}, "#billing"),
        ('#{{ index .CommonLabels "k8s-team" }}', {"k8s-team": "billing"}, "#billing"),
        ("{{ .CommonLabels.channel }}", {"channel": "#billing"}, "#billing"),
        ("{{ .CommonLabels.channel }}", {"channel": "billing"}, "billing"),
        ("#{{ .CommonLabels.team }}-alerts", {}, "#all"),
        ("#{{ .CommonLabels.team }}-alerts", {"team": "a b"}, "#all"),
        (
            "{{ if .CommonLabels.team }}#{{ .CommonLabels.team }}{{ else }}#other{{ end }}",
            {"team": "billing"},
            "#billing",
        ),
        (
            "{{ if .CommonLabels.team }}#{{ .CommonLabels.team }}{{ else }}#other{{ end }}",
            {},
            "#other",
        ),
    ],
)
def test_channel_of_a_template_is_a_channel_by_label(
    channel: str, labels: dict[str, str], address: str
) -> None:
    """Without the label: the template's own `else`, or the channel of the root route's receiver."""
    translation = with_target(f"slack_configs: [{{channel: '{channel}'}}]")
    assert targets(translation, **labels) == {"slack": address}
    assert any("narrow it" in one for one in notes(translation, NoteKind.CHANGED))
    assert not [one for one in lost(translation) if "channel" in one]
    assert not proven(translation).difference


@pytest.mark.parametrize(
    "channel",
    [
        '{{ template "channel" . }}',
        "#{{ .Receiver }}",
        "#{{ .CommonAnnotations.channel }}",
        '{{ if eq .CommonLabels.severity "critical" }}#page{{ else }}#all{{ end }}',
        "{{ if .CommonLabels.a }}#{{ .CommonLabels.team }}{{ else }}#all{{ end }}",
        "#{{ .CommonLabels.team | title }}",
        "#{{ range .Alerts }}{{ .Labels.team }}{{ end }}",
    ],
)
def test_channel_that_is_more_than_labels_is_listed_with_what_to_write(channel: str) -> None:
    """The receiver stays, and nothing else of it changes."""
    translation = with_target(f"slack_configs: [{{channel: '{channel}'}}]")
    assert targets(translation) == {}
    [line] = [one for one in lost(translation) if "channel: " in one]
    assert "this template cannot be translated" in line
    assert "with `allow` and `otherwise`" in line


def test_target_without_a_fixed_address_anywhere_gets_a_variable() -> None:
    """Somebody must be notified, and the file does not say who."""
    text = "slack_configs: [{channel: '#{{ .CommonLabels.team }}'}]"
    translation = with_target(text, NO_FIXED)
    assert "otherwise: ${SLACK_R_OTHERWISE}" in translation.text.replace("'", "").replace('"', "")
    [variable] = [one for one in translation.notes.variables if "OTHERWISE" in one.name]
    assert variable.meaning == "where Slack goes if team is missing, for receiver r"


def test_addresses_of_mail_are_fixed_and_by_label_beside_each_other() -> None:
    """A list of both, with names or without; only the template's own domain is allowed."""
    to = "Ana <ana@example.com>, {{ .CommonLabels.team }}@example.net"
    translation = with_target(f"email_configs: [{{to: '{to}'}}]")
    receiver = loaded(translation).plan.receivers["r"]
    addresses = [one.address for one in targets_for(receiver, {"team": "billing"})]
    assert addresses == ["ana@example.com", "billing@example.net"]
    assert targets(translation) == {"email": "admin@example.com"}


def test_label_with_a_whole_address_is_allowed_for_the_senders_domain() -> None:
    """Labels come from anyone who may post alerts, so they cannot send mail to everyone."""
    translation = with_target("email_configs: [{to: '{{ .CommonLabels.owner }}'}]")
    assert targets(translation, owner="ben@example.com") == {"email": "ben@example.com"}
    assert targets(translation, owner="eve@example.org") == {"email": "admin@example.com"}
    assert targets(translation, owner="a@example.com,b@example.com") == {
        "email": "admin@example.com"
    }


def test_address_that_cannot_be_translated_leaves_the_others() -> None:
    """The fixed addresses stay, and the remark says what to write."""
    to = 'ana@example.com, {{ template "to" . }}'
    translation = with_target(f"email_configs: [{{to: '{to}'}}]")
    assert targets(translation) == {"email": "ana@example.com"}
    assert any("to: a template cannot be translated" in one for one in lost(translation))


def test_routing_key_by_label_has_a_key_for_each_value_of_the_routes() -> None:
    """Keys are secrets: each is a variable, and none is made of a label."""
    key = "{{ .CommonLabels.team | toLower }}"
    translation = with_target(f"pagerduty_configs: [{{routing_key: '{key}'}}]")
    assert targets(translation, team="billing") == {"pagerduty": "${PAGERDUTY_R_BILLING_KEY}"}
    assert targets(translation, team="edge") == {"pagerduty": "${PAGERDUTY_R_EDGE_KEY}"}
    assert targets(translation, team="hr") == {"pagerduty": "${PAGERDUTY_R_KEY}"}
    meanings = {one.name: one.meaning for one in translation.notes.variables}
    assert meanings["PAGERDUTY_R_EDGE_KEY"] == (
        'routing_key of receiver r for alerts with team="edge"'
    )
    assert any("a key for each team" in one for one in notes(translation, NoteKind.CHANGED))


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("{{ .CommonLabels.pd_key }}", "no route names a pd_key: write {label: pd_key, keys: "),
        ("{{ .CommonLabels.kind }}", "no route names a kind"),
        ("{{ .CommonLabels.a }}{{ .CommonLabels.b }}", "this template cannot be translated"),
        ('{{ template "key" . }}', "this template cannot be translated"),
    ],
)
def test_other_routing_key_becomes_one_key_and_a_remark(key: str, message: str) -> None:
    """Nobody is left unpaged: one key for all, and what to write for several."""
    translation = with_target(f"pagerduty_configs: [{{routing_key: '{key}'}}]")
    assert targets(translation, team="billing") == {"pagerduty": "${PAGERDUTY_R_KEY}"}
    assert any(message in one for one in lost(translation))
