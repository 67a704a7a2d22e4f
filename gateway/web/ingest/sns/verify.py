"""Verification of messages of SNS: topic, time, certificate, signature; and subscriptions."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import aiohttp

from gateway.channels.support.client import HttpClient
from gateway.core.errors import GatewayError
from gateway.core.plan.accounts import SourceSettings
from gateway.core.plan.sns_topic import (
    Topic,
    is_certificate_url,
    is_subscribe_url,
    parse_topic,
)
from gateway.core.time.timestamps import parse_rfc3339
from gateway.web.ingest.sns.message import (
    SUBSCRIPTION,
    MalformedMessageError,
    SnsMessage,
    parse_message,
)

SIGNED_FOR = 3600.0
"""Seconds by which a message's time may differ from ours: SNS repeats a failed one for an hour."""

MOST_CERTIFICATES = 32
"""Certificates that are cached. Amazon uses one for a region for months."""

MOST_FETCHES = 4
"""Certificates that are fetched at once. Senders are unproven then, so more are answered 503."""

LARGEST_CERTIFICATE = 16 * 1024

Fetch = Callable[[str], Awaitable[bytes]]
"""Gets a URL. Raises UnreachableError."""


class UnverifiedError(GatewayError):
    """A message that is not proven to come from a topic of the source."""


class UnreachableError(GatewayError):
    """Amazon did not answer, so nothing is known of the message yet."""


class SnsVerifier:
    """Verifies messages, and confirms subscriptions of listed topics. Event loop only."""

    def __init__(self, now: Callable[[], float], fetch: Fetch | None = None) -> None:
        self._now = now
        self._fetch = fetch or _fetch
        self._certificates: dict[str, Any] = {}
        self._fetching = asyncio.Semaphore(MOST_FETCHES)

    async def verify(self, source: SourceSettings, body: bytes) -> SnsMessage:
        """Return the message of a body.

        Raises UnverifiedError, or UnreachableError when its certificate cannot be had.
        """
        try:
            message = parse_message(body)
        except MalformedMessageError as error:
            raise UnverifiedError(str(error)) from None
        if message.topic not in source.topics:  # first: nothing of others is fetched
            raise UnverifiedError("its topic is not listed under topics:")
        topic = parse_topic(message.topic)
        self._check_time(message)
        if not is_certificate_url(message.certificate_url, topic):
            raise UnverifiedError(f"its certificate is not served by {topic.host}")
        certificate = await self._certificate(message.certificate_url)
        if not await asyncio.to_thread(_is_signed, certificate, message, self._now()):
            raise UnverifiedError("its signature is wrong")
        self._keep(message.certificate_url, certificate)
        return message

    async def confirm(self, message: SnsMessage) -> None:
        """Confirm the subscription that a verified message asks for; others need nothing.

        Raises UnverifiedError for a URL of another host, UnreachableError if it fails.
        """
        if message.type != SUBSCRIPTION:
            return
        topic: Topic = parse_topic(message.topic)
        url = message.fields["SubscribeURL"]
        if not is_subscribe_url(url, topic):
            raise UnverifiedError(f"its SubscribeURL is not one of {topic.host}")
        await self._fetch(url)

    def _check_time(self, message: SnsMessage) -> None:
        try:
            at = parse_rfc3339(message.fields["Timestamp"])
        except ValueError:
            raise UnverifiedError("its Timestamp is not a time") from None
        if abs(at - self._now()) > SIGNED_FOR:
            raise UnverifiedError("it was signed more than an hour ago, or from now")

    async def _certificate(self, url: str) -> Any:
        from cryptography import x509  # an extra: only sources of this type need it

        known = self._certificates.get(url)
        if known is not None:
            return known
        if self._fetching.locked():
            raise UnreachableError("too many certificates are fetched at once")
        async with self._fetching:
            content = await self._fetch(url)
        try:
            return x509.load_pem_x509_certificate(content)
        except ValueError:
            raise UnverifiedError("its certificate cannot be read") from None

    def _keep(self, url: str, certificate: Any) -> None:
        """Cache a certificate that has proven a message; a forged one evicts none."""
        if url not in self._certificates and len(self._certificates) >= MOST_CERTIFICATES:
            self._certificates.clear()
        self._certificates[url] = certificate


def _is_signed(certificate: Any, message: SnsMessage, now: float) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding, rsa

    moment = datetime.fromtimestamp(now, UTC)
    if not certificate.not_valid_before_utc <= moment <= certificate.not_valid_after_utc:
        return False
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        return False
    # SHA-1 is what version 1 of SNS signs with; new topics can be switched to version 2.
    digest = hashes.SHA256() if message.digest == "SHA256" else hashes.SHA1()  # noqa: S303
    try:
        key.verify(message.signature, message.signed_text, padding.PKCS1v15(), digest)
    except InvalidSignature:
        return False
    return True


async def _fetch(url: str) -> bytes:
    """Get a URL of Amazon: public addresses only, without redirects, in five seconds."""
    client = HttpClient(1, public_only=True, total_timeout=5.0)
    try:
        async with client.session.get(url, allow_redirects=False) as answer:
            body = await answer.read()
            if answer.status != 200 or len(body) > LARGEST_CERTIFICATE:
                raise UnreachableError(f"Amazon answered {answer.status}")
            return body
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise UnreachableError(f"Amazon did not answer ({type(error).__name__})") from None
    finally:
        await client.close()
