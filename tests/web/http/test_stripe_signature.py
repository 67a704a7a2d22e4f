"""Stripe's signature: a time and several digests in one header."""

import hmac

import pytest

from gateway.core.plan.accounts import Secret, SourceSettings
from gateway.web.http.signatures import Signature

NOW = 1_795_143_600.0
KEY, OLD = "whsec_test_new", "whsec_test_old"
BODY = b'{"type": "charge.dispute.created"}'
SOURCE = SourceSettings(
    "stripe", "stripe", hmac=(Secret(KEY), Secret(OLD)), hmac_headers=("Stripe-Signature",)
)


def digits(body: bytes = BODY, at: float = NOW, key: str = KEY) -> str:
    return hmac.new(key.encode(), f"{int(at)}.".encode() + body, "sha256").hexdigest()


def is_signed(header: str, body: bytes = BODY) -> bool:
    """Return whether a post with this header counts as Stripe's."""
    signature = Signature([SOURCE], {"Stripe-Signature": header}, NOW)
    signature.update(body[:5])
    signature.update(body[5:])
    return signature.matching_source() is SOURCE


@pytest.mark.parametrize(
    "header",
    [
        f"t={int(NOW)},v1={digits()}",
        f"t={int(NOW)}, v1={digits(key=OLD)}, v0={'0' * 64}",
        f"t={int(NOW)},v1={'0' * 64},v1={digits()}",
        f"t={int(NOW - 299)},v1={digits(at=NOW - 299)}",
        f"t={int(NOW + 299)},v1={digits(at=NOW + 299)}",
    ],
)
def test_any_of_several_digests_and_keys_counts(header: str) -> None:
    """While a secret is replaced, Stripe signs with both."""
    assert is_signed(header)


@pytest.mark.parametrize(
    "header",
    [
        "",
        f"v1={digits()}",
        f"t={int(NOW)}",
        f"t={int(NOW)},v0={digits()}",
        f"t={int(NOW)},v1={digits(b'another body')}",
        f"t={int(NOW)},v1={digits(key='whsec_test_wrong')}",
        f"t={int(NOW - 301)},v1={digits(at=NOW - 301)}",
        f"t={int(NOW + 301)},v1={digits(at=NOW + 301)}",
        f"t={int(NOW)},t={int(NOW - 1)},v1={digits()}",
        f"t=x,v1={digits()}",
        "t=" + "9" * 400 + f",v1={digits()}",
        "ü=,\u00ff=1,=",
        ",".join(["v1=" + "0" * 64] * 500),
    ],
)
def test_missing_wrong_late_or_malformed_signature_is_refused(header: str) -> None:
    """A time of tomorrow is as wrong as one of yesterday, and v0 never counts."""
    assert not is_signed(header)


def test_signature_of_another_body_is_refused() -> None:
    """It proves one body."""
    assert not is_signed(f"t={int(NOW)},v1={digits()}", BODY + b" ")
