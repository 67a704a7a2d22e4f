"""Names of alerts in reports."""

from gateway.core.alerts.labels import Labels

MOST_LABELS = 8
"""Labels that name an alert. More make a line of a list hard to read."""


def alert_text(labels: Labels) -> str:
    """Return the labels of an alert as a text: "alertname=PaymentFailures team=billing"."""
    texts = [f"{name}={value}" for name, value in sorted(labels.items())]
    return " ".join(texts[:MOST_LABELS])
