"""The grammar of queries to Prometheus."""

from math import isfinite

from gateway.config.grammar.durations import PATIENCE
from gateway.config.grammar.field_types import Choice, Text
from gateway.config.grammar.lists import MapOf
from gateway.config.grammar.sections import Field, Section
from gateway.config.grammar.values import PROXY, SECRET, TEXT, URL


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not isfinite(value):
        raise ValueError(f'"{text}" is not a number such as 0.999 or 500')
    return value


NUMBER = Text("number", _number, types=("number", "string"))

QUERY = Section(
    "query",
    "A query in PromQL whose answer is one number; the key is its name.",
    (
        Field(
            "query",
            TEXT,
            "The query. `$range` stands for the length of the report, such as 86400s.",
            "",
            "'sum(increase(billing_purchases_total[$range]))'",
            required=True,
        ),
        Field("title", TEXT, "What the number is.", "the name", "Purchases"),
        Field(
            "unit",
            TEXT,
            "`ratio` is shown as a percentage, `seconds` as a duration; another unit stands behind "
            "the number.",
            "none",
            "ratio",
        ),
        Field("at_least", NUMBER, "The objective, in the unit of the answer.", "none", "0.999"),
        Field("at_most", NUMBER, "The objective, in the unit of the answer.", "none", "0.5"),
    ),
)

PROMETHEUS = Section(
    "prometheus",
    "The Prometheus that is asked for lines of reports.",
    (
        Field("url", URL, "Its URL.", "", "http://prometheus:9090", required=True),
        Field("bearer", SECRET, "The token of requests to it.", "none", '"${PROMETHEUS_TOKEN}"'),
        Field("queries", MapOf("name", QUERY), "The queries, by name.", "none", "{}"),
        Field("timeout", PATIENCE, "How long an answer may take.", "10s", "20s"),
        Field(
            "private_addresses",
            Choice(("allow", "refuse")),
            "Whether the URL may lead into a private network.",
            "allow",
            "refuse",
        ),
        Field(
            "proxy",
            PROXY,
            "An HTTP proxy. The environment's proxies are not used.",
            "none",
            "http://proxy.example.com:3128",
        ),
    ),
)
