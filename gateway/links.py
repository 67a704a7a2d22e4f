"""URLs of the gateway: the pages of incidents, and signed links.

A signed link is valid for one purpose, one subject and one person, until a given time. Its token
is public data signed with HMAC-SHA256, so that only a holder of the key can make or change one.
"""

import base64
import hashlib
import hmac
import struct
from dataclasses import dataclass
from enum import StrEnum

from gateway.core.errors import GatewayError

HEAD = struct.Struct(">BQI")
"""Version, number of the subject, expiry in whole unix seconds. The person's id follows."""
VERSION = 1
SIGNATURE_BYTES = 18
"""144 bits: beyond guessing, and the link stays short. Fewer would save nothing worth having."""
REPLY_HEAD = struct.Struct(">IHB")
"""Number of the incident, and expiry in hours since 1970 as 24 bits: years until the year 3883."""
REPLY_SIGNATURE_BYTES = 12
"""96 bits: each guess is a mail. More would not fit into the local part of an address."""
HOUR = 3600
LONGEST_TOKEN = 400
"""Characters. Longer texts are refused before they are hashed; a real token has under 150."""


class Purpose(StrEnum):
    """The one thing that a token is valid for.

    Each purpose has its own signing key, derived from its value: changing a value invalidates all
    links of that purpose that were sent before.
    """

    ACKNOWLEDGE = "acknowledge"
    READ = "read"
    SWAP = "swap"
    REPLY = "reply"
    FEED = "feed"
    HEARTBEAT = "heartbeat"
    PUSH = "push"
    SIGN_IN = "sign-in"


class LinkError(GatewayError, ValueError):
    """The link cannot be used."""


class ForgedLinkError(LinkError):
    """The token is incomplete, was changed, or was not signed here for this purpose."""


@dataclass(frozen=True, slots=True)
class LinkClaim:
    """The content of a valid token.

    `number` names the subject, such as an incident. `person` is a person's id, empty for a link
    that was sent to a shared mailbox or channel. `expires_at` is in unix seconds.
    """

    number: int
    person: str
    expires_at: float


class ExpiredLinkError(LinkError):
    """The token is genuine but has expired; `claim` still names the incident."""

    def __init__(self, claim: LinkClaim) -> None:
        super().__init__("this link has expired")
        self.claim = claim


