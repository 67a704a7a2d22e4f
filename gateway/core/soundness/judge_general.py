"""Answers about the whole: invariants, dashboards, and ids that connect logs and traces."""

from collections.abc import Iterator, Sequence

from gateway.core.soundness.answers import Answer, Check, Verdict
from gateway.core.soundness.facts import DashboardFacts, SoundnessFacts

MOST_NAMED = 5
"""Alerts or panels that one answer names."""

_SAMPLING = Answer(
    Check.SAMPLING,
    Verdict.NOT_CHECKED,
    "whether traces and events are sampled, and by how much, is not visible here",
    "see the sampling rates of your tracing and error tracking, at least once a quarter",
)


def general_answers(facts: SoundnessFacts) -> Iterator[Answer]:
    """Yield the answers that are about no single alert."""
    for problem in facts.file_problems:
        yield Answer(Check.FILES, Verdict.BAD, problem, "correct soundness: rules, or the file")
    if not facts.rules:
        text = "no alert is known: none fired, and no rule file is named"
        yield Answer(Check.FILES, Verdict.UNKNOWN, text, "--rules FILE, or soundness: rules")
    yield from _history(facts)
    yield from _invariants(facts)
    yield from _dashboards(facts.dashboards)
    yield from _ids(facts)
    yield _SAMPLING


def _history(facts: SoundnessFacts) -> Iterator[Answer]:
    if not facts.is_history_known:
        text = "no gateway was asked which alerts fired, and how they were answered"
        advice = "run this where a gateway answers: --url"
        yield Answer(Check.EXERCISED, Verdict.UNKNOWN, text, advice)
    elif facts.is_truncated:
        text = "only the newest alerts were read: others may have fired, too"
        yield Answer(Check.EXERCISED, Verdict.UNKNOWN, text, "see GET /api/v1/alerts/history")


def _invariants(facts: SoundnessFacts) -> Iterator[Answer]:
    if not facts.invariants:
        text = "no invariant of the system is declared"
        yield Answer(Check.INVARIANT, Verdict.UNKNOWN, text, "soundness: invariants lists them")
    for name, alerts in facts.invariants.items():
        if alerts:
            text = f"{name}: {_some(alerts)}"
            yield Answer(Check.INVARIANT, Verdict.GOOD, text)
        else:
            text = f"{name}: no alert is about it"
            advice = "write a rule, and name it there or give it the label invariant"
            yield Answer(Check.INVARIANT, Verdict.BAD, text, advice)


def _dashboards(dashboards: Sequence[DashboardFacts]) -> Iterator[Answer]:
    if not dashboards:
        text = "no dashboard is declared"
        yield Answer(Check.DASHBOARD, Verdict.UNKNOWN, text, "soundness: dashboards lists files")
    for one in dashboards:
        missing = []
        if not one.owner:
            missing.append("an owner (the tag owner:NAME of a team or person)")
        if not one.has_description:
            missing.append("a description")
        if one.panels_without_description:
            missing.append(f"descriptions of panels: {_some(one.panels_without_description)}")
        name = one.title or one.file
        if one.problem:
            yield Answer(Check.DASHBOARD, Verdict.BAD, f"{one.file}: {one.problem}", "correct it")
        elif missing:
            text = f"{name} lacks {'; '.join(missing)}"
            advice = f"add that in Grafana, and export {one.file} again"
            yield Answer(Check.DASHBOARD, Verdict.BAD, text, advice)
        else:
            text = f"{name} is described, and owned by {one.owner}"
            yield Answer(Check.DASHBOARD, Verdict.GOOD, text)


def _ids(facts: SoundnessFacts) -> Iterator[Answer]:
    events = [one for one in facts.rules if one.history is not None and one.history.is_event]
    for check, names in (
        (Check.TRACE_ID, [one.name for one in events if one.history and not one.history.has_trace]),
        (Check.USER_ID, [one.name for one in events if one.history and not one.history.has_user]),
    ):
        if not events:
            text = "no alert about a single event was seen, such as Sentry's"
            yield Answer(check, Verdict.UNKNOWN, text, "trigger one of them")
        elif names:
            text = f"alerts about single events without a {check.value}: {_some(names)}"
            advice = "send it as a tag, and let the source take it over as a label or annotation"
            yield Answer(check, Verdict.BAD, text, advice)
        else:
            yield Answer(
                check, Verdict.GOOD, f"all alerts about single events have a {check.value}"
            )


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more
