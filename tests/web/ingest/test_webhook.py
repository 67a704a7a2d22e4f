"""Answers to POST /webhook/{source} and /api/v2/alerts, and what is stored."""

import asyncio
import base64
import gzip
import hashlib
import hmac
import io
import json
from typing import Any

import pytest

from gateway.core.plan.accounts import Secret, SourceSettings
from gateway.flow.intake.intake import OverloadedError
from gateway.store import StoreUnavailableError
from gateway.web.ingest.handlers import STORED_AT_ONCE
from tests.web.conftest import Client
from tests.web.world import FakeEngine, prometheus_body, recorded

JSON = {"Content-Type": "application/json"}
GOOD: dict[str, Any] = {"labels": {"alertname": "Good"}}
BAD: dict[str, Any] = {"labels": {"alertname": "Bad", "severity": 3}}


async def post(client: Client, path: str, body: Any, **headers: str) -> tuple[int, Any]:
    """Return status and JSON of the answer, None for an empty one."""
    data = io.BytesIO(body if isinstance(body, bytes) else json.dumps(body).encode())
    answer = await client.post(path, data=data, headers={**JSON, **headers})
    text = await answer.read()
    return answer.status, json.loads(text) if text else None


async def test_recorded_webhook_is_submitted_whole(client: Client, engine: FakeEngine) -> None:
    """Promise 1: 200 follows the engine's acceptance and gives the number of alerts."""
    answer = await post(client, "/webhook/alertmanager", recorded("webhook-grouped-firing-5.json"))
    assert answer == (200, {"accepted": 5})
    assert [source for source, _ in engine.submitted] == ["alertmanager"]
    assert len(engine.alerts) == 5


async def test_repeated_webhook_submits_equal_alerts(client: Client, engine: FakeEngine) -> None:
    """E1: a repeated body yields equal alerts, so that the engine sees no change."""
    for _ in range(2):
        await post(client, "/webhook/alertmanager", recorded("webhook-mixed-firing-resolved.json"))
    (_, first), (_, second) = engine.submitted
    assert first == second


async def test_post_of_prometheus_is_200_without_a_body(client: Client, engine: FakeEngine) -> None:
    """POST /api/v2/alerts answers 200 without a body, as Alertmanager does."""
    sent = prometheus_body("prometheus-post-alerts-firing.json")
    assert await post(client, "/api/v2/alerts", sent) == (200, None)
    assert [source for source, _ in engine.submitted] == ["prometheus"]


async def test_repost_of_prometheus_is_counted_and_not_parsed(
    client: Client, engine: FakeEngine
) -> None:
    """A re-post gets the same answer and is counted, without being parsed."""
    sent = prometheus_body("prometheus-post-alerts-firing.json")
    for _ in range(3):
        assert await post(client, "/api/v2/alerts", sent) == (200, None)
    assert await post(client, "/webhook/prometheus", sent) == (200, {"accepted": len(sent)})
    assert len(engine.submitted) == 1
    sample = f'gateway_ingest_alerts_total{{source="prometheus"}} {4.0 * len(sent)}'
    assert sample in engine.metrics.exposition().decode()


async def test_refused_post_is_refused_again(client: Client, engine: FakeEngine) -> None:
    """A post with an invalid alert is not absorbed when it is repeated."""
    sent = [*prometheus_body("prometheus-post-alerts-firing.json"), {"labels": {}}]
    for count in (1, 2):
        status, _ = await post(client, "/api/v2/alerts", sent)
        assert (status, len(engine.submitted)) == (400, count)


async def test_webhook_without_alerts_is_accepted(client: Client, engine: FakeEngine) -> None:
    """E33: a webhook without alerts answers 200 and submits nothing."""
    body = {"version": "4", "alerts": [], "truncatedAlerts": 0}
    assert await post(client, "/webhook/alertmanager", body) == (200, {"accepted": 0})
    assert engine.submitted == []


