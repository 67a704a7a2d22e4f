"""Authentication of sources: bearer, basic and a token in the URL, compared in constant time.

`signatures` verifies signed bodies.

Any one proof is enough. Several secrets of a kind may be valid at once, so that one can be replaced
without a gap. All of them are always compared, so that the time reveals nothing.
"""

import base64
import binascii
from collections.abc import Iterable, Mapping

from gateway.core.plan.accounts import Secret, SourceSettings
from gateway.web.http.errors import RequestError


def is_proven_by_head(
    source: SourceSettings, headers: Mapping[str, str], url_token: str = ""
) -> bool:
    """Return whether the head alone proves the sender: an open source, bearer, basic or URL."""
    if source.open:
        return True
    if url_token:
        return any_matches(source.url_token, url_token)
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
    schemes += [f'HMAC-SHA256 header="{name}"' for name in source.hmac_headers if source.hmac]
    detail = [{"field": "Authorization", "message": "missing or wrong"}]
    headers = {"WWW-Authenticate": ", ".join(schemes)} if schemes else {}
    return RequestError(401, "the credentials are missing or wrong", detail, headers)


def _basic(text: str) -> tuple[str, str]:
    try:
        name, _, password = base64.b64decode(text, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return name, password
