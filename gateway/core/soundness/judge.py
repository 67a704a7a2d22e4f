"""The judgement: from facts to answers."""

from collections.abc import Iterator

from gateway.core.plan.link_checks import LinkState
from gateway.core.soundness.answers import Answer, Check, RuleAnswers, Soundness, Verdict
from gateway.core.soundness.facts import RuleFacts, RuleHistory, RunbookKind, SoundnessFacts
from gateway.core.soundness.judge_general import general_answers
from gateway.core.time.timestamps import format_rfc3339

DAY = 86400.0

CURRENT_WITHIN = 365 * DAY
"""Seconds since the last change within which a runbook counts as current."""

EXERCISED_WITHIN = 90 * DAY
"""Seconds since the last firing or drill within which an alert counts as exercised."""

MOST_MISSED = 0.1
"""The share of incidents that may be acknowledged too late. Higher: one in ten is an accident."""

MOST_NOISE = 0.3
"""The share of rated incidents that may be noise. Higher: people stop reading the alert."""


def judge(facts: SoundnessFacts) -> Soundness:
    """Return the answers to all checks."""
    rules = tuple(
        RuleAnswers(
            rule.name, rule.position, rule.severity, rule.team, tuple(_answers(rule, facts.now))
        )
        for rule in facts.rules
    )
    return Soundness(facts.now, rules, tuple(general_answers(facts)))


def _answers(rule: RuleFacts, now: float) -> Iterator[Answer]:
    yield _owner(rule)
    yield _reaches(rule)
    yield from _runbook(rule, now)
    yield from _history(rule.history, now)


def _owner(rule: RuleFacts) -> Answer:
    if rule.team:
        return Answer(Check.OWNER, Verdict.GOOD, rule.team)
    advice = "give the rule the labels of a team under teams:"
    return Answer(Check.OWNER, Verdict.BAD, "no team matches it", advice)


def _reaches(rule: RuleFacts) -> Answer:
    receivers = ", ".join(rule.receivers)
    if rule.people:
        text = f"receiver {receivers}: {', '.join(rule.people)}"
        return Answer(Check.REACHES, Verdict.GOOD, text)
    if not rule.targets:
        text = f"receiver {receivers} notifies nobody"
        return Answer(Check.REACHES, Verdict.BAD, text, "give the receiver a target")
    if rule.is_urgent:
        text = f"it is urgent, and receiver {receivers} reaches nobody by name now"
        advice = "give the receiver an escalation with a rota or a person: escalate: NAME"
        return Answer(Check.REACHES, Verdict.BAD, text, advice)
    text = f"receiver {receivers}: {', '.join(rule.targets)} (it is not urgent)"
    return Answer(Check.REACHES, Verdict.GOOD, text)


def _runbook(rule: RuleFacts, now: float) -> Iterator[Answer]:
    book = rule.runbook
    if book.kind is RunbookKind.NONE:
        advice = "write one, named like the alert, or set the annotation runbook"
        yield Answer(Check.RUNBOOK, Verdict.BAD, "it has none", advice)
        return
    if book.kind is RunbookKind.FILLED:
        text = "its name is filled in when it fires"
        yield Answer(Check.RUNBOOK, Verdict.UNKNOWN, text, "read it when it fires")
        return
    yield _exists(rule)
    if book.changed_at is None:
        text = f"nothing says when {book.name} was last changed"
        advice = "keep it in git, or write `updated: 2026-11-20` between `---` at its beginning"
        yield Answer(Check.CURRENT, Verdict.UNKNOWN, text, advice)
        return
    day = format_rfc3339(book.changed_at)[:10]
    text = f"{book.name} was last changed on {day}, by {book.source}"
    if now - book.changed_at <= CURRENT_WITHIN:
        yield Answer(Check.CURRENT, Verdict.GOOD, text)
    else:
        advice = "follow it once, correct it, and commit it"
        yield Answer(Check.CURRENT, Verdict.BAD, text, advice)


def _exists(rule: RuleFacts) -> Answer:
    book = rule.runbook
    if book.kind is RunbookKind.PAGE or book.link_state is LinkState.OK:
        return Answer(Check.RUNBOOK, Verdict.GOOD, book.name)
    if book.link_state is LinkState.DEAD:
        text = f"{book.name}: {book.link_detail}"
        return Answer(Check.RUNBOOK, Verdict.BAD, text, "correct the link, or write the page")
    text = f"{book.name} was not followed"
    if book.link_detail:
        text = f"{book.name}: {book.link_detail}"
    advice = "link_checks: {} in routes.yaml follows it each night"
    return Answer(Check.RUNBOOK, Verdict.UNKNOWN, text, advice)


def _history(history: RuleHistory | None, now: float) -> Iterator[Answer]:
    if history is None:
        return
    yield _exercised(history, now)
    if history.incidents:
        yield _answered(history)
    rated = history.useful + history.noise
    if rated:
        text = f"{history.noise} of {rated} rated incidents were noise"
        bad = history.noise > MOST_NOISE * rated
        advice = "raise its threshold or its duration, or delete the rule" if bad else ""
        yield Answer(Check.NOISE, Verdict.BAD if bad else Verdict.GOOD, text, advice)
    elif history.incidents:
        advice = "rate incidents as useful or noise, by the links in their messages"
        yield Answer(Check.NOISE, Verdict.UNKNOWN, "nobody rated its incidents", advice)


def _exercised(history: RuleHistory, now: float) -> Answer:
    last = max(history.last_fired or 0.0, history.last_test or 0.0)
    if now - last <= EXERCISED_WITHIN:
        is_test = last == history.last_test and last != history.last_fired
        word = "drilled" if is_test else "fired"
        day = format_rfc3339(last)[:10]
        return Answer(Check.EXERCISED, Verdict.GOOD, f"it last {word} on {day}")
    text = "it has neither fired nor been tested within 90 days"
    advice = 'trigger it, or post it with the label test="true"'
    return Answer(Check.EXERCISED, Verdict.BAD, text, advice)


def _answered(history: RuleHistory) -> Answer:
    text = f"{history.acknowledged} of {history.incidents} incidents acknowledged"
    if not history.missed:
        return Answer(Check.ANSWERED, Verdict.GOOD, f"{text}, none too late")
    text += f", {history.missed} too late or never"
    if history.missed <= MOST_MISSED * history.incidents:
        return Answer(Check.ANSWERED, Verdict.GOOD, text)
    advice = "ask who was paged (gateway explain), and change the escalation or respond_within"
    return Answer(Check.ANSWERED, Verdict.BAD, text, advice)
