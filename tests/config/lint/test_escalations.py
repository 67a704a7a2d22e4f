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


SHORT = (
    PEOPLE + "severities: {critical: {rank: 1, respond_within: 15m}, "
    "info: {rank: 2, respond_within: WITHIN}}\n"
    "receivers: [{name: all, escalate: e}]\n"
    "route: {receiver: all}\n"
)


@pytest.mark.parametrize(
    ("wait", "within", "warned"),
    [
        ("10m", "30m", "10m is shorter than respond_within (15m) of severity critical"),
        ("20m", "30m", "20m is shorter than respond_within (30m) of severity info"),
        ("16h", "next business day", "16h is shorter than respond_within (next business day) of"),
        ("4h", "same day", "4h is shorter than respond_within (same day) of severity info"),
    ],
)
def test_wait_shorter_than_the_time_to_acknowledge_is_warned_of(
    wait: str, within: str, warned: str
) -> None:
    """A step that another one follows must leave the first people the time they have."""
    text = SHORT.replace("WITHIN", within) + (
        f"escalations: {{e: [{{notify: ['person:ana'], wait: {wait}}}, {{notify: ['person:ben'],"
        " wait: 1m}]}\n"
    )
    [warning] = [one for one in warning_texts(text) if "is shorter than" in one]
    assert warning.startswith(f"routes.yaml:6:50: wait: {warned}")


@pytest.mark.parametrize(
    ("steps", "route"),
    [
        pytest.param("wait: 1h", "", id="long enough"),
        pytest.param("wait: 15m, when: {severities: [critical]}", "", id="other severity"),
        pytest.param("wait: 10m", ", respond_within: 5m", id="the route's wins"),
    ],
)
def test_wait_that_leaves_the_time_to_acknowledge_is_fine(steps: str, route: str) -> None:
    """Only the respond_within that applies to the step's alerts counts."""
    text = SHORT.replace("WITHIN", "1h").replace("{receiver: all}", f"{{receiver: all{route}}}") + (
        f"escalations: {{e: [{{notify: ['person:ana'], {steps}}}, {{notify: ['person:ben']}}]}}\n"
    )
    assert [one for one in warning_texts(text) if "is shorter than" in one] == []


def test_round_robin_of_one_person_is_warned_of() -> None:
    """With one person there are no turns to take."""
    text = (
        PEOPLE + "escalations: {e: [{notify: ['person:ana'], wait: 5m, round_robin: true}]}\n"
        "receivers: [{name: all, escalate: e}]\nroute: {receiver: all}\n"
    )
    assert warning_texts(text) == [
        "routes.yaml:3:67: round_robin: there is one person only, so nobody takes turns"
    ]
