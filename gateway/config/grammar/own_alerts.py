"""The grammar of the gateway's own alerts."""

from gateway.config.grammar.lists import MapOf
from gateway.config.grammar.sections import Field, Section
from gateway.config.grammar.values import PLAIN_URL, TEXT

OWN_ALERTS = Section(
    "gateway alerts",
    "The gateway reports what is wrong with itself as alerts, such as GatewayNobodyOnCall. The "
    "routes decide who is notified. Without a label of its own, an alert has the severity critical "
    "or warning, or the most severe or second declared one.",
    (
        Field(
            "labels",
            MapOf("label", TEXT),
            "Labels of each of these alerts, which select its route.",
            "none",
            "{team: platform}",
        ),
        Field(
            "runbooks",
            PLAIN_URL,
            "Where you serve the folder docs/runbooks. Each alert then links to its page.",
            "none",
            "https://docs.example.com/alert-gateway/runbooks",
        ),
    ),
)
