"""Silences of Alertmanager's API v2, compared with recorded answers and beyond them."""

import json
import re
from collections.abc import AsyncIterator, Mapping
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest

from gateway.core.time.timestamps import format_rfc3339, parse_rfc3339
from tests.flow.world import HOUR, MINUTE, World, alert
from tests.web.conftest import Client
from tests.web.description import conforms
from tests.web.real import served
from tests.web.world import recorded

Gateway = tuple[World, Client]
LIFECYCLE = "api-silences-lifecycle.json"
UNKNOWN = "11111111-1111-1111-1111-111111111111"


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Gateway]:
    async with served(tmp_path) as (world, client):
        yield world, client


def body(world: World, seconds: float = HOUR, **more: Any) -> dict[str, Any]:
    """Return a silence as clients post it."""
    return {
        "matchers": [{"name": "alertname", "value": "PaymentFailures", "isRegex": False}],
        "startsAt": format_rfc3339(world.now),
        "endsAt": format_rfc3339(world.now + seconds),
        "createdBy": "ana",
        "comment": "database maintenance",
        **more,
    }


async def create(gateway: Gateway, **more: Any) -> str:
    world, client = gateway
    answer = await client.post("/api/v2/silences", json=body(world, **more))
    assert answer.status == 200, await answer.text()
    return str((await answer.json())["silenceID"])


class Replay:
    """Comparison of answers with recorded ones, whose ids and times differ."""

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}

    def ours(self, value: Any) -> Any:
        """Return a recorded value with its ids replaced by ours."""
        text = json.dumps(value)
        for theirs, ours in self._ids.items():
            text = text.replace(theirs, ours)
        return json.loads(text)

    def compare(self, expected: Any, real: Any) -> None:
        """Assert that two answers are equal: times to the second, ids as they were assigned."""
        if isinstance(real, Mapping) and "silenceID" in real:
            self._ids.setdefault(real["silenceID"], expected["silenceID"])
        assert _rounded(expected) == _rounded(self.ours(real))


def _rounded(value: Any) -> Any:
    if isinstance(value, list):
        return [_rounded(one) for one in value]
    if isinstance(value, Mapping):
        # An empty object is omitted in the recorded version, and required in the next one.
        remaining = {k: v for k, v in value.items() if (k, v) != ("annotations", {})}
        return {key: _rounded(one) for key, one in remaining.items()}
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT.*Z", value):
        return pytest.approx(parse_rfc3339(value), abs=2.0)
    return value


async def test_silence_from_creation_to_end_is_answered_as_recorded(gateway: Gateway) -> None:
    """Create, list, change, replace, end and refuse silences: status and body are as recorded."""
    world, client = gateway
    replay, compared = Replay(), 0
    for step in json.loads(recorded(LIFECYCLE)):
        request, real = step["request"], step["response"]
        if "/alerts" in request["path"]:
            continue
        # The header has whole seconds: use the end of each, so that times within it are past.
        world.now = parsedate_to_datetime(real["headers"]["Date"]).timestamp() + 0.9
        world.now += compared / 1000
        path = replay.ours(request["path"])
        answer = await client.request(
            request["method"],
            path,
            json=replay.ours(request["body"]) if "body" in request else None,
        )
        text = await answer.text()
        assert answer.status == real["status"], (step["step"], text)
        assert answer.headers["Cache-Control"] == real["headers"]["Cache-Control"]
        if text or real["body"]:
            replay.compare(json.loads(text), real["body"])
        compared += 1
    assert compared == 23


async def test_answers_fit_the_official_description(gateway: Gateway) -> None:
    """Answers conform to the official description, which clients are generated from."""
    _, client = gateway
    one = await create(gateway, annotations={"ticket": "OPS-123"})
    conforms("gettableSilence", await (await client.get(f"/api/v2/silence/{one}")).json())
    conforms("gettableSilences", await (await client.get("/api/v2/silences")).json())