async def test_truncated_alerts_are_answered_and_counted(
    client: Client, engine: FakeEngine
) -> None:
    """E33: the number of alerts that the sender omitted is in the answer and in the metric."""
    body = recorded("webhook-truncated-max-alerts.json")
    status, answer = await post(client, "/webhook/alertmanager", body)
    assert (status, answer["note"]) == (200, "7 more not shown by the sender")
    sample = 'gateway_ingest_alerts_truncated_total{source="alertmanager"} 7.0'
    assert sample in engine.metrics.exposition().decode()
    assert engine.truncated == 7


async def test_webhook_with_an_invalid_alert_stores_the_valid_ones(
    client: Client, engine: FakeEngine
) -> None:
    """E42: valid alerts are stored; the answer and the stored reject name alert and field."""
    status, answer = await post(
        client, "/webhook/alertmanager", {"alerts": [GOOD, BAD, GOOD, {"labels": {}}]}
    )
    assert status == 200
    assert answer["accepted"] == 2
    assert answer["error"] == "2 of 4 alerts refused, 2 accepted"
    first = {"alert": 1, "field": "labels.severity", "message": "must be text, not a number"}
    assert answer["detail"][0] == first
    assert answer["detail"][1]["alert"] == 3
    assert len(engine.alerts) == 2
    source, stored_status, error, detail, _, excerpt = engine.rejected[0]
    assert (source, stored_status, error) == ("alertmanager", 200, answer["error"])
    assert detail == answer["detail"]
    assert "severity" in excerpt


async def test_hidden_characters_of_a_refused_body_are_escaped(
    client: Client, engine: FakeEngine
) -> None:
    """E17, E42: the excerpt of a refused body shows hidden characters as escapes."""
    body = '{"alerts": [{"labels": {"a\u202eb": 1}}]}'.encode()
    await client.post(
        "/webhook/alertmanager", data=body, headers={"Content-Type": "application/json"}
    )
    excerpt = engine.rejected[0][-1]
    assert "u202e" in excerpt
    assert "\u202e" not in excerpt


async def test_api_with_an_invalid_alert_stores_the_valid_ones(
    client: Client, engine: FakeEngine
) -> None:
    """As in Alertmanager, the API answers 400 and stores valid alerts; it names the invalid one."""
    status, answer = await post(client, "/api/v2/alerts", [GOOD, BAD])
    assert status == 400
    fault = "alert 1: labels.severity: must be text, not a number"
    assert answer == f"1 of 2 alerts refused, 1 accepted; {fault}"
    assert [alert.labels["alertname"] for alert in engine.alerts] == ["Good"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/webhook/alertmanager", {"alerts": [BAD]}, 422),
        ("/webhook/alertmanager", {"alerts": 3}, 422),
        ("/webhook/alertmanager", [], 422),
        ("/webhook/alertmanager", b"{", 400),
        ("/webhook/alertmanager", b'{"alerts": [{"labels": {"a": 1e999}}]}', 400),
        ("/api/v2/alerts", [BAD], 400),
        ("/api/v2/alerts", {}, 400),
        ("/api/v2/alerts", [None], 400),
        ("/api/v2/alerts", b"[" * 100_000, 400),
    ],
)
async def test_post_without_a_valid_alert_is_refused_and_recorded(
    client: Client, engine: FakeEngine, path: str, body: Any, status: int
) -> None:
    """E34, E42: a malformed body is 400, an invalid one 422; both are counted and recorded."""
    answered_status, answer = await post(client, path, body)
    assert answered_status == status
    assert answer if path.startswith("/api") else answer["error"]
    assert engine.submitted == []
    assert len(engine.rejected) == 1
    source = "prometheus" if path.startswith("/api") else "alertmanager"
    sample = f'gateway_ingest_requests_total{{source="{source}",status="{status}"}} 1.0'
    assert sample in engine.metrics.exposition().decode()


