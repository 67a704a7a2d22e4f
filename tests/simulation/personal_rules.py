"""People with notification rules and quiet hours for random days, and what must hold for them."""

from datetime import time

from gateway.core.time.quiet_hours import QuietHours
from tests.flow.world import ENV, ROUTES, START
from tests.simulation.random_days import Simulation

ENVIRONMENT = {**ENV, "PAGERDUTY_ANA_KEY": "test-ana-routing-key"}

_ANA = "  ana: {name: Ana, email: ana@example.com, slack: U0ANA}\n"
_BEN = "  ben: {name: Ben, email: ben@example.com}\n"
_RULES = """  ana:
    name: Ana
    email: ana@example.com
    slack: U0ANA
    contacts: {pager: {account: pagerduty, routing_key: "${PAGERDUTY_ANA_KEY}"}}
    timezone: Europe/Berlin
    notify:
      urgent: [{by: slack}, {by: email, after: 10s}, {by: pager, after: 5m}]
      other: [{by: email}, {by: slack, after: 1h}]
    quiet_hours: {from: "12:30", to: "17:00"}
  ben:
    name: Ben
    email: ben@example.com
    notify: {urgent: [{by: email, after: 2m}]}
"""
RULED = ROUTES.replace(_ANA + _BEN, _RULES)
RULED_VARIANTS = (
    RULED,
    RULED.replace("after: 5m}]\n      other: [{by: email}, {by: slack, after: 1h}]", "after: 1m}]"),
    RULED.replace("warning: {rank: 2,", "warning: {rank: 2, urgent: true,"),
    ROUTES,
)
"""A reload may change the rules, make warnings urgent, or remove all of it."""

CONTACTS = frozenset({"slack:U0ANA", "email:ana@example.com", "pagerduty:${PAGERDUTY_ANA_KEY}"})
QUIET = QuietHours("Europe/Berlin", time(12, 30), time(17))


def quiet_hours_are_kept(simulation: Simulation) -> list[str]:
    """Nothing that is not urgent is decided for Ana in her quiet hours while they are in force."""
    return [
        f"#{one.incident} {one.to}: {one.kind} ({one.reason}) in quiet hours at +{one.at:.0f}s"
        for one in simulation.world.delivered
        if one.to in CONTACTS
        and one.kind in ("firing", "repeat", "worse", "escalation", "missed")
        and QUIET.end_after(one.message.facts["at"]) is not None
        and one.message.facts["rank"] in (2, 3)
        and not _unruled(simulation, one.message.facts["at"])
    ]


def each_contact_once_per_reason(simulation: Simulation) -> list[str]:
    """Nobody gets two notices for one reason at one instant on one contact."""
    notices: dict[tuple[int, str, str, float], set[int]] = {}
    for one in simulation.world.delivered:
        if not one.incident:
            continue  # a person may learn of changed shifts in two rotas at once
        key = (one.incident, one.to, one.reason, one.message.facts["at"])
        notices.setdefault(key, set()).add(one.notice)
    return [
        f"#{number} {to}: {reason} at +{at - START:.0f}s by notices {sorted(ids)}"
        for (number, to, reason, at), ids in notices.items()
        if len(ids) > 1
    ]


def _unruled(simulation: Simulation, at: float) -> bool:
    """Return whether warnings were urgent by the routes.yaml in force, or no hours quiet."""
    in_force = 0
    for reloaded_at, number in simulation.reloads:
        if reloaded_at <= at:
            in_force = number
    return in_force in (2, 3)