async def test_list_is_ordered_and_filtered_by_state(gateway: Gateway) -> None:
    """Active silences are sorted by end, pending ones by start; each state can be omitted."""
    world, client = gateway
    start = format_rfc3339(world.now + HOUR)
    later = await create(gateway, seconds=3 * HOUR)
    soon = await create(gateway, seconds=2 * HOUR)
    pending = await create(gateway, seconds=4 * HOUR, startsAt=start)
    ended = await create(gateway)
    assert (await client.delete(f"/api/v2/silence/{ended}")).status == 200
    world.now += MINUTE

    async def listed(**params: str) -> list[str]:
        answer = await client.get("/api/v2/silences", params=params)
        return [one["id"] for one in await answer.json()]

    assert await listed() == [soon, later, pending, ended]
    assert await listed(expired="false") == [soon, later, pending]
    assert await listed(active="no", expired="0") == [pending]
    assert await listed(active="maybe", pending="false") == [ended]


@pytest.mark.parametrize(
    ("filters", "matches"),
    [
        (["alertname=PaymentFailures"], True),  # as amtool writes it, without quotes
        (['alertname=~"Pay.*"', "alertname!=Other"], True),
        (["alertname=Other"], False),
        (["team=billing"], False),
        (["team!=billing"], True),
        (["alertname!=PaymentFailures"], False),
    ],
)
async def test_filter_compares_the_matchers_of_the_silence(
    gateway: Gateway, filters: list[str], matches: bool
) -> None:
    """A filter treats matchers as labels, and an absent one matches negative filters only."""
    _, client = gateway
    await create(gateway)
    answer = await client.get("/api/v2/silences", params=[("filter", one) for one in filters])
    assert len(await answer.json()) == matches


async def test_invalid_filter_is_400(gateway: Gateway) -> None:
    """An invalid filter answers 400 and a JSON string with the reason, as for alerts."""
    answer = await gateway[1].get("/api/v2/silences", params={"filter": "{bad"})
    assert answer.status == 400
    assert "'{bad'" in await answer.json()


MATCHER = {"name": "alertname", "value": "A", "isRegex": False}


@pytest.mark.parametrize(
    ("change", "status", "reason"),
    [
        ({"matchers": [{**MATCHER, "value": ""}]}, 400, "every alert"),
        ({"matchers": [{**MATCHER, "value": ".*", "isRegex": True}]}, 400, "every alert"),
        ({"matchers": [{**MATCHER, "value": "(", "isRegex": True}]}, 400, "'(' is not an RE2"),
        ({"matchers": [{"name": "a", "value": "b"}]}, 422, "matchers.0.isRegex in body is requi"),
        ({"matchers": [MATCHER, 3]}, 400, "matchers.1 is not an object"),
        ({"matchers": {}}, 400, "matchers is not a list"),
        ({"matchers": [{**MATCHER, "isEqual": "no"}]}, 400, "isEqual: must be true or false"),
        ({"endsAt": "2026-11-18T10:00:00Z"}, 400, "endsAt: it ends"),
        ({"endsAt": "0001-01-01T00:00:00.000Z"}, 400, "endsAt: it ends"),
        ({"endsAt": "tomorrow"}, 400, "endsAt: 'tomorrow' is not an RFC 3339 time"),
        ({"startsAt": 17}, 400, "startsAt is not a text"),
        ({"startsAt": "9000-01-01T00:00:00Z"}, 400, "it ends before it starts"),
        ({"createdBy": None}, 422, "createdBy in body is required"),
        ({"comment": "x" * 5000}, 400, "comment: must not be longer"),
        ({"comment": "\x00"}, 400, "comment: holds NUL"),
        ({"annotations": {"ticket": 5}}, 400, "annotations is not an object of texts"),
        ({"id": "of another kind"}, 404, "silence not found"),
    ],
)
async def test_invalid_silence_is_refused_with_the_reason(
    gateway: Gateway, change: dict[str, Any], status: int, reason: str
) -> None:
    """A refusal is where clients read it: 400 and 404 are JSON strings, 422 has a code."""
    world, client = gateway
    answer = await client.post("/api/v2/silences", json=body(world, **change))
    assert answer.status == status
    answer_json = await answer.json()
    assert reason in (answer_json if isinstance(answer_json, str) else answer_json["message"])
    assert await (await client.get("/api/v2/silences")).json() == []


@pytest.mark.parametrize("raw", [b"", b"[]", b"{", b'"x"', b"\xff", b"null"])
async def test_body_that_is_not_a_silence_is_400(gateway: Gateway, raw: bytes) -> None:
    """A body that is not a silence answers 400 in the shape of the schema's errors."""
    headers = {"Content-Type": "application/json"}
    answer = await gateway[1].post("/api/v2/silences", data=raw, headers=headers)
    assert answer.status == 400
    assert (await answer.json())["code"] == 400


