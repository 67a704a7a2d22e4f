"""Large posts: taken piece by piece, beside everything else."""

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
    """So many alerts, with others among them."""
    return [*[FILLER] * (count // 2), *others, *[FILLER] * (count - count // 2)]


async def test_bad_alert_in_a_large_post_is_named_by_its_index(
    client: Client, engine: FakeEngine
) -> None:
    """E42: cut or not, the answer counts alerts from the first one of the body."""
    status, text = await post(client, "/webhook/prometheus", many(1000, BAD, GOOD))
    assert (status, text["accepted"]) == (200, 1001)
    assert text["error"] == "1 of 1002 alerts refused, 1001 accepted"
    assert [(one["alert"], one["field"]) for one in text["detail"]] == [(500, "labels.severity")]
    assert len(engine.alerts) == 1001


async def test_what_prometheus_repeats_at_large_is_not_read_again(
    client: Client, engine: FakeEngine
) -> None:
    """Re-posts are recognised by their bytes in each piece."""
    times = {"startsAt": "2026-11-21T00:53:00Z", "endsAt": "2026-11-21T01:57:00Z"}
    sent = [{**FILLER, "labels": {"n": str(n)}, **times} for n in range(1000)]
    for _ in range(2):
        assert (await post(client, "/api/v2/alerts", sent))[0] == 200
    assert len(engine.alerts) == 1000


async def test_nothing_of_a_large_body_that_is_not_json_is_taken(
    client: Client, engine: FakeEngine
) -> None:
    """E34: 400 means that nothing was taken, wherever the body breaks."""
    body = json.dumps(many(1000)).encode()[:-1] + b",]"
    status, text = await post(client, "/webhook/prometheus", body)
    assert (status, engine.submitted) == (400, [])
    assert "is not JSON" in text["error"]


async def test_more_alerts_than_are_taken_at_once_are_413(
    client: Client, engine: FakeEngine
) -> None:
    """E34: a million tiny alerts are refused before any is built."""
    for path, before, behind in (
        ("/api/v2/alerts", b"[", b"]"),
        ("/webhook/alertmanager", b'{"alerts":[', b"]}"),
    ):
        body = before + b",".join([b'{"labels":{"a":"b"}}'] * 100_001) + behind
        status, text = await post(client, path, body)
        assert (status, engine.submitted) == (413, [])
        assert "100,000" in json.dumps(text)


async def test_a_hundred_thousand_values_that_are_no_alerts_list_a_hundred_faults(
    client: Client,
) -> None:
    """E42: the faults in an answer are bounded, and all are counted."""
    status, text = await post(client, "/webhook/prometheus", b"[" + b"0," * 99_999 + b"0]")
    assert (status, len(text["detail"])) == (422, 100)
    assert text["error"] == "100000 of 100000 alerts refused, 0 accepted"


async def test_a_large_post_that_cannot_be_saved_is_503(client: Client, engine: FakeEngine) -> None:
    """Promise 1: no 200 unless every piece was saved."""
    saved, submit = 0, engine.submit

    async def full(source: str, alerts: Any, *rest: Any) -> None:
        nonlocal saved
        if saved > 500:
            raise OverloadedError("enough")
        saved += len(alerts)
        await submit(source, alerts, *rest)

    engine.submit = full  # type: ignore[method-assign, assignment]
    status, text = await post(client, "/webhook/prometheus", many(1000))
    assert (status, text["error"]) == (503, "too many requests wait for the database")


async def test_others_are_answered_while_a_large_post_is_read(
    client: Client, engine: FakeEngine
) -> None:
    """A post of megabytes never keeps the loop: a small one gets in between its pieces."""
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


async def test_many_large_posts_wait_for_the_database_a_few_pieces_at_a_time(
    client: Client, engine: FakeEngine
) -> None:
    """Promise 9: a small post waits behind eight pieces at most, however many large ones come."""
    gate, busy, waiting, most = asyncio.Event(), asyncio.Event(), 0, 0
    submit = engine.submit

    async def slow(source: str, alerts: Any, *rest: Any) -> None:
        nonlocal waiting, most
        waiting += 1
        most = max(most, waiting)
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
    assert most == PENDING_SAVES


async def test_a_large_signed_body_is_taken(client: Client, engine: FakeEngine) -> None:
    """The signature is computed while the body arrives, and a wrong one is still refused."""
    body = json.dumps({"alerts": many(2000)}).encode()
    right = hmac.digest(b"test-new", body, hashlib.sha256).hex()
    for signature, status in ((right, 200), ("0" * 64, 401)):
        got, _ = await post(client, "/webhook/signed", body, **{"X-Signature": signature})
        assert got == status
    assert len(engine.alerts) == 2000
