"""Paths into JSON, and texts with their values."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.text.json_path import Document, parse_json_path, parse_json_text

BODY: Any = {
    "name": "body",
    "items": [{"name": "first", "host name": "db-1", "n": 3, "on": True, "tags": ["a", 2, None]}],
}
DOCUMENT = Document(BODY["items"][0], BODY, {"X-Event": "push"})


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("name", "first"),
        ("$.name", "body"),
        ("$.items[0].name", "first"),
        ("$['items'][0]", ""),
        ('["host name"]', "db-1"),
        ("n", "3"),
        ("on", "true"),
        ("tags", "a, 2"),
        ("tags[1]", "2"),
        ("tags[9]", ""),
        ("name.more", ""),
        ("missing[0].x", ""),
        ("@X-Event", "push"),
        ("@X-Other", ""),
        ("$", ""),
    ],
)
def test_path_leads_to_the_text_of_its_value(path: str, text: str) -> None:
    """A path that leads nowhere, or to an object, is an empty text and never an error."""
    assert parse_json_path(path).text(DOCUMENT) == text


@pytest.mark.parametrize(
    "path",
    [
        "",
        " ",
        ".name",
        "a.",
        "a..b",
        "a[",
        "a[x]",
        "a[-1]",
        "a b",
        "@",
        "@a b",
        "a[99999]",
        "x" * 201,
    ],
)
def test_malformed_path_is_refused_with_an_example(path: str) -> None:
    """The error says what to write instead."""
    with pytest.raises(ValueError, match=r"path|header"):
        parse_json_path(path)


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("plain", "plain"),
        ("{{ name }} on {{ ['host name'] | upper }}", "first on DB-1"),
        ("{{ missing or name }}", "first"),
        ("{{ missing or $.missing }}", ""),
        ("  {{ name }} {{ missing }} ", "first"),
    ],
)
def test_text_is_filled_with_values(text: str, filled: str) -> None:
    """Of alternatives the first with a value counts, and blanks around the text are removed."""
    assert parse_json_text(text).fill(DOCUMENT) == filled


@pytest.mark.parametrize(
    "text", ["{{ name", "name }}", "{{ }}", "{{ name | shout }}", "{{ a or }}"]
)
def test_malformed_text_is_refused(text: str) -> None:
    """Braces hold paths, and perhaps a filter."""
    with pytest.raises(ValueError, match=r"path|filter|braces"):
        parse_json_text(text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@given(JSON, st.text(alphabet="ab.[]0'\"$@ -_{}", max_size=12))
def test_any_path_into_any_json_is_a_text_or_is_refused(value: Any, path: str) -> None:
    """Neither the path of an admin nor the body of a sender can raise anything else."""
    try:
        parsed = parse_json_path(path)
    except ValueError:
        return
    assert isinstance(parsed.text(Document(value, value, {})), str)
