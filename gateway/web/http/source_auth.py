"""Authentication of sources: bearer, basic and HMAC, compared in constant time.

Any one proof is enough. Several secrets of a kind may be valid at once, so that one can be replaced
without a gap. All of them are always compared, so that the time reveals nothing.
"""

import base64
import binascii
import hmac
import re
from collections.abc import Iterable, Mapping, Sequence

from gateway.core.plan.accounts import Secret, SourceSettings
from gateway.web.http.errors import RequestError

_HEX_SHA256 = re.compile(r"[0-9a-f]{64}")


def is_proven_by_head(source: SourceSettings, headers: Mapping[str, str]) -> bool:
    """Return whether the head alone proves the sender: an open source, bearer or basic."""
    if source.open:
        return True
    scheme, _, credentials = headers.get("Authorization", "").partition(" ")
    scheme, credentials = scheme.lower(), credentials.strip()
    if scheme == "bearer":
        return any_matches(source.bearer, credentials)
    if scheme == "basic":
        name, password = _basic(credentials)
        matches = [
            # Both are always compared: the time of `and` would reveal a matches name.
            Secret(user).matches(name) & secret.matches(password)
            for user, secret in source.basic
        ]
        return any(matches)
    return False


class Signature:
    """Verify the signature of a request, computed while the body arrives.

    The header holds the hex HMAC-SHA256 of the raw body, bare or after ``sha256=``.
    """

    def __init__(self, sources: Sequence[SourceSettings], headers: Mapping[str, str]) -> None:
        self._expected = [
            (
                source,
                digits,
                [hmac.new(_bytes(key.reveal()), b"", "sha256") for key in source.hmac],
            )
            for source in sources
            if source.hmac and (digits := _digits(headers.get(source.hmac_header, "")))
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
        for source, digits, digests in self._expected:
            matches = [
                hmac.compare_digest(one.hexdigest().encode(), digits.encode()) for one in digests
            ]
            if any(matches):
                return source
        return None


def _digits(header: str) -> str:
    """Return the digits of a signature; "" if malformed."""
    digits = header.strip().lower().removeprefix("sha256=")
    return digits if _HEX_SHA256.fullmatch(digits) else ""


def any_matches(secrets: Iterable[Secret], credential: str) -> bool:
    """Return whether `credential` is one of the secrets; each is compared."""
    matches = [secret.matches(credential) for secret in secrets]
    return any(matches)


def unauthorized(source: SourceSettings) -> RequestError:
    """Return 401 with the accepted schemes, and nothing on what was wrong."""
    schemes = []
    if source.bearer:
        schemes.append('Bearer realm="alerts"')
    if source.basic:
        schemes.append('Basic realm="alerts", charset="UTF-8"')
    if source.hmac:
        schemes.append(f'HMAC-SHA256 header="{source.hmac_header}"')
    detail = [{"field": "Authorization", "message": "missing or wrong"}]
    headers = {"WWW-Authenticate": ", ".join(schemes)}
    return RequestError(401, "the credentials are missing or wrong", detail, headers)


def _basic(text: str) -> tuple[str, str]:
    try:
        name, _, password = base64.b64decode(text, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return name, password


def _bytes(text: str) -> bytes:
    # Bytes, because compare_digest refuses text that is not ASCII.
    return text.encode("utf-8", "surrogateescape")
