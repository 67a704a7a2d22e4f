"""Warnings about receivers without targets where urgent alerts end.

Alertmanager accepts such receivers, and people use them on purpose. A name such as "null" says so.
Any other name is reported where a missing notification does harm: at the root, which gets every
alert that no other route matches, and where urgent alerts arrive.
"""

import re
from collections.abc import Mapping

from gateway.config.grammar.null_names import NAMES
from gateway.config.grammar.parsed import ParsedSection
from gateway.config.source.problem import Findings, shorten
from gateway.core.plan.plan import Plan
from gateway.core.routing.paths import may_end_at, paths

USUALLY_URGENT = ("critical", "page")
"""Values of the severity label that wake people, where the file declares no severities."""


def warn_receivers_without_targets(
    plan: Plan, routes: Mapping[str, ParsedSection], findings: Findings
) -> None:
    """Warn of alerts that should page somebody and end at a receiver without targets.

    Each receiver is reported once. `routes` are the file's, by the ids of the plan's.
    """
    urgent = [one.name for one in plan.severities.values() if one.rank <= plan.urgent_rank]
    warned_receivers: set[str] = set()
    for path in paths(plan.root):
        route = path[-1]
        receiver = plan.receivers[route.receiver]
        if receiver.targets or receiver.escalate or receiver.name in warned_receivers:
            continue
        if is_null_name(receiver.name):
            continue
        if len(path) == 1:
            alerts = "alerts that no other route matches" if may_end_at(path, "", None) else ""
        else:
            severities = urgent or USUALLY_URGENT
            unnotified = [one for one in severities if may_end_at(path, plan.severity_label, one)]
            alerts = f"alerts of severity {unnotified[0]} that arrive here" if unnotified else ""
        if alerts:
            warned_receivers.add(receiver.name)
            message = (
                f'receiver "{shorten(receiver.name)}" has no targets: nobody is notified of '
                f'{alerts}; add a target, such as email:, or call it "null" or "nobody" if that is '
                "intended"
            )
            position = routes[route.origins["receiver"]].position_of("receiver")
            findings.warn(position, message, text=receiver.name)


def warn_fallback_without_targets(
    plan: Plan, routes: Mapping[str, ParsedSection], findings: Findings
) -> None:
    """Warn where the fallback of a receiver is a root without targets.

    A root may notify nobody of alerts that no other route matches. That says nothing about alerts
    that should have been notified and could not be delivered.
    """
    root = plan.receivers[plan.root.receiver]
    if root.targets or root.escalate:
        return
    receiver_names = dict.fromkeys(path[-1].receiver for path in paths(plan.root))
    without_fallback = [name for name in receiver_names if plan.receivers[name].targets]
    without_fallback = [name for name in without_fallback if plan.receivers[name].fallback is None]
    if not without_fallback:
        return
    first, further = shorten(without_fallback[0]), len(without_fallback) - 1
    receivers = f'"{first}"' if not further else f'"{first}" and {further} more'
    message = (
        f"what cannot be delivered to {receivers} falls back on the root's receiver, which has no "
        "targets: nobody would be notified; give each a fallback:, a receiver on another channel"
    )
    position = routes[plan.root.id].position_of("receiver")
    findings.warn(position, message, text=root.name)


def is_null_name(name: str) -> bool:
    """Return whether a name says that its receiver notifies nobody: "null", "dev/null"."""
    words = re.findall(r"[a-z0-9]+", name.lower())
    return "".join(words) in NAMES or not set(NAMES).isdisjoint(words)
