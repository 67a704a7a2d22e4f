"""PagerDuty's webhooks that are forged, repeated, late, malformed or too large."""

from collections.abc import AsyncIterator
from pathlib import Path

import orjson
import pytest

from gateway.store.state import timeline
from gateway.web.callbacks.pagerduty import parse_event
from tests.fakes import Behaviour
from tests.fakes.pagerduty_account import signature
from tests.flow.world import alert
from tests.shared_data import shared
from tests.web.callbacks.loop import SECRET, Loop, pagerduty_loop


@pytest.fixture
async def loop(tmp_path: Path) -> AsyncIterator[Loop]:
    """Yield a gateway that has notified PagerDuty of an incident."""
    async with pagerduty_loop(tmp_path) as loop:
        await loop.world.post(alert())
        await loop.world.advance(1.0)
        loop.account.webhooks.clear()
        yield loop


async def acknowledged(loop: Loop) -> bool:
    return (await loop.incident()).ack is not None


@pytest.mark.parametrize("secrets", [[SECRET], ["test-older-secret"], ["test-unknown", SECRET]])
async def test_any_signature_by_any_secret_is_enough(loop: Loop, secrets: list[str]) -> None:
    """While a secret is being replaced, PagerDuty signs with both."""
    body = loop.account.press("acknowledged")
    answer = await loop.post(body, **signature(body, *secrets))
    assert (answer.status, await acknowledged(loop)) == (200, True)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "v1=",
        "v1=" + 64 * "0",
        "v2=" + 64 * "0",
        "v1=" + 64 * "é",
        ",".join(["v1=" + 64 * "a"] * 50),
    ],
)
async def test_forged_signature_is_401_and_changes_nothing(loop: Loop, header: str) -> None:
    """Only a failed proof is a 401, because three refusals switch the webhook off."""
    body = loop.account.press("acknowledged")
    headers = {"X-PagerDuty-Signature": header.encode().decode("latin-1")}
    answer = await loop.post(body, **headers)
    assert (answer.status, await acknowledged(loop)) == (401, False)
    exposed = loop.world.engine.metrics.exposition().decode()
    assert 'gateway_http_refused_total{kind="callback"} 1.0' in exposed


async def test_body_that_was_changed_is_401(loop: Loop) -> None:
    """The signature is over the raw bytes: even another space breaks it."""
    body = loop.account.press("acknowledged")
    answer = await loop.post(body + b" ", **signature(body, SECRET))
    assert (answer.status, await acknowledged(loop)) == (401, False)


async def test_replayed_event_is_answered_and_done_once(loop: Loop) -> None:
    """PagerDuty delivers at least once, and no time is signed."""
    body = loop.account.press("acknowledged")
    answers = [(await loop.post(body)).status for _ in range(3)]
    assert answers == [200, 200, 200]
    entries = [one for one in await loop.world.timeline() if one.kind.value == "acknowledged"]
    assert len(entries) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"event": null}',
        b'{"event": {"event_type": "incident.acknowledged"}}',
        b'{"event": {"event_type": "incident.acknowledged", "id": "E1", "data": {"id": 7}}}',
        b'{"event": {"event_type": "incident.resolved", "id": "E1", "data": {"id": "P1"}, '
        b'"occurred_at": "yesterday"}}',
        b'{"event": {"event_type": "incident.annotated", "id": "E1", "data": {"content": "x"}}}',
        b'{"event": {"event_type": "incident.resolved", "id": "' + 9000 * b"E" + b'"}}',
        b"\xff\xfe",
        b"[" * 5000,
        b'{"event": NaN}',
        b'{"event": {"event_type": "\\ud800"}}',
    ],
)
async def test_malformed_body_is_refused_with_200_and_recorded(loop: Loop, body: bytes) -> None:
    """It is authentic: PagerDuty would switch the webhook off after a 4xx."""
    answer = await loop.post(body)
    assert (answer.status, (await answer.json())["status"]) == (200, "refused")
    rejects = await loop.world.engine.store.read(lambda tx: timeline.rejected_requests(tx, 10))
    assert rejects[0].source == "callbacks/pagerduty"


