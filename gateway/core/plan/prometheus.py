"""Queries to Prometheus, whose answers are lines of reports."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.core.plan.accounts import Secret

RANGE = "$range"
"""What stands in a query for the length of the report, such as 86400s."""


@dataclass(frozen=True, slots=True)
class PrometheusQuery:
    """A query with one number as its answer.

    `unit` "ratio" is shown as a percentage, "seconds" as a duration; another one stands behind the
    number. `at_least` and `at_most` are the objective, in the unit of the answer; None for none.
    """

    name: str
    query: str
    title: str
    unit: str = ""
    at_least: float | None = None
    at_most: float | None = None


@dataclass(frozen=True, slots=True)
class PrometheusSettings:
    """Where queries are sent, and the queries by name. `timeout` is in seconds."""

    url: Secret
    queries: Mapping[str, PrometheusQuery] = field(default_factory=dict)
    bearer: Secret | None = None
    proxy: Secret | None = None
    private_addresses: bool = True
    timeout: float = 10.0
