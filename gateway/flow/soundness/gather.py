"""Gathering of facts: where the routes lead each alert, and what is known of its runbook."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gateway.config.load import Config
from gateway.config.source.alert_rules import AlertRule
from gateway.core.decide.route_preview import MatchedRoute, person_of, preview_route
from gateway.core.matching.matcher import matches_all
from gateway.core.plan.link_checks import LinkResult
from gateway.core.plan.plan import Plan, Target
from gateway.core.soundness.facts import (
    RuleFacts,
    RuleHistory,
    RunbookFacts,
    RunbookKind,
    SoundnessFacts,
)
from gateway.core.text.text_template import is_template
from gateway.flow.soundness.files import read_dashboards, read_rules
from gateway.flow.soundness.history import History
from gateway.flow.soundness.runbook_dates import runbook_dates
from gateway.render.view.runbooks import runbook_of

FIRED = "it fired"
"""The position of an alert that no rule file declares."""

INVARIANT = "invariant"
"""The label or annotation that names the invariant which an alert is about."""

_OWN_PAGES = "https://gateway.invalid"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the gateway knows beside the files: history None: no gateway was asked."""

    history: History | None = None
    links: Sequence[LinkResult] = ()
    rule_files: Sequence[Path] = ()
    """Rule files beside those of the settings, such as those of --rules."""


@dataclass(slots=True)
class _Gathering:
    plan: Plan
    now: float
    history: History | None
    links: Mapping[str, LinkResult]
    dates: Mapping[str, tuple[float, str]] = field(default_factory=dict)


def gather(config: Config, plan: Plan, evidence: Evidence, now: float) -> SoundnessFacts:
    """Return the facts. Reads files and waits for git: call it outside of an event loop."""
    settings = config.soundness
    declared, problems = read_rules(settings.folder, settings.rules)
    more, more_problems = read_rules(Path(), [str(file) for file in evidence.rule_files])
    dashboards, missing = read_dashboards(settings.folder, settings.dashboards, plan)
    gathering = _Gathering(
        plan, now, evidence.history, {one.url: one for one in evidence.links if one.checked_at}
    )
    if plan.runbooks.folder:
        folder = Path(settings.folder) / plan.runbooks.folder
        gathering.dates = runbook_dates(folder, plan.runbooks.pages)
    alerts = [one for one in _alerts(gathering, [*declared, *more]) if not _is_watched(plan, one)]
    history = evidence.history
    return SoundnessFacts(
        now,
        [_rule(gathering, one) for one in alerts],
        {name: _about(name, names, alerts) for name, names in settings.invariants.items()},
        dashboards,
        (*problems, *more_problems, *missing),
        is_history_known=history is not None,
        is_truncated=history is not None and history.is_truncated,
    )


def _alerts(gathering: _Gathering, declared: Iterable[AlertRule]) -> Iterator[AlertRule]:
    """Yield each alert once by name and severity: declared ones, heartbeats', those that fired."""
    known = set()
    history = gathering.history.by_name if gathering.history else {}
    fired = (
        AlertRule(name, one.labels, one.annotations, FIRED, 0, 0) for name, one in history.items()
    )
    severity_label = gathering.plan.severity_label
    for one in (*declared, *_heartbeats(gathering.plan)):
        key = (one.name, one.labels.get(severity_label))
        if key not in known:
            known.add(key)
            yield one
    names = {name for name, _ in known}
    yield from (one for one in fired if one.name not in names)


def _heartbeats(plan: Plan) -> Iterator[AlertRule]:
    for heartbeat in plan.heartbeats.values():
        for labels in heartbeat.labels.values():
            name = labels.get("alertname", "")
            position = f"heartbeat {heartbeat.name}"
            yield AlertRule(name, labels, heartbeat.annotations, position, 0, 0)


def _is_watched(plan: Plan, one: AlertRule) -> bool:
    """Return whether a watchdog expects it to fire always: it is for no person."""
    return any(matches_all(watchdog.matchers, one.labels) for watchdog in plan.watchdogs)


def _about(invariant: str, names: Sequence[str], alerts: Sequence[AlertRule]) -> list[str]:
    """Return the alerts about an invariant that exist."""
    matching = [
        one.name
        for one in alerts
        if one.name in names
        or invariant in (one.labels.get(INVARIANT), one.annotations.get(INVARIANT))
    ]
    return list(dict.fromkeys(matching))


def _rule(gathering: _Gathering, one: AlertRule) -> RuleFacts:
    plan = gathering.plan
    labels = {name: text for name, text in one.labels.items() if not is_template(text)}
    preview = preview_route(plan, labels, gathering.now)
    history = None
    if gathering.history is not None:
        # Where not all alerts were read, one that is not among them may have fired.
        never = None if gathering.history.is_truncated else RuleHistory(labels)
        history = gathering.history.by_name.get(one.name, never)
    return RuleFacts(
        name=one.name,
        position=one.position if one.line else one.file,
        severity=labels.get(plan.severity_label, ""),
        is_urgent=plan.is_urgent(preview.severity.rank),
        team=preview.team,
        receivers=tuple(match.receiver.name for match in preview.matches),
        people=_people(plan, preview.matches),
        targets=tuple(
            dict.fromkeys(
                person_of(plan, target) for match in preview.matches for target in match.targets
            )
        ),
        runbook=_runbook(gathering, one, labels),
        history=history,
    )


def _people(plan: Plan, matches: Sequence[MatchedRoute]) -> tuple[str, ...]:
    """Return the names of those whom targets or escalations reach, the first ones first."""
    targets: list[Target] = []
    for match in matches:
        targets += match.targets
        for step in match.steps:
            targets += step.targets
    return tuple(dict.fromkeys(plan.name_of(one.person) for one in targets if one.person))


def _runbook(gathering: _Gathering, one: AlertRule, labels: Mapping[str, str]) -> RunbookFacts:
    plan = gathering.plan
    annotations = {name: text for name, text in one.annotations.items() if not is_template(text)}
    facts = {"common_labels": dict(labels), "common_annotations": annotations}
    result = runbook_of(facts, plan, _OWN_PAGES)
    if result.page is not None:
        at, source = gathering.dates.get(result.page.name, (None, ""))
        return RunbookFacts(RunbookKind.PAGE, f"{result.page.name}.md", at, source)
    if result.link is not None:
        followed = gathering.links.get(result.link.url)
        return RunbookFacts(
            RunbookKind.LINK,
            result.link.url,
            link_state=followed.state if followed else None,
            link_detail=followed.detail if followed else "",
        )
    filled = any(is_template(one.annotations.get(key, "")) for key in ("runbook_url", "runbook"))
    return RunbookFacts(RunbookKind.FILLED if filled else RunbookKind.NONE)