async def test_body_over_the_limit_is_413(loop: Loop) -> None:
    """PagerDuty drops its own events above 256 KB."""
    body = b" " * 300_000
    assert (await loop.post(body)).status == 413


@pytest.mark.parametrize(
    "kind",
    ["priority_updated", "service_updated", "conference_bridge.updated", "status_update_published"],
)
async def test_unknown_types_are_answered_200(loop: Loop, kind: str) -> None:
    """PagerDuty adds types, and its test button sends pagey.ping."""
    loop.account.event(kind, "PINC1", "PANA")
    [answer] = await loop.until_quiet()
    assert answer["status"] == "ignored"


async def test_ping_is_answered_200(loop: Loop) -> None:
    """Its data is no incident."""
    body = b'{"event": {"id": "E1", "event_type": "pagey.ping", "data": {"message": "hi"}}}'
    assert (await loop.post(body)).status == 200


async def test_incident_of_somebody_else_is_ignored(loop: Loop) -> None:
    """A subscription of the whole account sends all incidents."""
    loop.account.event("acknowledged", "PFOREIGN", "PANA")
    [answer] = await loop.until_quiet()
    assert answer["why"] == "it is about no incident of this gateway"


async def test_key_of_another_gateway_is_ignored(loop: Loop) -> None:
    """A second gateway, or an older database, has incidents of the same numbers."""
    loop.account.event("acknowledged", "PFOREIGN", "PANA", incident_key=f"gateway-1001-{20 * 'a'}")
    await loop.until_quiet()
    assert not await acknowledged(loop)


async def test_rest_api_that_is_down_makes_pagerduty_post_again(loop: Loop) -> None:
    """A 503 keeps the event in PagerDuty's queue, in order; the next post is handled."""
    body = loop.account.press("acknowledged")
    loop.account.script(Behaviour(status=503))
    answer = await loop.post(body)
    assert (answer.status, await acknowledged(loop)) == (503, False)
    assert answer.headers["Retry-After"] == "30"
    assert (await loop.post(body)).status == 200
    assert await acknowledged(loop)


async def test_refused_rest_token_still_acknowledges_by_key(loop: Loop) -> None:
    """Only the person is unknown then; the incident is known by its key."""
    loop.account.with_key = True
    loop.account.token = "test-revoked-elsewhere"
    loop.account.press("acknowledged", "PBEN")
    await loop.until_quiet()
    ack = (await loop.incident()).ack
    assert ack is not None
    assert ack.by == "pagerduty:Pben"


async def test_refused_rest_token_is_recorded_where_it_is_needed(loop: Loop) -> None:
    """Without a key the incident cannot be found: an admin sees why."""
    loop.account.token = "test-revoked-elsewhere"
    body = loop.account.press("acknowledged")
    answer = await (await loop.post(body)).json()
    assert answer["status"] == "refused"
    assert "REST API" in answer["why"]


async def test_user_named_like_a_person_is_not_that_person(loop: Loop) -> None:
    """Display names are free text: only the e-mail address makes a person."""
    body = loop.account.press("acknowledged", "PEVE")
    renamed = body.replace(b'"Peve"', b'"ana"')
    await loop.post(renamed)
    ack = (await loop.incident()).ack
    assert ack is not None
    assert ack.by == "pagerduty:ana"


@pytest.mark.parametrize("name", ["v3_incident_acknowledged", "v3_docs_incident_priority_updated"])
def test_recorded_events_are_read(name: str) -> None:
    """Bodies that PagerDuty really sent, and those of its documentation."""
    event = parse_event(orjson.loads(shared(f"fixtures/ingest/pagerduty/{name}.json").read_bytes()))
    assert event.name == name.removeprefix("v3_").removeprefix("docs_").replace("_", ".", 1)
    assert event.key == ""
