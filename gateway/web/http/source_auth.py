"""Who may post alerts: the proofs of a source, compared in constant time.

Any one proof is enough, and several secrets of a kind may be valid at once, so that one can be
replaced without a gap. All of them are compared, whichever fits, so that time tells nothing.
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
    """Whether the request's head alone proves the sender: nothing needed, bearer or basic."""
    if source.open:
        return True
    scheme, _, rest = headers.get("Authorization", "").partition(" ")
    scheme, rest = scheme.lower(), rest.strip()
    if scheme == "bearer":
        return any_matches(source.bearer, rest)
    if scheme == "basic":
        name, password = _basic(rest)
        right = [
            # Both are compared always: `and` would tell a right name by the time it takes.
            Secret(user).matches(name) & secret.matches(password)
            for user, secret in source.basic
        ]
        return any(right)
    return False


class Signature:
    """The signature of a request, computed while the body arrives.

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
        """The sources that the request may still prove to be. For no other is its body read."""
        return [source for source, _, _ in self._expected]

    def update(self, chunk: bytes) -> None:
        """Go on with the next bytes of the body."""
        for _, _, digests in self._expected:
            for digest in digests:
                digest.update(chunk)

    def proves(self) -> SourceSettings | None:
        """Return the source that signed the body; None if no source did."""
        for source, digits, digests in self._expected:
            right = [
                hmac.compare_digest(one.hexdigest().encode(), digits.encode()) for one in digests
            ]
            if any(right):
                return source
        return None


def _digits(header: str) -> str:
    """The digits of a signature; "" for what cannot be one."""
    digits = header.strip().lower().removeprefix("sha256=")
    return digits if _HEX_SHA256.fullmatch(digits) else ""


def any_matches(secrets: Iterable[Secret], given: str) -> bool:
    """Whether `given` is one of the secrets; each is compared."""
    right = [secret.matches(given) for secret in secrets]
    return any(right)


def unauthorized(source: SourceSettings) -> RequestError:
    """401 with the proofs that would be accepted, and not a word on what was wrong."""
    ways = []
    if source.bearer:
        ways.append('Bearer realm="alerts"')
    if source.basic:
        ways.append('Basic realm="alerts", charset="UTF-8"')
    if source.hmac:
        ways.append(f'HMAC-SHA256 header="{source.hmac_header}"')
    detail = [{"field": "Authorization", "message": "missing or wrong"}]
    head = {"WWW-Authenticate": ", ".join(ways)}
    return RequestError(401, "who are you? the credentials are missing or wrong", detail, head)


def _basic(text: str) -> tuple[str, str]:
    try:
        name, _, password = base64.b64decode(text, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return name, password


def _bytes(text: str) -> bytes:
    # Bytes, for compare_digest refuses text that is not ASCII.
    return text.encode("utf-8", "surrogateescape")