@pytest.mark.parametrize(
    "fault", [StoreUnavailableError("the disk is full"), OverloadedError("too many")]
)
@pytest.mark.parametrize("path", ["/webhook/alertmanager", "/api/v2/alerts"])
async def test_post_that_cannot_be_stored_is_503(
    client: Client, engine: FakeEngine, path: str, fault: Exception
) -> None:
    """Promise 1: 503 with Retry-After, which Alertmanager retries, and never 429 or 200."""
    engine.failure = fault
    body: Any = [GOOD] if path.startswith("/api") else {"alerts": [GOOD, BAD]}
    answer = await client.post(path, json=body)
    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) >= 1
    answer_json = await answer.json()
    assert str(fault) in (
        answer_json if path.startswith("/api") else answer_json["detail"][0]["message"]
    )


async def test_unknown_source_is_404(client: Client, engine: FakeEngine) -> None:
    """The answer to an unknown source says how to declare it, and its name is no metric label."""
    status, answer = await post(client, "/webhook/nobody", {"alerts": [GOOD]})
    assert status == 404
    assert "alertmanager" in answer["detail"][0]["message"]
    assert 'source="other",status="404"' in engine.metrics.exposition().decode()


async def test_other_method_is_405(client: Client) -> None:
    """Another method answers 405 as JSON, with the allowed methods."""
    answer = await client.get("/webhook/alertmanager")
    assert answer.status == 405
    assert answer.headers["Allow"] == "POST,PUT"
    assert (await answer.json())["error"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
        {"Content-Type": "application/json", "Content-Encoding": "br"},
    ],
)
async def test_other_content_type_or_encoding_is_415(
    client: Client, engine: FakeEngine, headers: dict[str, str]
) -> None:
    """E34: only plain JSON is accepted; a compressed body is refused before it is unpacked."""
    answer = await client.post(
        "/webhook/alertmanager", data=gzip.compress(b'{"alerts": []}'), headers=headers
    )
    assert answer.status == 415
    assert (await answer.json())["detail"][0]["field"] in headers
    assert engine.submitted == []


async def test_charset_of_json_is_accepted(client: Client) -> None:
    """E34: a parameter of the content type is accepted."""
    headers = {"Content-Type": "application/json; charset=utf-8"}
    answer = await client.post("/webhook/alertmanager", data=b'{"alerts": []}', headers=headers)
    assert answer.status == 200


async def test_body_over_the_limit_is_413(client: Client, engine: FakeEngine) -> None:
    """E34: a body over its source's limit answers 413, with or without a declared length."""
    fits = json.dumps({"alerts": [], "x": ""}).encode()
    fits = fits.replace(b'""', b'"' + b"y" * (1000 - len(fits)) + b'"')
    assert (await post(client, "/webhook/small", fits))[0] == 200
    assert (await post(client, "/webhook/small", fits + b" "))[0] == 413

    async def chunks() -> Any:
        for _ in range(100):
            yield b" " * 100_000

    answer = await client.post("/webhook/small", data=chunks(), headers=JSON)
    assert answer.status == 413
    assert "1000 bytes" in (await answer.json())["error"]


async def test_body_of_ten_megabytes_is_accepted(client: Client, engine: FakeEngine) -> None:
    """E34: a body of ten megabytes is accepted, because Alertmanager sets no limit."""
    alerts = [{"labels": {"a": str(n)}, "annotations": {"big": "x" * 1000}} for n in range(10_000)]
    body = {"alerts": alerts, "truncatedAlerts": 3}
    status, answer = await post(client, "/webhook/alertmanager", body)
    assert (status, answer) == (200, {"accepted": 10_000, "note": "3 more not shown by the sender"})
    assert [alert.labels for alert in engine.alerts] == [alert["labels"] for alert in alerts]
    assert engine.truncated == 3


async def test_annotation_of_ten_megabytes_is_cut(client: Client, engine: FakeEngine) -> None:
    """E34: a text that is too long is cut and named in the answer; its alert is accepted."""
    body = {"alerts": [GOOD, {"labels": {"a": "b"}, "annotations": {"big": "x" * 10_000_000}}]}
    status, answer = await post(client, "/webhook/alertmanager", body)
    assert (status, answer["accepted"]) == (200, 2)
    note = "a text of 10,000,000 bytes was cut to its first 65,024"
    assert answer["detail"] == [{"alert": 1, "field": "", "message": note}]
    assert len(engine.alerts[1].annotations["big"]) < 66_000


