"""Amazon SNS: signed messages of listed topics count, and subscriptions are confirmed."""

import asyncio
import base64
import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from gateway.core.alerts.labels import identity
from gateway.core.incidents.incident import State
from gateway.core.plan.accounts import SourceSettings
from gateway.core.plan.sns_topic import is_certificate_url, is_subscribe_url, parse_topic
from gateway.core.time.timestamps import format_rfc3339
from gateway.web.ingest.sns.message import parse_message
from gateway.web.ingest.sns.verify import (
    MOST_FETCHES,
    SnsVerifier,
    UnreachableError,
    UnverifiedError,
)
from tests.config.texts import REST, faults, loaded
from tests.flow.world import ROUTES, START
from tests.shared_data import shared
from tests.web.parsing import parse_post
from tests.web.real import served
from tests.web.world import NOW

ARN = "arn:aws:sns:eu-central-1:123456789012:billing"
HOST = "sns.eu-central-1.amazonaws.com"
CERTIFICATE = f"https://{HOST}/SimpleNotificationService-0123456789abcdef.pem"
SUBSCRIBE = f"https://{HOST}/?Action=ConfirmSubscription&TopicArn={ARN}&Token=test"
SOURCE = SourceSettings("aws", "sns", topics=(ARN,))


def source() -> SourceSettings:
    """Return the source as routes.yaml declares it."""
    text = f"sources:\n  aws: {{type: sns, topics: ['{ARN}']}}\n{REST}"
    return loaded(text).sources["aws"]


@cache
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def certificate(days: int = 1) -> bytes:
    """Return a certificate that ends so many days after the tests' present time."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    now = datetime.fromtimestamp(NOW, UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key().public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=30))
        .not_valid_after(now + timedelta(days=days))
    )
    signed = builder.sign(key(), hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.PEM)


def alarm(state: str = "ALARM") -> str:
    """Return the text of CloudWatch's message."""
    return json.dumps(
        {
            "AlarmName": "LedgerQueueIsLong",
            "AlarmDescription": "More than 1,000 messages wait",
            "AWSAccountId": "123456789012",
            "NewStateValue": state,
            "NewStateReason": "Threshold crossed: 1 datapoint (1204.0)",
            "StateChangeTime": "2026-11-20T03:00:00.000+0000",
            "Region": "EU (Frankfurt)",
        }
    )


def message(version: str = "2", **changes: str | None) -> dict[str, Any]:
    """Return a message that is signed as Amazon signs; `changes` are signed too."""
    content: dict[str, Any] = {
        "Type": "Notification",
        "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "TopicArn": ARN,
        "Subject": "ALARM: LedgerQueueIsLong",
        "Message": alarm(),
        "Timestamp": format_rfc3339(NOW),
        "SignatureVersion": version,
        "SigningCertURL": CERTIFICATE,
        "Signature": "",
        **changes,
    }
    content = {name: value for name, value in content.items() if value is not None}
    signed = parse_message(json.dumps(content).encode()).signed_text
    digest = hashes.SHA256() if version == "2" else hashes.SHA1()
    signature = key().sign(signed, padding.PKCS1v15(), digest)
    return {**content, "Signature": base64.b64encode(signature).decode()}


def subscription(**changes: str) -> dict[str, Any]:
    """Return a signed message that asks to confirm a subscription."""
    more = {"Type": "SubscriptionConfirmation", "Token": "test", "SubscribeURL": SUBSCRIBE}
    more["MessageId"] = "8a14e4f3-f3ab-4be0-a12f-681ee8fe214f"
    return message(**{**more, **changes})


class Amazon:
    """What is fetched, and the answers."""

    def __init__(self, days: int = 1) -> None:
        self.fetched: list[str] = []
        self.days = days
        self.down = False

    async def __call__(self, url: str) -> bytes:
        self.fetched.append(url)
        if self.down:
            raise UnreachableError("Amazon did not answer")
        return certificate(self.days)


