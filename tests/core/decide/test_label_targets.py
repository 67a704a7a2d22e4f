"""Targets by labels in decisions: the group's label chooses, and its end follows (promise 14)."""

from gateway.core.plan.plan import Plan
from tests.config.texts import loaded
from tests.core.group_simulation import MINUTE, GroupSimulation

FILE = (
    "channels: {slack: {provider: console}}\n"
    "receivers:\n"
    "  - name: teams\n"
    '    slack: [{channel: "#{{ labels.team }}", allow: "#[a-z]+", otherwise: "#all"}]\n'
    "route: {receiver: teams, group_by: [alertname], group_wait: 0s, group_interval: 5m}\n"
)
PLAN: Plan = loaded(FILE).plan


def sent(group: GroupSimulation, seconds: float) -> list[tuple[str, str]]:
    """Return address and reason of the notices of that time."""
    return [(one.to, one.reason) for one in group.advance(seconds)]


def test_shared_label_chooses_the_target_until_the_end() -> None:
    """A group of one team notifies the team, also when it ends."""
    group = GroupSimulation(PLAN)
    group.fire("DoubleCharge", team="billing")
    assert sent(group, MINUTE) == [("slack:#billing", "first")]
    group.resolve("DoubleCharge", team="billing")
    assert sent(group, 10 * MINUTE) == [("slack:#billing", "resolved")]


def test_group_of_two_values_goes_to_the_declared_target_and_both_are_notified_of_the_end() -> None:
    """Two teams in one group share no value; everyone notified is notified of the end."""
    group = GroupSimulation(PLAN)
    group.fire("DoubleCharge", team="billing")
    assert sent(group, MINUTE) == [("slack:#billing", "first")]
    group.fire("DoubleCharge", team="platform")
    assert sent(group, 5 * MINUTE) == [("slack:#all", "new alerts")]
    for team in ("billing", "platform"):
        group.resolve("DoubleCharge", team=team)
    ends = sent(group, 10 * MINUTE)
    assert sorted(ends) == [("slack:#all", "resolved"), ("slack:#billing", "resolved")]


def test_fallback_receiver_with_a_target_by_label_gets_the_same_label() -> None:
    """An escalation that reaches nobody falls back on the team's own channel."""
    text = FILE.replace("receivers:\n", "receivers:\n  - {name: x, escalate: e, fallback: teams}\n")
    text = text.replace("receiver: teams, group", "receiver: x, group")
    text = 'escalations: {e: [{notify: ["rota:none"]}]}\n' + text
    text = (
        "people: {cho: }\nrotas: {none: {layers: [{members: [cho], start: 2090-01-02}]}}\n" + text
    )
    group = GroupSimulation(loaded(text).plan)
    group.fire("DoubleCharge", team="billing")
    assert sent(group, MINUTE) == [("slack:#billing", "fallback")]
