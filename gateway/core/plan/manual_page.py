"""The alert of a page that a person makes without any alert. Pure."""

from collections.abc import Collection, Mapping

from gateway.core.alerts.alert import MANUAL_SOURCE, Alert
from gateway.core.alerts.labels import identity, valid_label_name
from gateway.core.errors import GatewayError
from gateway.core.matching.matcher import Matcher
from gateway.core.plan.plan import Plan
from gateway.core.plan.team import Team
from gateway.core.text.nearest import nearest

ALERTNAME = "ManualPage"

PAGE_LABEL = "page"
"""The label that tells two pages apart: its value is the page's number."""

DEFAULT_SEVERITY = "critical"


class PageRefusedError(GatewayError, ValueError):
    """The page cannot be made; `field` is what is wrong with it."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field


def manual_labels(
    plan: Plan, team: str | None, severity: str | None, further: Mapping[str, str]
) -> dict[str, str]:
    """Return the labels of a page for `team`: those that its matchers ask for, and `further`.

    Raises PageRefusedError for an unknown team or severity, and for a team whose alerts cannot be
    made from its matchers.
    """
    for name in further:
        if not valid_label_name(name):
            raise PageRefusedError("labels", f'"{name}" cannot name a label')
    labels = dict(further)
    labels.setdefault(plan.severity_label, _severity(plan, severity))
    labels["alertname"] = ALERTNAME
    if team is None:
        return labels
    declared = plan.teams.get(team)
    if declared is None:
        raise PageRefusedError("team", _unknown("team", team, plan.teams))
    for matcher in declared.matchers:
        if matcher.matches(labels):
            continue
        if matcher.name in further:
            text = f"{matcher.name}={further[matcher.name]} is not of team {team}: {matcher}"
            raise PageRefusedError("labels", text)
        labels[matcher.name] = _value_for(matcher, declared)
    owner = plan.team_of(labels)
    if owner != team:
        other = plan.team_name(owner) if owner else "no team"
        text = f"an alert with these labels belongs to {other}: give further labels of {team}"
        raise PageRefusedError("team", text)
    return labels


def manual_alert(labels: Mapping[str, str], number: int, text: str, by: str, now: float) -> Alert:
    """Return the alert of page `number`; it fires until its incident is resolved."""
    all_labels = {**labels, PAGE_LABEL: str(number)}
    annotations = {"summary": text, "description": f"{by} paged you about this."}
    return Alert(
        identity(all_labels),
        all_labels,
        annotations,
        now,
        None,
        source=MANUAL_SOURCE,
        updated_at=now,
    )


def _severity(plan: Plan, name: str | None) -> str:
    declared = list(plan.severities)  # the worst first
    if name is None:
        if not declared or DEFAULT_SEVERITY in declared:
            return DEFAULT_SEVERITY
        return declared[0]
    if declared and name not in declared:
        raise PageRefusedError("severity", _unknown("severity", name, declared))
    return name


def _value_for(matcher: Matcher, team: Team) -> str:
    """Return a value that the matcher matches: its own, if it is no pattern, or the team's id."""
    own = (matcher.value,) if matcher.op == "=" else ()
    values: tuple[str, ...] = (*own, team.id, team.name)
    for value in values:
        if matcher.matches_value(value):
            return value
    text = f"its alerts match {matcher}: give a --label for {matcher.name}"
    raise PageRefusedError("labels", text)


def _unknown(what: str, name: str, declared: Collection[str]) -> str:
    names = sorted(declared)
    near = nearest(name, names)
    hint = f"; did you mean {near}?" if near else ""
    return f'routes.yaml declares no {what} "{name}"{hint} ({", ".join(names) or "none"})'
