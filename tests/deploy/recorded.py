"""Two hours of recorded metrics: all series of the gateway, and those of the billing example."""

import re
from collections.abc import Iterator
from itertools import product

import yaml
from prometheus_client import Counter, Gauge, Histogram

from deploy.dashboards.files import BILLING_JSON
from gateway.metrics import Metrics

END = 1_796_108_400
"""Unix seconds of the last sample."""

STEP = 15
SAMPLES = 2 * 3600 // STEP

TARGET = {"job": "alert-gateway", "instance": "127.0.0.1:9095"}
LABEL_VALUES = {
    "source": ["prometheus", "deployments"],
    "status": ["200", "503", "down"],
    "state": ["firing", "acknowledged", "pending", "sending", "dead"],
    "result": ["accepted", "timeout"],
    "version": ["0.1.0"],
}
"""Values of labels. Every other label has the value `billing`."""

Series = tuple[str, dict[str, str], float, float]
"""A name, its labels, the first value, and what each sample adds."""


def gateway_series() -> Iterator[Series]:
    """Return every series that a gateway exports, each counter with a rise."""
    metrics = Metrics()
    for metric in vars(metrics).values():
        if isinstance(metric, Counter | Gauge | Histogram):
            _fill(metric)
    for family in metrics.registry.collect():
        rises = family.type in ("counter", "histogram")
        for sample in family.samples:
            labels = dict(sample.labels) | TARGET
            yield sample.name, labels, sample.value, sample.value if rises else 0


def _fill(metric: Counter | Gauge | Histogram) -> None:
    """Give each series of a metric the value 1, or one observation of 1."""
    names = metric._labelnames
    for values in product(*(LABEL_VALUES.get(name, ["billing"]) for name in names)):
        series = metric.labels(*values) if names else metric
        if isinstance(series, Histogram):
            series.observe(1)
        elif isinstance(series, Gauge):
            series.set(1)
        else:
            series.inc()


def prometheus_series() -> Iterator[Series]:
    """Return the series that Prometheus makes itself."""
    yield "up", TARGET, 1, 0
    yield "ALERTS", {"alertname": "Watchdog", "alertstate": "firing"}, 1, 0


def billing_series() -> Iterator[Series]:
    """Return the series of the tests of the billing example's rules."""
    loaded = yaml.safe_load((BILLING_JSON.parent / "rules" / "rules.test.yml").read_text())
    for one in loaded["tests"][0]["input_series"]:
        name, _, labels = one["series"].partition("{")
        parsed = re.match(r"(\d+)(?:\+(\d+))?x", one["values"])
        assert parsed, one
        pairs = dict(re.findall(r'(\w+)="([^"]*)"', labels))
        yield name, pairs, float(parsed[1]), float(parsed[2] or 0)


def openmetrics() -> str:
    """Return all series with their samples, as `promtool tsdb create-blocks-from` reads them."""
    lines = []
    for make in (gateway_series, prometheus_series, billing_series):
        for name, labels, first, rise in make():
            text = ",".join(f'{key}="{value}"' for key, value in sorted(labels.items()))
            lines += [
                f"{name}{{{text}}} {first + rise * number} {END - (SAMPLES - number) * STEP}"
                for number in range(SAMPLES + 1)
            ]
    return "\n".join([*lines, "# EOF", ""])
