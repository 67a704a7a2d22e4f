"""Short templates: what they may hold, and what labels can make of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.text.escape import safe_url
from gateway.short_templates.errors import MissingValueError, ShortTemplateError
from gateway.short_templates.sandbox import LabelValues
from gateway.short_templates.template import (
    check_title,
    check_url,
    fill_title,
    fill_url,
)

LOGS = "https://logs.example.com/explore?service={{ labels.service | urlencode }}"


def filled(text: str, **labels: str) -> str:
    """The URL for an alert with these labels."""
    return fill_url(text, {"labels": LabelValues(labels), "since": 1_795_000_000})


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("javascript:alert(1)", "write https://"),
        ("//logs.example.com/", "write https://"),
        ("https://{{ labels.host }}/", "write https://"),
        ("https://logs.example.com{{ labels.path }}", "write https://"),
        ("https://ana:secret@logs.example.com/", "no user name"),
        (f"https://logs.example.com/{'x' * 1990}{{{{ labels.a }}}}", "longer than 2000"),
        ("https://logs.example.com/{{ lables.service }}", 'no name "lables"'),
        ("https://logs.example.com/{{ service }}", "write {{ labels.service }}"),
        ("https://logs.example.com/{{ labels.a | lowr }}", 'no filter "lowr"'),
        ("https://logs.example.com/{{ labels.a", "unexpected end"),
        ("https://logs.example.com/{% for a in labels %}{% endfor %}", 'not "for"'),
        ("https://logs.example.com/{{ labels.get('a') }}", 'not "call"'),
        ("https://logs.example.com/{{ 'a' * 99999999 }}", "whole numbers only"),
    ],
)
def test_url_that_cannot_be_used_is_refused_with_the_reason(text: str, reason: str) -> None:
    """What a file gets wrong is known when it is loaded, not at night."""
    with pytest.raises(ShortTemplateError, match=reason):
        check_url(text)


def test_misspelt_name_suggests_the_right_one() -> None:
    """An error says what to write instead."""
    with pytest.raises(ShortTemplateError) as refused:
        check_url("https://logs.example.com/{{ lables.service }}")
    assert refused.value.suggestion == "labels"


def test_label_named_like_a_method_is_a_label() -> None:
    """Any label can be used, also one named like a part of Python."""
    labels = {"items": "a", "k8s-app": "b"}
    text = "https://example.com/{{ labels.items }}/{{ labels['k8s-app'] }}"
    assert filled(text, **labels) == "https://example.com/a/b"


def test_label_that_is_missing_or_empty_is_an_error_of_its_own() -> None:
    """A link that needs it is left out, and that is no problem."""
    for labels in ({}, {"service": ""}):
        with pytest.raises(MissingValueError, match="service"):
            filled(LOGS, **labels)


def test_default_stands_for_a_missing_label() -> None:
    """A link may do without a label."""
    text = "https://example.com/{{ labels.service | default('billing') }}"
    assert filled(text) == "https://example.com/billing"


def test_numbers_can_be_calculated_with() -> None:
    """Grafana takes the range of times in milliseconds."""
    text = "https://example.com/?from={{ (since - 900) * 1000 }}"
    assert filled(text) == "https://example.com/?from=1794999100000"


def test_title_is_one_line() -> None:
    """A label with line ends cannot break a subject."""
    names = {"labels": LabelValues({"team": "bill\r\ning"})}
    check_title("{{ labels.team | upper }} ALERT")
    assert fill_title("{{ labels.team | upper }} ALERT", names, 75) == "BILL ING ALERT"


@given(value=st.text(min_size=1, max_size=1500))
def test_any_label_stays_in_its_part_of_the_url(value: str) -> None:
    """No label changes the host, the path before it or the parameters behind it."""
    text = "https://logs.example.com/a?q={{ labels.a }}&limit=10#top"
    try:
        url = filled(text, a=value)
    except ShortTemplateError:
        return  # lone surrogates cannot be encoded
    middle = url.removeprefix("https://logs.example.com/a?q=").removesuffix("&limit=10#top")
    assert not set(middle) & set("?&#=@ \r\n<>\"'\\")
    assert filled(text.replace("labels.a", "labels.a | urlencode"), a=value) == url
    assert len(url) > 3000 or safe_url(url) == url