async def test_other_content_type_is_415(gateway: Gateway) -> None:
    """Another content type answers 415, because another site's form could send it."""
    answer = await gateway[1].post("/api/v2/silences", data=b"{}")
    assert answer.status == 415
    assert (await answer.json())["code"] == 415


async def test_zero_start_is_now(gateway: Gateway) -> None:
    """Go's zero time as a start is now, because amtool sends it for an omitted one."""
    world, client = gateway
    one = await create(gateway, startsAt="0001-01-01T00:00:00.000Z")
    answer = await (await client.get(f"/api/v2/silence/{one}")).json()
    assert answer["status"] == {"state": "active"}
    assert answer["startsAt"] == format_rfc3339(world.now)


@pytest.mark.parametrize("form", ["{}.000+0000", "{}", "{}z"])
async def test_times_are_parsed_like_those_of_alerts(gateway: Gateway, form: str) -> None:
    """Every form of time that Alertmanager accepts is accepted in silences too."""
    world, client = gateway
    ends = format_rfc3339(world.now + HOUR, milliseconds=False)
    one = await create(gateway, endsAt=form.format(ends[:-1]))
    answer = await (await client.get(f"/api/v2/silence/{one}")).json()
    assert answer["endsAt"] == ends.replace("Z", ".000Z")


async def test_change_by_an_old_client_keeps_the_annotations(gateway: Gateway) -> None:
    """A client that does not know annotations extends a silence without removing them."""
    world, client = gateway
    one = await create(gateway, annotations={"ticket": "OPS-123"})
    before = await world.engine.silences.get(one)
    assert before is not None
    assert await create(gateway, seconds=2 * HOUR, id=one) == one
    answer = await (await client.get(f"/api/v2/silence/{one}")).json()
    assert answer["annotations"] == {"ticket": "OPS-123"}
    assert await create(gateway, seconds=2 * HOUR, id=one, annotations={}) == one
    answer = await (await client.get(f"/api/v2/silence/{one}")).json()
    assert answer["annotations"] == {}


async def test_new_silence_suppresses_and_its_end_notifies(gateway: Gateway) -> None:
    """E30: a silence takes effect at once; after its end the state is notified at once."""
    world, client = gateway
    await world.post(alert("PaymentFailures", "warning"))
    await world.advance(MINUTE)
    one = await create(gateway)
    assert await world.advance(HOUR / 2) == []
    incident = await (await client.get("/api/v1/incidents/1001")).json()
    assert [one["told"] for one in incident["alerts"]] == ["firing"]
    await client.delete(f"/api/v2/silence/{one}")
    messages = await world.advance(1.0)
    assert [one.reason for one in messages] == ["silence ended"] * len(messages) != []


async def test_resolved_while_silenced_notifies_earlier_recipients(gateway: Gateway) -> None:
    """E4: PagerDuty and everyone else notified of the firing are notified of the end."""
    world, _ = gateway
    await world.post(alert("PaymentFailures", starts_at=world.now))
    started = world.now
    begun = await world.advance(MINUTE)
    await create(gateway)
    await world.post(alert("PaymentFailures", starts_at=started, ends_at=world.now))
    ended = await world.advance(10 * MINUTE)
    assert {one.channel for one in begun} == {one.channel for one in ended}
    assert {one.reason for one in ended} == {"resolved"}


async def test_writes_require_the_token_if_one_is_set(tmp_path: Path) -> None:
    """With a token set, writes require it, and reads on loopback do not."""
    async with served(tmp_path, api_token="test-api-token") as (world, client):
        refused = await client.post("/api/v2/silences", json=body(world))
        assert refused.status == 401
        assert (await refused.json())["code"] == 401
        assert (await client.delete(f"/api/v2/silence/{UNKNOWN}")).status == 401
        assert (await client.get("/api/v2/silences")).status == 200
        headers = {"Authorization": "Bearer test-api-token"}
        authorized = await client.post("/api/v2/silences", json=body(world), headers=headers)
        assert authorized.status == 200
        # E53: the token suffices; boards that proxy to us pass the browser's headers on.
        proxied = {**headers, "Sec-Fetch-Site": "cross-site", "Origin": "https://karma.example.com"}
        other = await client.post("/api/v2/silences", json=body(world), headers=proxied)
        assert other.status == 200
