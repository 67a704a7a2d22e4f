"""The judgement of alert rules: each check is good, bad or unknown, with what to do."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from gateway.core.plan.link_checks import LinkState
from gateway.core.soundness.answers import Answer, Check, Soundness, Verdict
from gateway.core.soundness.facts import (
    DashboardFacts,
    RuleFacts,
    RuleHistory,
    RunbookFacts,
    RunbookKind,
    SoundnessFacts,
)
from gateway.core.soundness.judge import DAY, judge

NOW = 1_795_000_000.0
HISTORY = RuleHistory({}, last_fired=NOW - DAY, incidents=20, acknowledged=20, useful=9, noise=1)
SOUND = RuleFacts(
    name="DoubleCharge",
    position="rules.yml:4",
    severity="critical",
    is_urgent=True,
    team="Billing",
    receivers=("billing-critical",),
    people=("Ana",),
    targets=("slack #billing-alerts",),
    runbook=RunbookFacts(RunbookKind.PAGE, "double-charge.md", NOW - 30 * DAY, "git"),
    history=HISTORY,
)


def judged(*rules: RuleFacts, **others: object) -> Soundness:
    """Return the judgement of rules."""
    facts = SoundnessFacts(NOW, rules, {}, (), is_history_known=True)
    return judge(replace(facts, **others))  # type: ignore[arg-type]


def answers_of(rule: RuleFacts) -> dict[Check, Answer]:
    """Return the answers about one rule by check."""
    (row,) = judged(rule).rules
    return {one.check: one for one in row.answers}


def test_rule_that_has_everything_is_good_in_all_checks() -> None:
    """Owner, person, runbook, its date, firing, response, noise."""
    answers = answers_of(SOUND)
    assert set(answers) == {
        Check.OWNER,
        Check.REACHES,
        Check.RUNBOOK,
        Check.CURRENT,
        Check.EXERCISED,
        Check.ANSWERED,
        Check.NOISE,
    }
    assert {one.verdict for one in answers.values()} == {Verdict.GOOD}


def test_each_lack_is_bad_and_says_what_to_do() -> None:
    """One change of the facts makes one answer bad."""
    old = RunbookFacts(RunbookKind.PAGE, "x.md", NOW - 400 * DAY, "git")
    dead = RunbookFacts(RunbookKind.LINK, "https://r", link_state=LinkState.DEAD, link_detail="404")
    cases = (
        (Check.OWNER, replace(SOUND, team="")),
        (Check.REACHES, replace(SOUND, people=())),
        (Check.REACHES, replace(SOUND, people=(), targets=(), is_urgent=False)),
        (Check.RUNBOOK, replace(SOUND, runbook=RunbookFacts())),
        (Check.RUNBOOK, replace(SOUND, runbook=dead)),
        (Check.CURRENT, replace(SOUND, runbook=old)),
        (Check.EXERCISED, replace(SOUND, history=replace(HISTORY, last_fired=NOW - 91 * DAY))),
        (Check.EXERCISED, replace(SOUND, history=RuleHistory({}))),
        (Check.ANSWERED, replace(SOUND, history=replace(HISTORY, missed=3))),
        (Check.NOISE, replace(SOUND, history=replace(HISTORY, noise=9))),
    )
    for check, rule in cases:
        answer = answers_of(rule)[check]
        assert answer.verdict is Verdict.BAD, check
        assert answer.advice, check


def test_alert_that_is_not_urgent_needs_a_target_and_no_person() -> None:
    """A mailbox is enough for what nobody is woken for."""
    answer = answers_of(replace(SOUND, people=(), is_urgent=False))[Check.REACHES]
    assert answer.verdict is Verdict.GOOD


def test_drill_counts_as_exercise() -> None:
    """A test alert proves the path as a real one does."""
    history = replace(HISTORY, last_fired=None, last_test=NOW - DAY)
    answer = answers_of(replace(SOUND, history=history))[Check.EXERCISED]
    assert answer.verdict is Verdict.GOOD
    assert "drilled" in answer.text


def test_what_nobody_knows_is_unknown_and_not_bad() -> None:
    """A date that nothing says, a link that was not followed, history without a gateway."""
    undated = RunbookFacts(RunbookKind.PAGE, "x.md")
    assert answers_of(replace(SOUND, runbook=undated))[Check.CURRENT].verdict is Verdict.UNKNOWN
    link = RunbookFacts(RunbookKind.LINK, "https://r.example.com")
    assert answers_of(replace(SOUND, runbook=link))[Check.RUNBOOK].verdict is Verdict.UNKNOWN
    assert Check.EXERCISED not in answers_of(replace(SOUND, history=None))
    general = judged(replace(SOUND, history=None), is_history_known=False).general
    assert any(one.check is Check.EXERCISED and one.verdict is Verdict.UNKNOWN for one in general)


def test_invariant_without_an_alert_is_bad() -> None:
    """Each declared invariant has an alert, or the answer says which one lacks it."""
    general = judged(SOUND, invariants={"NO_DOUBLE_CHARGE": ["DoubleCharge"], "X": []}).general
    verdicts = {one.text: one.verdict for one in general if one.check is Check.INVARIANT}
    assert verdicts == {
        "NO_DOUBLE_CHARGE: DoubleCharge": Verdict.GOOD,
        "X: no alert is about it": Verdict.BAD,
    }


def test_dashboard_needs_an_owner_and_descriptions() -> None:
    """Each lack is named."""
    good = DashboardFacts("a.json", "A", "Billing", has_description=True)
    bad = DashboardFacts("b.json", "B", panels_without_description=("CPU",))
    general = judged(SOUND, dashboards=(good, bad)).general
    answers = [one for one in general if one.check is Check.DASHBOARD]
    assert [one.verdict for one in answers] == [Verdict.GOOD, Verdict.BAD]
    for word in ("owner", "description", "CPU"):
        assert word in answers[1].text


def test_alerts_about_single_events_need_trace_and_user() -> None:
    """Aggregates have neither; Sentry's events have both."""
    event = replace(HISTORY, is_event=True, has_trace=True)
    general = judged(SOUND, replace(SOUND, name="Sentry", history=event)).general
    verdicts = {one.check: one.verdict for one in general}
    assert verdicts[Check.TRACE_ID] is Verdict.GOOD
    assert verdicts[Check.USER_ID] is Verdict.BAD


def test_sampling_is_said_to_be_not_checked() -> None:
    """Nobody may think that it was."""
    assert any(
        one.check is Check.SAMPLING and one.verdict is Verdict.NOT_CHECKED
        for one in judged(SOUND).general
    )


@given(st.lists(st.sampled_from(Verdict), max_size=50))
def test_score_counts_good_and_bad_answers_only(verdicts: list[Verdict]) -> None:
    """Unknown answers change no score; it is 100 exactly when something is good and nothing bad."""
    general = tuple(Answer(Check.OWNER, one, "") for one in verdicts)
    score = Soundness(NOW, (), general).score
    good, bad = verdicts.count(Verdict.GOOD), verdicts.count(Verdict.BAD)
    assert 0 <= score <= 100
    assert (score == 100) == (good > 0 and bad == 0)
    without = tuple(one for one in general if one.verdict in (Verdict.GOOD, Verdict.BAD))
    assert Soundness(NOW, (), without).score == score
