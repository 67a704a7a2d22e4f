"""Sources by type: their keys, the defaults of their type, and mappings."""

import pytest

from tests.config.texts import REST, faults, loaded, warning_texts

ENV = {"A": "test-a"}


def test_type_gives_the_header_of_the_signature_and_the_limit() -> None:
    """What a sender always does need not be written."""
    text = 'sources: {sentry: {hmac: "${A}"}, am: {type: alertmanager, bearer: "${A}"}}'
    sources = loaded(text + REST, ENV).sources
    assert sources["sentry"].hmac_headers == ("Sentry-Hook-Signature",)
    assert sources["sentry"].max_bytes == 4 * 1024 * 1024
    assert sources["am"].hmac_headers == ("X-Signature",)
    assert sources["am"].max_bytes == 32 * 1024 * 1024


def test_severity_label_of_the_plan_is_that_of_senders_with_levels() -> None:
    """A sender without labels gets the label that the plan reads."""
    text = 'severity_label: priority\nsources: {sentry: {hmac: "${A}", tags: []}}'
    source = loaded(text + REST, ENV).sources["sentry"]
    assert (source.severity_label, source.tags) == ("priority", ())


def test_token_of_the_path_closes_a_source() -> None:
    """A source with a token in its path is not open."""
    source = loaded('sources: {s: {type: sentry, url_token: "${A}"}}' + REST, ENV).sources["s"]
    assert not source.open
    assert "test-a" not in repr(source)


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("{type: grafana, tags: [a]}", '"tags" belongs to sources of type sentry, not grafana'),
        ("{type: json, api_key: a}", '"api_key" belongs to sources of type stripe, not json'),
        ("{type: sentry, mapping: {labels: {alertname: A}}}", '"mapping" belongs to sources of'),
        ("{type: json}", '"mapping" is missing'),
        ("{type: json, mapping: {}}", 'mapping: "labels" is missing'),
        ("{type: json, mapping: {labels: {a: b}}}", '"alertname" is missing'),
        ('{type: json, mapping: {labels: {alertname: "{{ a b }}"}}}', '"a b" is not a path'),
        ("{type: json, mapping: {labels: {alertname: A}, when: {a b: c}}}", '"a b" is not a path'),
        ("{type: json, mapping: {labels: {alertname: A}, alerts: a..b}}", '"a..b" is not a path'),
        ("{type: json, mapping: {labels: {alertname: A}, status: {}}}", '"value" is missing'),
    ],
)
def test_wrong_key_is_named_with_what_to_write(source: str, fault: str) -> None:
    """Promise 6: a mapping is compiled when the file is loaded, not when an alert arrives."""
    assert any(fault in str(one) for one in faults(f"sources: {{s: {source}}}" + REST))


def test_mapping_that_nothing_ends_is_warned_of() -> None:
    """Without resolved values and without resolve_timeout an alert would fire forever."""
    mapping = "mapping: {labels: {alertname: A}}"
    text = f"sources: {{s: {{type: json, bearer: test-token, {mapping}}}}}"
    assert any("nothing ends the alerts" in one for one in warning_texts(text + REST))
    ended = text.replace("mapping:", "resolve_timeout: 1h, mapping:")
    assert not any("nothing ends" in one for one in warning_texts(ended + REST))
