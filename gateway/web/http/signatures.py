"""Signatures of posts: what a request claims, and whether the body that arrives proves it."""

import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gateway.core.plan.accounts import SourceSettings
from gateway.core.plan.source_types import SIGNED_FOR, SOURCE_SPECS, Scheme

_HEX_SHA256 = re.compile(r"[0-9a-f]{64}")
MOST_ITEMS = 20
"""Items of a signature's header that are read. Each v1 is one comparison more."""
_SECONDS = re.compile(r"[0-9]{1,12}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Claim:
    """A signature as a request shows it: any of `digits`, over `prefix` and the body."""

    digits: tuple[str, ...]
    prefix: bytes = b""


class Signature:
    """Verify the signature of a request, computed while the body arrives."""

    def __init__(
        self, sources: Sequence[SourceSettings], headers: Mapping[str, str], now: float
    ) -> None:
        """`now` is compared with the signed time, where a source signs one."""
        self._expected = [
            (
                source,
                claim,
                [hmac.new(_bytes(key.reveal()), claim.prefix, "sha256") for key in source.hmac],
            )
            for source in sources
            if source.hmac and (claim := claim_of(source, headers, now)) is not None
        ]

    @property
    def sources(self) -> list[SourceSettings]:
        """Return the sources whose signature the request may have. No body is read for others."""
        return [source for source, _, _ in self._expected]

    def update(self, chunk: bytes) -> None:
        """Add the next bytes of the body."""
        for _, _, digests in self._expected:
            for digest in digests:
                digest.update(chunk)

    def matching_source(self) -> SourceSettings | None:
        """Return the source that signed the body; None if no source did."""
        for source, claim, digests in self._expected:
            computed = [one.hexdigest().encode() for one in digests]
            matches = [
                hmac.compare_digest(one, digits.encode())
                for one in computed
                for digits in claim.digits
            ]
            if any(matches):
                return source
        return None


def claim_of(source: SourceSettings, headers: Mapping[str, str], now: float) -> Claim | None:
    """Return the signature that the head claims; None for a missing, malformed or late one."""
    if SOURCE_SPECS[source.type].scheme is Scheme.STRIPE:
        return _stripe_claim(source, headers, now)
    digits = tuple(text for name in source.hmac_headers if (text := _digits(headers.get(name, ""))))
    if not digits or not source.hmac_timestamp_header:
        return Claim(digits) if digits else None
    seconds = headers.get(source.hmac_timestamp_header, "").strip()
    return Claim(digits, f"{seconds}:".encode()) if is_recent(seconds, now) else None


def _stripe_claim(source: SourceSettings, headers: Mapping[str, str], now: float) -> Claim | None:
    """Return the claim of `t=TIME,v1=DIGITS,…`: any v1 counts, and no other version.

    https://docs.stripe.com/webhooks/signature
    """
    for name in source.hmac_headers:
        items = [item.strip().partition("=") for item in headers.get(name, "").split(",")]
        times = [value for key, _, value in items if key == "t"]
        digits = tuple(
            text for key, _, value in items[:MOST_ITEMS] if key == "v1" and (text := _digits(value))
        )
        if len(times) == 1 and digits and is_recent(times[0], now):
            return Claim(digits, f"{times[0]}.".encode())
    return None


def is_recent(seconds: str, now: float) -> bool:
    """Return whether a signed time, in Unix seconds, is near enough to `now`."""
    return _SECONDS.fullmatch(seconds) is not None and abs(int(seconds) - now) <= SIGNED_FOR


def _digits(header: str) -> str:
    """Return the digits of a signature, bare or after ``sha256=``; "" if malformed."""
    digits = header.strip().lower().removeprefix("sha256=")
    return digits if _HEX_SHA256.fullmatch(digits) else ""


def _bytes(text: str) -> bytes:
    # Bytes, because compare_digest refuses text that is not ASCII.
    return text.encode("utf-8", "surrogateescape")
