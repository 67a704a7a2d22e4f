"""Numbers of reports in words: percentages, durations, and others with their unit."""

from gateway.core.plan.prometheus import PrometheusQuery

RATIO = "ratio"
SECONDS = "seconds"


def value_text(value: float, unit: str) -> str:
    """Return a number with its unit: "99.95 %", "612 ms", "1,204 credits"."""
    if unit == RATIO:
        return f"{_short(value * 100)} %"
    if unit == SECONDS:
        return f"{_short(value * 1000)} ms" if abs(value) < 1 else f"{_short(value)} s"
    return f"{_short(value)} {unit}".rstrip()


def objective_of(query: PrometheusQuery) -> str:
    """Return the objective of a query in words; empty without one."""
    parts = []
    if query.at_least is not None:
        parts.append(f"at least {value_text(query.at_least, query.unit)}")
    if query.at_most is not None:
        parts.append(f"at most {value_text(query.at_most, query.unit)}")
    return " and ".join(parts)


def _short(value: float) -> str:
    """Return whole numbers with separators, others with four significant digits.

    A number near a boundary keeps its digits: 99.996 is not 100.
    """
    if value == round(value) or abs(value) >= 10_000:
        return f"{value:,.0f}"
    text = f"{value:,.2f}" if abs(value) >= 1 else f"{value:.3g}"
    if float(text.replace(",", "")) == round(value):
        text = f"{value:,.6g}"
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text
