"""Arbitrary silences and filters over both APIs: documented answers, never 500."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.flow.world import World
from tests.web.conftest import Client
from tests.web.real import served

JSON = {"Content-Type": "application/json"}
TEXT = st.text(max_size=30)
TIMES = st.one_of(
    TEXT,
    st.sampled_from(
        [
            "2026-11-18T12:00:00Z",
            "2999-01-01T00:00:00+23:59",
            "9999-12-31T23:59:59-23:59",
            "0001-01-01T00:00:00+14:00",
            "0001-01-01T00:00:00.000Z",
            "2026-02-30T00:00:00Z",
        ]
    ),
)
ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), TEXT),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
PATTERNS = TEXT | st.sampled_from(["", ".*", "(", "a|b", "\x00", "[[:alpha:]]"])


def near(fields: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Return objects with these fields; each may be missing or of another type."""
    return st.fixed_dictionaries(
        {}, optional={name: st.one_of(good, good, ANYTHING) for name, good in fields.items()}
    )


MATCHER = near(
    {"name": TEXT, "value": PATTERNS, "isRegex": st.booleans(), "isEqual": st.booleans()}
)
V2 = near(
    {
        "id": TEXT,
        "matchers": st.lists(MATCHER, max_size=3),
        "startsAt": TIMES,
        "endsAt": TIMES,
        "createdBy": TEXT,
        "comment": TEXT,
        "annotations": st.dictionaries(TEXT, TEXT, max_size=2),
    }
)
V1 = near(
    {
        "id": TEXT,
        "matchers": st.lists(TEXT | st.sampled_from(['a="b"', "{a=b,c!~d}", "a=~("]), max_size=3),
        "incident": st.integers(),
        "starts_at": TIMES,
        "ends_at": TIMES,
        "gone_for": st.floats(),
        "created_by": TEXT,
        "comment": TEXT,
    }
)


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[tuple[World, Client]]:
    async with served(tmp_path) as (world, client):
        yield world, client


# One gateway serves all examples: silences of one example do not affect the next.
many = settings(
    max_examples=examples(150),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@many
@given(body=V2 | ANYTHING)
async def test_any_silence_gets_a_defined_answer_of_alertmanagers_api(
    gateway: tuple[World, Client], body: Any
) -> None:
    """E34: any body is stored or refused in the documented shape, and the list stays readable."""
    _, client = gateway
    answer = await client.post("/api/v2/silences", data=json.dumps(body), headers=JSON)
    answer_json = await answer.json()
    assert answer.status in (200, 400, 404, 422), answer_json
    if answer.status == 422:
        assert answer_json["message"]
    elif answer.status != 200:
        assert answer_json
    assert (await client.get("/api/v2/silences")).status == 200


@many
@given(body=V1 | ANYTHING)
async def test_any_silence_gets_a_defined_answer_of_the_own_api(
    gateway: tuple[World, Client], body: Any
) -> None:
    """E34: any body is stored or refused with the invalid field, and the list stays readable."""
    _, client = gateway
    answer = await client.post("/api/v1/silences", data=json.dumps(body), headers=JSON)
    answer_json = await answer.json()
    assert answer.status in (200, 400, 404, 422), answer_json
    assert answer.status == 200 or answer_json["detail"]
    assert (await client.get("/api/v1/silences", params={"ended": "true"})).status == 200


@many
@given(text=TEXT | st.sampled_from(['{a="b"}', "{bad", "a=~("]))
async def test_any_filter_is_accepted_or_refused(gateway: tuple[World, Client], text: str) -> None:
    """E34: every endpoint with matchers accepts any text or refuses it as invalid."""
    _, client = gateway
    for path, name in (
        ("/api/v2/silences", "filter"),
        ("/api/v2/receivers", "receiver_matchers"),
        ("/api/v1/silences", "labels"),
        ("/api/v1/silences/preview", "matchers"),
    ):
        answer = await client.get(path, params={name: text})
        assert answer.status in (200, 400, 422), (path, await answer.text())
