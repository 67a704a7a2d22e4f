"""What is known of each type of source, before anything is posted to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

MEBIBYTE = 1024 * 1024

SIGNED_FOR = 300.0
"""Seconds by which a signed time may differ from ours, in both directions. Higher: a recorded post
can be sent again for longer. Lower: senders whose clock is wrong are refused."""


class Scheme(Enum):
    """How a sender signs a post with an HMAC-SHA256, in hexadecimal digits."""

    BODY = "body"  # the body; with hmac_timestamp_header the time and a colon before it
    SNS = "sns"  # not an HMAC: Amazon's certificate proves the topic
    STRIPE = "stripe"  # "t=TIME,v1=DIGITS,…" in one header, over the time, a dot and the body


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """A type of source.

    `lists_alerts`: its posts are lists of any length, which are stored in pieces. `hmac_headers`:
    where its signature stands by default; any of them. `post_id_header`: the header with an id of
    the post, which is the same when it is sent again; empty: none;
    `post_id_field`: the field of its body with such an id. `answer_within`: the seconds in
    which it must be answered; None: it waits long enough. `is_personal`: its bodies may contain
    people's data, so no part of a refused one is stored. `has_preset`: a shipped mapping makes
    alerts of its JSON bodies. `max_bytes`: the default limit of a body.
    `resolve_timeout`: the default, in seconds, for senders that never report an end.
    """

    name: str
    lists_alerts: bool = False
    scheme: Scheme = Scheme.BODY
    hmac_headers: tuple[str, ...] = ("X-Signature",)
    post_id_header: str = ""
    post_id_field: str = ""
    answer_within: float | None = None
    is_personal: bool = False
    has_preset: bool = False
    max_bytes: int = 4 * MEBIBYTE
    resolve_timeout: float | None = None


SOURCE_SPECS: Mapping[str, SourceSpec] = {
    one.name: one
    for one in (
        SourceSpec("alertmanager", lists_alerts=True, max_bytes=32 * MEBIBYTE),
        SourceSpec("prometheus", lists_alerts=True, max_bytes=32 * MEBIBYTE),
        SourceSpec(
            "grafana",
            # The first is the documentation's, the second that of grafana/alerting, http/hmac.go.
            hmac_headers=("X-Grafana-Alerting-Signature", "X-Grafana-Alert-Signature"),
        ),
        SourceSpec(
            "sentry",
            hmac_headers=("Sentry-Hook-Signature",),
            post_id_header="Request-ID",
            # Sentry waits one second, its own connection included.
            answer_within=0.9,
            is_personal=True,
        ),
        SourceSpec("json"),
        SourceSpec("uptimerobot", has_preset=True),
        SourceSpec("uptimekuma", has_preset=True),
        SourceSpec("pingdom", has_preset=True),
        SourceSpec("gcp", has_preset=True),
        SourceSpec("newrelic", has_preset=True),
        # Nothing reports an end; a day is the longest that its events usually search.
        SourceSpec("graylog", has_preset=True, resolve_timeout=25 * 3600.0),
        SourceSpec(
            "github",
            has_preset=True,
            hmac_headers=("X-Hub-Signature-256",),
            post_id_header="X-GitHub-Delivery",
            max_bytes=25 * MEBIBYTE,  # GitHub's own limit
        ),
        SourceSpec(
            "stripe",
            has_preset=True,
            scheme=Scheme.STRIPE,
            hmac_headers=("Stripe-Signature",),
            post_id_field="id",  # https://docs.stripe.com/webhooks#handle-duplicate-events
            is_personal=True,
            resolve_timeout=90 * 86400.0,  # a dispute takes up to three months
        ),
        SourceSpec(
            "sns",
            has_preset=True,
            scheme=Scheme.SNS,
            post_id_field="MessageId",
            max_bytes=512 * 1024,  # SNS's own limit is 256 KiB
        ),
        # Longer than a day, because most of its alerts are checked daily.
        SourceSpec("posthog", is_personal=True, resolve_timeout=25 * 3600.0),
        # Attachments of 35 MB, which are dropped, become 47 MB in base64.
        SourceSpec("email", post_id_field="MessageID", is_personal=True, max_bytes=50 * MEBIBYTE),
        SourceSpec(
            "change",
            hmac_headers=("X-Hub-Signature-256",),
            post_id_header="X-GitHub-Delivery",
            # The body of an event names its repository's people.
            is_personal=True,
        ),
    )
}
"""All types of sources by name."""
