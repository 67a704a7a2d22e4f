"""The alert of a condition that is wrong with the gateway, with the labels that route it."""

from gateway.core.alerts.alert import Alert
from gateway.core.alerts.labels import identity
from gateway.core.alerts.own_alerts import SOURCE, ActiveCondition, Condition
from gateway.core.plan.plan import Plan


def own_alert(plan: Plan, active: ActiveCondition, now: float) -> Alert:
    """Return the alert of a condition that holds at `now`, with the labels that route it."""
    condition = active.condition
    labels = own_alert_labels(plan, condition) | dict(active.labels)
    page = f"docs/runbooks/{condition.runbook}.md"
    annotations = {
        "summary": condition.summary.format_map(labels),
        "description": condition.description,
        **active.annotations,
    }
    base = plan.own_alerts.runbooks
    if base:
        annotations["runbook_url"] = f"{base.rstrip('/')}/{condition.runbook}"
    else:
        annotations["runbook"] = page
    starts_at = now if active.since is None else min(active.since, now)
    return Alert(
        identity(labels), labels, annotations, starts_at, None, source=SOURCE, updated_at=now
    )


def own_alert_labels(plan: Plan, condition: Condition) -> dict[str, str]:
    """Return the labels that each alert of a condition has."""
    return {
        plan.severity_label: _severity(plan, condition),
        **plan.own_alerts.labels,
        "alertname": condition.name,
    }


def _severity(plan: Plan, condition: Condition) -> str:
    """Return the severity: critical or warning, or by their ranks the declared ones instead."""
    name = "critical" if condition.urgent else "warning"
    if not plan.severities or name in plan.severities:
        return name
    by_rank = list(plan.severities)  # the worst first
    return by_rank[0] if condition.urgent else by_rank[min(1, len(by_rank) - 1)]
