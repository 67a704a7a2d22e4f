"""Large posts, taken in piece by piece beside other requests."""

import asyncio
import hashlib
import hmac
import json
from typing import Any

from gateway.flow.intake.intake import OverloadedError
from gateway.web.ingest.body_intake import PENDING_SAVES
from tests.web.conftest import Client
from tests.web.ingest.test_webhook import BAD, GOOD, post
from tests.web.world import FakeEngine

FILLER = {"labels": {"a": "b"}, "annotations": {"x": "y" * 500}}


def many(count: int, *others: dict[str, Any]) -> list[dict[str, Any]]:
    """Return `count` alerts with others in their middle."""
    return [*[FILLER] * (count // 2), *others, *[FILLER] * (count - count // 2)]


async def test_invalid_alert_in_a_large_post_is_named_by_its_index(
    client: Client, engine: FakeEngine
) -> None:
    """E42: the answer counts alerts from the first one of the body, also across pieces."""
    status, answer = await post(client, "/webhook/prometheus", many(1000, BAD, GOOD))
    assert (status, answer["accepted"]) == (200, 1001)
    assert answer["error"] == "1 of 1002 alerts refused, 1001 accepted"
    assert [(one["alert"], one["field"]) for one in answer["detail"]] == [(500, "labels.severity")]
    assert len(engine.alerts) == 1001


async def test_large_repost_is_recognised_by_its_bytes(client: Client, engine: FakeEngine) -> None:
    """A large re-post is recognised by its bytes in each piece and not parsed again."""
    times = {"startsAt": "2026-11-21T00:53:00Z", "endsAt": "2026-11-21T01:57:00Z"}
    sent = [{**FILLER, "labels": {"n": str(n)}, **times} for n in range(1000)]
    for _ in range(2):
        assert (await post(client, "/api/v2/alerts", sent))[0] == 200
    assert len(engine.alerts) == 1000


async def test_large_body_that_is_not_json_stores_nothing(
    client: Client, engine: FakeEngine
) -> None:
    """E34: a body that is not JSON answers 400 and stores nothing, wherever it breaks."""
    body = json.dumps(many(1000)).encode()[:-1] + b",]"
    status, answer = await post(client, "/webhook/prometheus", body)
    assert (status, engine.submitted) == (400, [])
    assert "is not JSON" in answer["error"]


async def test_too_many_alerts_are_413(client: Client, engine: FakeEngine) -> None:
    """E34: more alerts than the limit answer 413 before any of them is built."""
    for path, prefix, suffix in (
        ("/api/v2/alerts", b"[", b"]"),
        ("/webhook/alertmanager", b'{"alerts":[', b"]}"),
    ):
        body = prefix + b",".join([b'{"labels":{"a":"b"}}'] * 100_001) + suffix
        status, answer = await post(client, path, body)
        assert (status, engine.submitted) == (413, [])
        assert "100,000" in json.dumps(answer)


async def test_many_invalid_alerts_list_a_hundred_faults(
    client: Client,
) -> None:
    """E42: an answer lists at most a hundred faults and counts all of them."""
    status, answer = await post(client, "/webhook/prometheus", b"[" + b"0," * 99_999 + b"0]")
    assert (status, len(answer["detail"])) == (422, 100)
    assert answer["error"] == "100000 of 100000 alerts refused, 0 accepted"


async def test_large_post_that_is_partly_stored_is_503(client: Client, engine: FakeEngine) -> None:
    """Promise 1: a post answers 200 only if every piece was stored."""
    saved, submit = 0, engine.submit

    async def full(source: str, alerts: Any, *rest: Any) -> None:
        nonlocal saved
        if saved > 500:
            raise OverloadedError("enough")
        saved += len(alerts)
        await submit(source, alerts, *rest)

    engine.submit = full  # type: ignore[method-assign, assignment]
    status, answer = await post(client, "/webhook/prometheus", many(1000))
    assert (status, answer["error"]) == (503, "too many requests wait for the database")


async def test_small_post_is_answered_during_a_large_one(
    client: Client, engine: FakeEngine
) -> None:
    """A large post never blocks the event loop: a small one is answered between its pieces."""
    gate = asyncio.Event()
    submit = engine.submit

    async def slow(source: str, alerts: Any, *rest: Any) -> None:
        if len(alerts) > 1:
            await gate.wait()
        await submit(source, alerts, *rest)

    engine.submit = slow  # type: ignore[method-assign, assignment]
    async with asyncio.TaskGroup() as group:
        large = group.create_task(post(client, "/webhook/prometheus", many(5000)))
        assert (await post(client, "/webhook/prometheus", [GOOD]))[0] == 200
        assert not large.done()
        gate.set()
    assert large.result() == (200, {"accepted": 5000})


async def test_large_posts_enqueue_a_bounded_number_of_pieces(
    client: Client, engine: FakeEngine
) -> None:
    """Promise 9: a small post waits behind a few pieces, however many large posts arrive."""
    gate, busy, waiting, most_waiting = asyncio.Event(), asyncio.Event(), 0, 0
    submit = engine.submit

    async def slow(source: str, alerts: Any, *rest: Any) -> None:
        nonlocal waiting, most_waiting
        waiting += 1
        most_waiting = max(most_waiting, waiting)
        if waiting == PENDING_SAVES:
            busy.set()
        await gate.wait()
        waiting -= 1
        await submit(source, alerts, *rest)

    engine.submit = slow  # type: ignore[method-assign, assignment]
    async with asyncio.TaskGroup() as group:
        posts = [
            group.create_task(post(client, "/webhook/prometheus", many(2000))) for _ in range(4)
        ]
        await busy.wait()
        for _ in range(2000):
            await asyncio.sleep(0)
        gate.set()
    assert {one.result()[0] for one in posts} == {200}
    assert most_waiting == PENDING_SAVES


async def test_large_signed_body_is_verified(client: Client, engine: FakeEngine) -> None:
    """The signature is computed while the body arrives, and an invalid one is refused."""
    body = json.dumps({"alerts": many(2000)}).encode()
    valid_signature = hmac.digest(b"test-new", body, hashlib.sha256).hex()
    for signature, status in ((valid_signature, 200), ("0" * 64, 401)):
        answered_status, _ = await post(
            client, "/webhook/signed", body, **{"X-Signature": signature}
        )
        assert answered_status == status
    assert len(engine.alerts) == 2000