async def verified(content: Mapping[str, Any] | bytes, amazon: Amazon | None = None) -> str:
    """Return an empty text for a proven message, else why it is not."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    try:
        await SnsVerifier(lambda: NOW, amazon or Amazon()).verify(SOURCE, body)
    except UnverifiedError as error:
        return str(error)
    return ""


async def verified_by(verifier: SnsVerifier, body: bytes) -> bool:
    """Return whether a message was proven; False if Amazon could not be asked."""
    try:
        await verifier.verify(SOURCE, body)
    except UnreachableError:
        return False
    return True


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize("subject", ["ALARM: LedgerQueueIsLong", "", None])
async def test_signed_message_of_a_listed_topic_is_proven(
    version: str, subject: str | None
) -> None:
    """By either version; the subject is signed if there is one, also an empty one."""
    assert await verified(message(version, Subject=subject)) == ""


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"Message": alarm("OK")}, "its signature is wrong"),
        ({"Signature": base64.b64encode(b"x" * 256).decode()}, "its signature is wrong"),
        ({"Signature": "%%"}, "its Signature is not base64"),
        ({"SignatureVersion": "1"}, "its signature is wrong"),
        ({"SignatureVersion": "3"}, "its SignatureVersion is neither 1 nor 2"),
        ({"Type": "Other"}, "it has no Type of SNS"),
        ({"TopicArn": ARN + "2"}, "its topic is not listed"),
        ({"Timestamp": format_rfc3339(NOW - 3700)}, "it was signed more than an hour ago"),
        ({"Timestamp": format_rfc3339(NOW + 3700)}, "it was signed more than an hour ago"),
        ({"Timestamp": "soon"}, "its Timestamp is not a time"),
        ({"MessageId": 5}, "MessageId is missing"),
        ({"SigningCertURL": f"http://{HOST}/SimpleNotificationService-0a.pem"}, "its certificate"),
        ({"SigningCertURL": "https://sns.s3.amazonaws.com/x.pem"}, "its certificate"),
        ({"SigningCertURL": f"https://{HOST}.evil.example/x.pem"}, "its certificate"),
        ({"SigningCertURL": f"https://{HOST}:8443/SimpleNotificationService-0a.pem"}, "its cert"),
        ({"SigningCertURL": CERTIFICATE + "?x=1"}, "its certificate"),
    ],
)
async def test_changed_message_is_not_proven(change: dict[str, Any], why: str) -> None:
    """Every signed field, the time, and where the certificate is from."""
    assert (await verified({**message(), **change})).startswith(why)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b"5", b'{"alarm": "raw delivery"}'])
async def test_body_that_is_no_message_is_not_proven(body: bytes) -> None:
    """Raw delivery has no signature."""
    amazon = Amazon()
    assert await verified(body, amazon)
    assert amazon.fetched == []


async def test_certificate_is_fetched_once_and_must_be_valid_now() -> None:
    """An expired one proves nothing; nothing is fetched for topics that are not listed."""
    amazon = Amazon()
    verifier = SnsVerifier(lambda: NOW, amazon)
    for _ in range(3):
        await verifier.verify(SOURCE, json.dumps(message()).encode())
    assert amazon.fetched == [CERTIFICATE]
    assert await verified(message(), Amazon(days=-1)) == "its signature is wrong"


async def test_forged_messages_evict_no_certificate_of_amazon() -> None:
    """Who knows the topic's name can make up certificates, and must not cost the true one."""
    amazon = Amazon()
    verifier = SnsVerifier(lambda: NOW, amazon)
    await verifier.verify(SOURCE, json.dumps(message()).encode())
    for number in range(40):
        url = CERTIFICATE.replace("0123", f"{number:04x}")
        forged = {**message(), "SigningCertURL": url, "Message": alarm("OK")}
        with pytest.raises(UnverifiedError):
            await verifier.verify(SOURCE, json.dumps(forged).encode())
    amazon.down = True
    await verifier.verify(SOURCE, json.dumps(message()).encode())


async def test_few_certificates_are_fetched_at_once() -> None:
    """More are answered 503, so forged messages make no flood of requests to Amazon."""
    waiting, full, answer = 0, asyncio.Event(), asyncio.Event()

    async def slow(url: str) -> bytes:
        nonlocal waiting
        waiting += 1
        if waiting == MOST_FETCHES:
            full.set()
        await answer.wait()
        return certificate()

    verifier = SnsVerifier(lambda: NOW, slow)
    bodies = [
        json.dumps(message(SigningCertURL=CERTIFICATE.replace("0123", f"{number:04x}"))).encode()
        for number in range(20)
    ]
    async with asyncio.TaskGroup() as group:
        posts = [group.create_task(verified_by(verifier, body)) for body in bodies]
        await full.wait()
        answer.set()
    assert sum(post.result() for post in posts) == waiting == MOST_FETCHES


async def test_unreachable_certificate_is_no_verdict() -> None:
    """The message is answered 503, so that SNS sends it again."""
    amazon = Amazon()
    amazon.down = True
    with pytest.raises(UnreachableError):
        await verified(message(), amazon)


