"""Warnings about the steps of escalations."""

import pytest

from tests.config.texts import warning_texts

PEOPLE = (
    "channels: {email: {provider: console}, slack: {provider: console}}\n"
    "people: {ana: {email: ana@example.com}, ben: {slack: U012BEN}}\n"
)


def test_secondary_of_a_rota_with_one_person_is_warned_of() -> None:
    """A rota with one person has nobody to stand behind them."""
    text = (
        PEOPLE + "rotas: {r: {layers: [{members: [ana], start: 2026-01-05}]}}\n"
        "escalations: {e: [{notify: ['secondary:r'], wait: 5m}]}\n"
        "receivers: [{name: all, escalate: e}]\n"
        "route: {receiver: all}\n"
    )
    assert warning_texts(text) == [
        'routes.yaml:4:29: notify: nobody is ever secondary in rota "r": it has one person'
    ]


WHEN = (
    PEOPLE + "severities: {critical: {rank: 1}, warning: {rank: 2}}\n"
    "time_intervals: [{name: office, time_intervals: [{weekdays: ['monday:friday'],"
    " times: [{start_time: '09:00', end_time: '17:00'}]}]}]\n"
    "receivers: [{name: all, escalate: e, fallback: rest}, {name: rest}]\n"
    "route: {receiver: rest, routes: [{receiver: all, matchers: ['severity=~critical|warning']}]}\n"
)


@pytest.mark.parametrize(
    ("steps", "gap"),
    [
        pytest.param("when: {severities: [critical]}", "alerts of severity warning", id="severity"),
        pytest.param(
            "when: {time_intervals: [office]}",
            "alerts of severity critical at Mon 2026-09-21 17:00 (UTC)",
            id="time",
        ),
        pytest.param(
            "when: {severities: [critical]}}, "
            "{notify: ['person:ben'], wait: 5m, when: {severities: [warning],"
            " outside_time_intervals: [office]}",
            "alerts of severity warning at Mon 2026-09-21 14:13 (UTC)",
            id="severity and time",
        ),
    ],
)
def test_escalation_without_a_step_for_some_alerts_is_warned_of(steps: str, gap: str) -> None:
    """The first severity and time to which no step applies are named."""
    text = WHEN + f"escalations: {{e: [{{notify: ['person:ana'], wait: 5m, {steps}}}]}}\n"
    assert [one for one in warning_texts(text) if "no step applies" in one] == [
        f'routes.yaml:7:15: escalation "e": no step applies to {gap}: only the fallback receiver '
        '"rest" would be notified; add a step without when:'
    ]


@pytest.mark.parametrize(
    "steps",
    [
        "when: {severities: [critical, warning]}",
        "when: {time_intervals: [office]}}, {notify: ['person:ben'], wait: 5m,"
        " when: {outside_time_intervals: [office]}",
        "when: {severities: [critical]}}, {notify: ['person:ben'], wait: 5m",
    ],
)
def test_steps_that_apply_at_all_times_together_are_fine(steps: str) -> None:
    """Steps may share the severities and the week among them."""
    text = WHEN + f"escalations: {{e: [{{notify: ['person:ana'], wait: 5m, {steps}}}]}}\n"
    assert [one for one in warning_texts(text) if "no step applies" in one] == []