@pytest.mark.parametrize("raw", [b"\xc3", b"\\u0000", b"\\ud800"])
async def test_label_with_an_invalid_character_is_repaired(
    client: Client, engine: FakeEngine, raw: bytes
) -> None:
    """E51: as in Alertmanager, U+FFFD replaces an invalid character, and the answer says so."""
    body = b'[{"labels": {"alertname": "HostHeader", "host": "x' + raw + b'y"}}]'
    assert (await post(client, "/api/v2/alerts", body))[0] == 200
    assert engine.alerts[0].labels["host"] == "x\ufffdy"
    hook = b'{"alerts": ' + body + b"}"
    status, answer = await post(client, "/webhook/alertmanager", hook)
    note = "NUL or an incomplete character was replaced by U+FFFD"
    assert (status, answer["accepted"]) == (200, 1)
    assert answer["detail"] == [{"alert": 0, "field": "labels.host", "message": note}]
    assert engine.alerts[1].labels == engine.alerts[0].labels


def _basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


@pytest.mark.parametrize(
    ("source", "authorization", "status"),
    [
        ("bearer", "Bearer test-old", 200),
        ("bearer", "bearer test-new", 200),
        ("bearer", "Bearer test-newer", 401),
        ("bearer", "Bearer", 401),
        ("bearer", "Basic test-new", 401),
        ("bearer", "Bearer t\u00ebst", 401),
        ("bearer", "", 401),
        ("basic", _basic("am", "test-pässword"), 200),
        ("basic", _basic("am", "wrong"), 401),
        ("basic", _basic("an", "test-pässword"), 401),
        ("basic", "Basic !!!", 401),
        ("basic", "Basic /w==", 401),
        ("basic", "Bearer test-pässword", 401),
        ("alertmanager", "Bearer anything", 200),
    ],
)
async def test_each_secret_of_a_source_is_accepted_and_others_are_401(
    client: Client, engine: FakeEngine, source: str, authorization: str, status: int
) -> None:
    """Each of a source's secrets is accepted; any other is 401 with the expected scheme."""
    headers = JSON | ({"Authorization": authorization} if authorization else {})
    answer = await client.post(f"/webhook/{source}", data=b'{"alerts": []}', headers=headers)
    assert answer.status == status
    if status == 401:
        assert answer.headers["WWW-Authenticate"].lower().startswith(source)
        text = (await answer.text()) + repr(engine.rejected)
        assert "test-" not in text


@pytest.mark.parametrize("key", [b"test-old", b"test-new"])
@pytest.mark.parametrize("prefix", ["", "sha256="])
async def test_signature_of_the_raw_body_is_accepted(
    client: Client, key: bytes, prefix: str
) -> None:
    """The HMAC is computed over the bytes as sent, and each of two secrets is valid."""
    body = b'{ "alerts" : [] }'
    signature = prefix + hmac.digest(key, body, hashlib.sha256).hex()
    assert (await post(client, "/webhook/signed", body, **{"X-Signature": signature}))[0] == 200
    changed_body = await post(client, "/webhook/signed", body + b" ", **{"X-Signature": signature})
    assert changed_body[0] == 401


@pytest.mark.parametrize("signature", [None, "", "00", "ä"])
async def test_missing_or_malformed_signature_is_401(client: Client, signature: str | None) -> None:
    """A signature that is missing, empty or not ASCII answers 401."""
    headers = {} if signature is None else {"X-Signature": signature}
    assert (await post(client, "/webhook/signed", b"{}", **headers))[0] == 401


