"""Warnings about receivers without targets where urgent alerts end.

Alertmanager accepts such receivers, and people use them on purpose. A name such as "null" says so.
Any other name is reported where a missing notification does harm: at the root, which gets every
alert that no other route matches, and where urgent alerts arrive.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

from gateway.config.grammar.null_names import NAMES
from gateway.config.grammar.parsed import ParsedSection
from gateway.config.source.problem import Findings, shorten
from gateway.core.matching.matcher import Matcher
from gateway.core.plan.plan import Plan
from gateway.core.routing.match import Route

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
    for chain in _chains((plan.root,)):
        route = chain[-1]
        receiver = plan.receivers[route.receiver]
        if receiver.targets or receiver.escalate or receiver.name in warned_receivers:
            continue
        if is_null_name(receiver.name):
            continue
        if len(chain) == 1:
            alerts = "alerts that no other route matches" if _ends_here(chain, "", None) else ""
        else:
            severities = urgent or USUALLY_URGENT
            unnotified = [one for one in severities if _ends_here(chain, plan.severity_label, one)]
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
    receiver_names = dict.fromkeys(chain[-1].receiver for chain in _chains((plan.root,)))
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


def _chains(path: tuple[Route, ...]) -> Iterator[tuple[Route, ...]]:
    """Yield every route with those above it, in the order of the file."""
    yield path
    for child in path[-1].children:
        yield from _chains((*path, child))


def _ends_here(chain: tuple[Route, ...], label: str, severity: str | None) -> bool:
    """Return whether some alert of this severity ends at the last route of the chain.

    None is any severity. An alert stays unless a route certainly matches all of them: other
    labels are not guessed.
    """
    conditions = {matcher for route in chain for matcher in route.matchers}

    def fits(matcher: Matcher) -> bool:
        return severity is not None and matcher.name == label and matcher.matches_value(severity)

    def takes_all(other: Route) -> bool:
        return all(matcher in conditions or fits(matcher) for matcher in other.matchers)

    if severity is not None and any(one.name == label and not fits(one) for one in conditions):
        return False
    for parent, child in pairwise(chain):
        earlier = parent.children[: parent.children.index(child)]
        if any(takes_all(one) and not one.continue_ for one in earlier):
            return False
    return not any(takes_all(one) for one in chain[-1].children)