class Links:
    """Makes URLs of the gateway, and makes and reads signed tokens."""

    def __init__(self, external_url: str, key: bytes) -> None:
        self.external_url = external_url.rstrip("/")
        self._keys = {
            purpose: hashlib.sha256(f"{purpose} links\0".encode() + key).digest()
            for purpose in Purpose
        }

    def __repr__(self) -> str:
        return f"Links({self.external_url!r})"

    def incident(self, number: int) -> str:
        """Return the URL of an incident's page."""
        return f"{self.external_url}/incidents/{number}"

    def incidents(self) -> str:
        """Return the URL of the list of incidents."""
        return f"{self.external_url}/"

    def on_call(self) -> str:
        """Return the URL of the page of who is on call."""
        return f"{self.external_url}/oncall"

    def callbacks(self, account: str) -> str:
        """Return the URL below which the vendor of an account posts back."""
        return f"{self.external_url}/callbacks/{account}"

    def push(self) -> str:
        """Return the URL that the buttons of push messages post to, with their token."""
        return f"{self.external_url}/push/acknowledge"

    def acknowledge(self, number: int, person: str, expires_at: float) -> str:
        """Return a URL by which `person` can acknowledge incident `number` until `expires_at`."""
        token = self.token(Purpose.ACKNOWLEDGE, number, person, expires_at)
        return f"{self.external_url}/ack/{token}"

    def feed(self, subject: str, generation: int, expires_at: float) -> str:
        """Return the URL of a calendar feed; it is valid while `generation` is the feed's own."""
        token = self.token(Purpose.FEED, generation, subject, expires_at)
        return f"{self.external_url}/feeds/{token}.ics"

    def swap(self, number: int, person: str, expires_at: float) -> str:
        """Return a URL by which `person` can answer swap `number` until `expires_at`."""
        return f"{self.external_url}/swap/{self.token(Purpose.SWAP, number, person, expires_at)}"

    def token(self, purpose: Purpose, number: int, person: str, expires_at: float) -> str:
        """Return a signed token, for URLs that are not made here, such as a page's relative ones.

        `expires_at` is in unix seconds; the fraction is dropped.
        """
        body = HEAD.pack(VERSION, number, int(expires_at)) + person.encode()
        return _encoded(body + self._signature(purpose, body))

    def read(self, purpose: Purpose, token: str, now: float) -> LinkClaim:
        """Return the claim of a token that was made for `purpose`.

        Raises ForgedLinkError, also for a token of another purpose, and past the token's end
        ExpiredLinkError.
        """
        try:
            raw = base64.b64decode(
                token.encode("ascii") + b"=" * (-len(token) % 4), altchars=b"-_", validate=True
            )
        except ValueError as error:
            raise ForgedLinkError("this link is not complete") from error
        if len(token) > LONGEST_TOKEN or len(raw) < HEAD.size + SIGNATURE_BYTES:
            raise ForgedLinkError("this link is not complete")
        body, signature = raw[:-SIGNATURE_BYTES], raw[-SIGNATURE_BYTES:]
        genuine = hmac.compare_digest(signature, self._signature(purpose, body))
        # base64 ignores the last bits: only the canonical spelling is accepted.
        if not genuine or _encoded(raw) != token:
            raise ForgedLinkError("this link was not made here, or was changed on the way")
        version, number, expires_at = HEAD.unpack_from(body)
        if version != VERSION:
            raise ForgedLinkError("this link is of another version")
        claim = LinkClaim(number, body[HEAD.size :].decode(), float(expires_at))
        if now > claim.expires_at:
            raise ExpiredLinkError(claim)
        return claim

    def reply_token(self, number: int, person: str, expires_at: float) -> str:
        """Return a token for an address to which only `person` can reply about incident `number`.

        It has 31 characters and no upper case, because a local part has at most 64 and mailers
        change its case. The person is signed and not in it: the sender's address says who it is.
        The end is rounded up to an hour.
        """
        hours = -int(-expires_at // HOUR)
        body = REPLY_HEAD.pack(number, hours >> 8, hours & 0xFF)
        raw = body + self._reply_signature(body, person)
        return base64.b32encode(raw).rstrip(b"=").decode().lower()

    def read_reply(self, token: str, person: str, now: float) -> int:
        """Return the incident that `person` may reply to by this token.

        Raises ForgedLinkError, also for a token of another person, and past its end
        ExpiredLinkError.
        """
        try:
            raw = base64.b32decode(token.upper().encode("ascii") + b"=" * (-len(token) % 8))
        except ValueError as error:
            raise ForgedLinkError("this reply address is not complete") from error
        body, signature = raw[: REPLY_HEAD.size], raw[REPLY_HEAD.size :]
        if not hmac.compare_digest(signature, self._reply_signature(body, person)):
            raise ForgedLinkError("this reply address was not made here for this person")
        number, high, low = REPLY_HEAD.unpack(body)
        claim = LinkClaim(number, person, float((high << 8 | low) * HOUR))
        if now > claim.expires_at:
            raise ExpiredLinkError(claim)
        return claim.number

    def _reply_signature(self, body: bytes, person: str) -> bytes:
        signed = body + person.encode()
        return hmac.digest(self._keys[Purpose.REPLY], signed, "sha256")[:REPLY_SIGNATURE_BYTES]

    def _signature(self, purpose: Purpose, body: bytes) -> bytes:
        return hmac.digest(self._keys[purpose], body, "sha256")[:SIGNATURE_BYTES]


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