@pytest.mark.parametrize("signature", ["00", "g" * 64, "sha256=", "0" * 65])
async def test_malformed_signature_is_401_before_the_body(client: Client, signature: str) -> None:
    """A stranger's body is not read if the signature is malformed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", client.port)
    head = f"Content-Type: application/json\r\nX-Signature: {signature}\r\nContent-Length: 9\r\n"
    writer.write(f"POST /webhook/signed HTTP/1.1\r\nHost: x\r\n{head}\r\n".encode())
    assert (await reader.readline()).split()[1] == b"401"  # and no byte of the body was sent
    writer.close()
    await writer.wait_closed()


async def test_unauthenticated_sender_is_401_before_parsing(client: Client) -> None:
    """An unauthenticated sender gets no information on how its body is parsed."""
    assert (await post(client, "/webhook/bearer", b"{"))[0] == 401


async def test_api_requires_the_secret_of_the_prometheus_source(
    client: Client, engine: FakeEngine
) -> None:
    """With a secret declared for prometheus, /api/v2/alerts requires it."""
    secret = SourceSettings("prometheus", "prometheus", bearer=(Secret("test-prom"),))
    engine.sources["prometheus"] = secret
    assert (await post(client, "/api/v2/alerts", [GOOD]))[0] == 401
    credentials = {"Authorization": "Bearer test-prom"}
    assert (await post(client, "/api/v2/alerts", [GOOD], **credentials))[0] == 200


async def test_flood_of_refusals_is_counted_and_partly_stored(
    client: Client, engine: FakeEngine
) -> None:
    """All refusals are counted, and at most a few writes to the store run at a time."""
    gate = asyncio.Event()

    async def slow_reject(*what: Any) -> None:
        engine.rejected.append(what)
        await gate.wait()

    engine.reject = slow_reject  # type: ignore[method-assign]
    async with asyncio.TaskGroup() as group:
        posts = [group.create_task(post(client, "/webhook/alertmanager", b"{")) for _ in range(20)]
        # Requests whose reject is not stored are answered; the others wait at the gate.
        for _ in range(20 - STORED_AT_ONCE):
            await asyncio.wait([p for p in posts if not p.done()], return_when="FIRST_COMPLETED")
            if sum(p.done() for p in posts) >= 20 - STORED_AT_ONCE:
                break
        gate.set()
    assert len(engine.rejected) == STORED_AT_ONCE
    assert 'status="400"} 20.0' in engine.metrics.exposition().decode()


async def test_body_over_the_limit_in_one_packet_is_413(client: Client) -> None:
    """E34: a body without a length that arrives together with its head is measured as well."""
    head = "POST /webhook/small HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    for size, status in ((1000, 422), (1001, 413)):
        chunk = f"{size:x}\r\n".encode() + b"[]" + b" " * (size - 2) + b"\r\n0\r\n\r\n"
        reader, writer = await asyncio.open_connection("127.0.0.1", client.port)
        writer.write(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode() + chunk)
        assert (await reader.readline()).split()[1] == str(status).encode()
        writer.close()
        await writer.wait_closed()


async def test_undeclared_source_is_404_and_lists_the_declared_ones(
    client: Client, engine: FakeEngine
) -> None:
    """E42: with `sources:` present only declared sources exist, and the answer lists them."""
    engine.sources = {"alertmanager": engine.sources["alertmanager"]}
    status, answer = await post(client, "/webhook/prometheus", [GOOD])
    assert (status, answer["error"]) == (404, "there is no such source")
    assert answer["detail"] == [
        {"field": "source", "message": "declare it under sources:; declared: alertmanager"}
    ]


async def test_api_without_a_prometheus_source_is_404(client: Client, engine: FakeEngine) -> None:
    """E42: Prometheus gets Alertmanager's form of an error, which says what to declare."""
    engine.sources = {"alertmanager": engine.sources["alertmanager"]}
    assert await post(client, "/api/v2/alerts", [GOOD]) == (
        404,
        {
            "code": 404,
            "message": "no source of type prometheus; declare one under sources:; "
            "declared: alertmanager",
        },
    )
    engine.sources = {}
    _, answer = await post(client, "/api/v2/alerts", [GOOD])
    assert answer["message"].endswith("declared: none")
    assert not engine.submitted
