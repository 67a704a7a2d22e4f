"""The grammar of what `gateway soundness` reads."""

from gateway.config.grammar.lists import ListOf, MapOf
from gateway.config.grammar.sections import Field, Section
from gateway.config.grammar.values import TEXT
from gateway.core.plan.soundness_settings import TRACE_IDS, USER_IDS

SOUNDNESS = Section(
    "soundness",
    "What `gateway soundness` and its page read beside the routes and the stored alerts. Files are "
    "relative to routes.yaml; a name may be a pattern such as rules/*.yml.",
    (
        Field(
            "rules",
            ListOf(TEXT, or_one=True),
            "Prometheus' rule files: their alerts are judged although they never fired.",
            "none",
            "[rules/billing.rules.yml]",
        ),
        Field(
            "invariants",
            MapOf("invariant", ListOf(TEXT)),
            "What must never be violated, each with the names of the alerts about it. With an "
            "empty list those count whose label or annotation `invariant` has its name.",
            "none",
            "{NO_DOUBLE_CHARGE: [DoubleChargeDetected]}",
        ),
        Field(
            "dashboards",
            ListOf(TEXT, or_one=True),
            "Dashboards as Grafana exports them: each needs a description, and an owner by the tag "
            "owner:NAME.",
            "none",
            "[dashboards/*.json]",
        ),
        Field(
            "trace_ids",
            ListOf(TEXT, or_one=True),
            "Labels or annotations with the id of a trace.",
            ", ".join(TRACE_IDS),
            "[trace_id]",
        ),
        Field(
            "user_ids",
            ListOf(TEXT, or_one=True),
            "Labels or annotations with the id of a user.",
            ", ".join(USER_IDS),
            "[user_id]",
        ),
    ),
)
