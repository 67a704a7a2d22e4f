"""Promise 10: whatever is secret in an alertmanager.yml is in nothing that comes of it."""

import json

from gateway.cli import import_report
from tests.importing.texts import WIDE, imported, loaded, receiver

SECRETS = ("test-smtp-password", "test-slack-hook", "test-opsgenie-key", "test-pagerduty-key",
           "test-webhook-path", "test-webhook-token")  # fmt: skip


def test_no_secret_is_in_the_file_the_report_or_a_repr() -> None:
    """Nor in the accounts of the plan that is made of it."""
    assert all(secret in WIDE.read_text() for secret in SECRETS)
    translation = imported(WIDE)
    told = [
        translation.text,
        json.dumps(import_report.as_json(translation, None)),
        repr(translation.notes.notes),
        repr(translation.notes.variables),
        repr(translation.original.entry),
        repr(loaded(translation)),
    ]
    for secret in SECRETS:
        assert not [text for text in told if secret in text]


def test_every_variable_is_in_the_table_of_the_file() -> None:
    """Whoever reads the file knows what to supply, and where the value stands."""
    translation = imported(WIDE)
    head = translation.text.partition("\n\n")[0]
    for variable in translation.notes.variables:
        assert f"#   {variable.name} " in head
    assert "routing_key of receiver billing-pager (line 72)" in " ".join(head.split())


def test_a_comment_that_may_hold_a_secret_is_not_copied() -> None:
    """Routes are copied with their comments, but not with what was commented out of receivers."""
    text = (
        "route:\n  receiver: a # the first\n  # routing_key: test-old-key\nreceivers: [{name: a}]\n"
    )
    assert "test-old-key" not in imported(text).text
    assert "# the first" in imported(text.replace("routing_key:", "see")).text


def test_a_secret_that_stands_in_a_route_as_well_is_not_copied_in_a_comment() -> None:
    """The guard looks for the values, too."""
    text = (
        "route:\n  receiver: a # not test-key-1234\n"
        "receivers: [{name: a, pagerduty_configs: [{routing_key: test-key-1234}]}]\n"
    )
    assert "test-key-1234" not in imported(text).text


def test_a_secret_inside_of_a_template_is_not_shown() -> None:
    """A title that names a token would otherwise be repeated as Jinja."""
    translation = receiver(
        "slack_configs: [{channel: '#a', app_token: test-token-1, title: 'see test-token-1'}]"
    )
    assert "test-token-1" not in translation.text
    assert "it holds a secret" in translation.text
