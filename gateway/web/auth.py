"""Who may post alerts: the proofs of a source, compared in constant time.

Any one proof is enough, and several secrets of a kind may be valid at once, so that one can be
replaced without a gap. All of them are compared, whichever fits, so that time tells nothing.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping

from gateway.core.settings import Secret, SourceSettings
from gateway.web.errors import RequestError


def proven_by_head(source: SourceSettings, headers: Mapping[str, str]) -> bool:
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


def may_prove_by_body(source: SourceSettings, headers: Mapping[str, str]) -> bool:
    """Whether the request brings a signature that is worth reading the body for."""
    return bool(source.hmac) and bool(headers.get(source.hmac_header))


def proven_by_body(source: SourceSettings, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether the header holds the hex HMAC-SHA256 of the raw body, bare or after ``sha256=``."""
    given = headers.get(source.hmac_header, "").strip().lower().removeprefix("sha256=")
    wanted = [hmac.digest(_bytes(s.reveal()), body, hashlib.sha256).hex() for s in source.hmac]
    right = [hmac.compare_digest(_bytes(one), _bytes(given)) for one in wanted]
    return any(right)


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