async def test_subscription_of_a_listed_topic_is_confirmed() -> None:
    """By one request to the topic's own region; a notification needs none."""
    amazon = Amazon()
    verifier = SnsVerifier(lambda: NOW, amazon)
    for content in (message(), subscription()):
        await verifier.confirm(await verifier.verify(SOURCE, json.dumps(content).encode()))
    assert amazon.fetched == [CERTIFICATE, SUBSCRIBE]
    elsewhere = subscription(SubscribeURL="https://169.254.169.254/?Action=ConfirmSubscription")
    proven = await verifier.verify(SOURCE, json.dumps(elsewhere).encode())
    with pytest.raises(UnverifiedError, match="its SubscribeURL is not one of"):
        await verifier.confirm(proven)


def test_alarm_fires_and_ok_ends_the_same_alert() -> None:
    """Insufficient data says neither; a subscription is no alert."""
    (firing,) = parse_post(source(), message()).alerts
    assert firing.labels["alertname"] == "LedgerQueueIsLong"
    assert "1204" in firing.annotations["summary"]
    (ended,) = parse_post(source(), message(Message=alarm("OK"))).alerts
    assert ended.ends_at is not None
    assert identity(firing.labels) == identity(ended.labels)
    for ignored in (message(Message=alarm("INSUFFICIENT_DATA")), subscription()):
        parsed = parse_post(source(), ignored)
        assert (parsed.alerts, parsed.bad) == ([], [])
        assert parsed.ignored


def test_recorded_messages_are_understood() -> None:
    """Messages that others recorded; their certificates are long gone."""
    folder = shared("fixtures/ingest/aws_sns")
    files = ("notification_alarm", "notification_insufficient_data", "subscription_confirmation")
    counts = []
    for name in files:
        body = (folder / f"{name}.json").read_bytes()
        counts.append(len(parse_post(source(), body).alerts))
        assert parse_message(body).topic == "arn:aws:sns:eu-west-1:1234567890:alerta-test"
    assert counts == [1, 0, 0]


@pytest.mark.parametrize(
    ("keys", "message_text"),
    [
        ("type: sns", '"topics" is missing'),
        ("type: sns, topics: ['arn:aws:sqs:x:1:y']", "is not the ARN of a topic"),
        (f"type: sns, topics: ['{ARN}'], bearer: t", "SNS signs with Amazon's certificate"),
        (f"type: json, bearer: t, topics: ['{ARN}']", '"topics" belongs to sources of type sns'),
    ],
)
def test_declaration_is_checked(keys: str, message_text: str) -> None:
    """A source without topics would take messages of anyone's topic."""
    problems = faults(f"sources:\n  aws: {{{keys}}}\n{REST}")
    assert any(message_text in str(one) for one in problems)


def test_hosts_are_those_of_the_topics_region() -> None:
    """China has its own ending."""
    china = parse_topic("arn:aws-cn:sns:cn-north-1:1:billing")
    assert china.host == "sns.cn-north-1.amazonaws.com.cn"
    ours = parse_topic(ARN)
    assert is_certificate_url(CERTIFICATE, ours)
    assert not is_certificate_url(CERTIFICATE, china)
    assert is_subscribe_url(SUBSCRIBE, ours)
    assert not is_subscribe_url(f"https://{HOST}/other?Action=x", ours)
    assert not is_subscribe_url("https://[", ours)


async def test_post_of_a_topic_opens_an_incident(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SNS calls its JSON text/plain; what is not proven is 401 and visible, and counts once."""
    amazon = Amazon()
    monkeypatch.setattr("gateway.web.ingest.sns.verify._fetch", amazon)
    monkeypatch.setattr(sys.modules[__name__], "NOW", START)
    certificate.cache_clear()
    routes = f"sources:\n  aws: {{type: sns, topics: ['{ARN}']}}\n{ROUTES}"
    plain = {"Content-Type": "text/plain; charset=UTF-8"}
    async with served(tmp_path, routes) as (world, client):
        intake = asyncio.create_task(world.engine.intake.run())

        async def post(content: Mapping[str, Any]) -> int:
            body = json.dumps(content).encode()
            return (await client.post("/webhook/aws", data=body, headers=plain)).status

        assert await post(subscription()) == 200
        assert await post({**message(), "Message": alarm("OK")}) == 401
        assert [await post(message()), await post(message())] == [200, 200]
        amazon.down = True
        other = CERTIFICATE.replace("0123", "4567")
        assert await post(message(SigningCertURL=other)) == 503
        await world.advance(60.0)
        assert (await world.incident()).state is State.FIRING
        shown = await (await client.get("/api/v1/sources")).json()
        assert shown["sources"][0]["refusals"] == 2
        intake.cancel()
    certificate.cache_clear()
