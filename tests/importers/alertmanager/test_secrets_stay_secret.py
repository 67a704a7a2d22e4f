"""Promise 10: no secret of an alertmanager.yml is in anything made from it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from gateway.cli.import_ import report
from gateway.config.grammar.sections import Section
from gateway.importers.alertmanager.read.field_types import HiddenSecret
from gateway.importers.alertmanager.read.grammar import GLOBAL
from gateway.importers.alertmanager.read.grammar_http import HTTP_CONFIG
from gateway.importers.alertmanager.read.grammar_receivers import WITH_COUNTERPART
from tests.importers.alertmanager.texts import WIDE, imported, loaded, receiver, refused

SECRETS = ("test-smtp-password", "test-slack-hook", "test-opsgenie-key", "test-pagerduty-key",
           "test-webhook-path", "test-webhook-token")  # fmt: skip


def test_no_secret_is_in_the_file_the_report_or_a_repr() -> None:
    """Nor in the accounts of the plan that is made of it."""
    assert all(secret in WIDE.read_text() for secret in SECRETS)
    translation = imported(WIDE)
    texts = [
        translation.text,
        json.dumps(report.as_json(translation, None)),
        repr(translation.notes.notes),
        repr(translation.notes.variables),
        repr(translation.source_config.entry),
        repr(loaded(translation)),
    ]
    for secret in SECRETS:
        assert not [text for text in texts if secret in text]


def test_every_variable_is_in_the_table_of_the_file() -> None:
    """The file says what to supply, and where the value stands."""
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
    for message in ("https://hooks.example.com/x", "xoxb-1-test", "http://a:b@example.com"):
        assert message not in imported(text.replace("routing_key: test-old-key", message)).text
    link = "https://wiki.example.com/runbook"
    assert link in imported(text.replace("routing_key: test-old-key", link)).text


def test_a_secret_that_stands_in_a_route_as_well_is_not_copied_in_a_comment() -> None:
    """The guard searches for the values, too."""
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


def secret_fields() -> Iterator[tuple[str, str, str]]:
    """Return every key of a secret: its integration, the path to it, and its name."""
    sections = {"global": GLOBAL, **WITH_COUNTERPART}
    for name, section in sections.items():
        for field in section.fields:
            if isinstance(field.field_type, HiddenSecret):
                yield name, "", field.name
        inner = [("http_config", one) for one in HTTP_CONFIG.fields] if name != "email" else []
        for path, field in inner:
            if isinstance(field.field_type, HiddenSecret):
                yield name, path, field.name
            elif isinstance(field.field_type, Section):
                for deeper in field.field_type.fields:
                    if isinstance(deeper.field_type, HiddenSecret):
                        yield name, f"{path}.{field.name}", deeper.name


NEEDED = {
    "global": {},
    "email": {"to": "a@example.com", "from": "a@example.com", "smarthost": "a:25"},
    "slack": {"channel": "#a"},
    "pagerduty": {"routing_key": "test-key"},
    "webhook": {"url": "https://a.example.com/"},
}


@pytest.mark.parametrize("value", ["test-Hidden-1", "https://a.example.com/test-Hidden-1"])
@pytest.mark.parametrize(("name", "path", "key"), list(secret_fields()))
def test_a_secret_in_any_field_is_not_copied(name: str, path: str, key: str, value: str) -> None:
    """Taken or refused: wherever the grammar has a secret, none is said again."""
    entry: dict[str, Any] = dict(NEEDED[name])
    inner = entry
    for step in filter(None, path.split(".")):
        inner = inner.setdefault(step, {})
    inner[key] = value
    general = {"slack_app_token": "test-token", **(entry if name == "global" else {})}
    receiver = {"name": "r", **({} if name == "global" else {f"{name}_configs": [entry]})}
    text = yaml.safe_dump({"global": general, "route": {"receiver": "r"}, "receivers": [receiver]})
    problems = refused(text)
    texts = [f"{one}{one.to_json()}" for one in problems]
    if not problems:
        translation = imported(text)
        texts += [translation.text, json.dumps(report.as_json(translation, None))]
        texts.append(repr(loaded(translation)))
    assert not [one for one in texts if "Hidden" in one]
