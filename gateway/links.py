"""Links into the gateway: the incident's page, and signed links that may acknowledge.

An acknowledge link is bound to one incident and one person and ends at a given time. It holds no
secret itself; it is signed with HMAC-SHA256, so it cannot be made or changed without the key.
"""

import base64
import hashlib
import hmac
import struct
from dataclasses import dataclass

HEAD = struct.Struct(">BQI")  # version, incident number, expiry in whole unix seconds
VERSION = 1
SIGNATURE_BYTES = 18  # 144 bits: nobody guesses that, and the link stays short
LONGEST_TOKEN = 400


class LinkError(ValueError):
    """The link cannot be used."""


class ForgedLinkError(LinkError):
    """The token was not made by this gateway, or was cut or changed on the way."""


@dataclass(frozen=True, slots=True)
class LinkClaim:
    """What a valid token says. `who` is a person's id, or empty for a shared mailbox or channel."""

    number: int
    who: str
    expires_at: float


class ExpiredLinkError(LinkError):
    """The token is genuine but its time is over; `claim` still says which incident it meant."""

    def __init__(self, claim: LinkClaim) -> None:
        super().__init__("this link has expired")
        self.claim = claim


class Links:
    """Makes and reads the gateway's own links."""

    def __init__(self, external_url: str, key: bytes) -> None:
        self.external_url = external_url.rstrip("/")
        self._key = hashlib.sha256(b"acknowledge links\0" + key).digest()

    def __repr__(self) -> str:
        return f"Links({self.external_url!r})"

    def incident(self, number: int) -> str:
        """The page of an incident."""
        return f"{self.external_url}/incidents/{number}"

    def incidents(self) -> str:
        """The list of incidents."""
        return f"{self.external_url}/"

    def acknowledge(self, number: int, who: str, expires_at: float) -> str:
        """A link by which `who` can acknowledge incident `number` until `expires_at`."""
        return f"{self.external_url}/ack/{self.token(number, who, expires_at)}"

    def token(self, number: int, who: str, expires_at: float) -> str:
        """What makes it such a link: for pages, whose links are relative."""
        body = HEAD.pack(VERSION, number, int(expires_at)) + who.encode()
        return _text(body + self._sign(body))

    def read(self, token: str, now: float) -> LinkClaim:
        """What the token says; raises LinkForged or, past its end, LinkExpired."""
        try:
            raw = base64.b64decode(
                token.encode("ascii") + b"=" * (-len(token) % 4), altchars=b"-_", validate=True
            )
        except ValueError as error:
            raise ForgedLinkError("this link is not complete") from error
        if len(token) > LONGEST_TOKEN or len(raw) < HEAD.size + SIGNATURE_BYTES:
            raise ForgedLinkError("this link is not complete")
        body, signature = raw[:-SIGNATURE_BYTES], raw[-SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, self._sign(body)) or _text(raw) != token:
            raise ForgedLinkError("this link was not made here, or was changed on the way")
        version, number, expires_at = HEAD.unpack_from(body)
        if version != VERSION:
            raise ForgedLinkError("this link is of another version")
        claim = LinkClaim(number, body[HEAD.size :].decode(), float(expires_at))
        if now > claim.expires_at:
            raise ExpiredLinkError(claim)
        return claim

    def _sign(self, body: bytes) -> bytes:
        return hmac.digest(self._key, body, "sha256")[:SIGNATURE_BYTES]


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
