"""Warnings about the routes of watchdogs and of their absence."""

from gateway.config.grammar.parsed import ParsedSection
from gateway.config.source.problem import Findings, shorten
from gateway.core.plan.channels import Capability, spec_of
from gateway.core.plan.plan import Plan, Receiver
from gateway.core.plan.watchdog import MISSING, Watchdog
from gateway.core.routing.match import match_routes


def warn_watchdog_routes(file: ParsedSection, plan: Plan, findings: Findings) -> None:
    """Warn where a watchdog notifies people, or its absence notifies nobody."""
    for watchdog in plan.watchdogs:
        position = file.map_of("watchdogs")[watchdog.name].position
        for receiver in _receivers(plan, _labels_of(watchdog)):
            if receiver.escalate or any(
                spec_of(target.channel).can(Capability.READ_BY_PEOPLE)
                for target in receiver.targets
            ):
                message = (
                    f'its alert always fires, and receiver "{shorten(receiver.name)}" would be '
                    "notified again and again; give it a route of its own to a receiver without "
                    "targets"
                )
                findings.warn(position, f"{shorten(watchdog.name)}: {message}")
        for receiver in _receivers(plan, watchdog.missing):
            if not receiver.targets and not receiver.escalate:
                message = (
                    f'{MISSING} goes to receiver "{shorten(receiver.name)}", which has no targets: '
                    "nobody would be notified that monitoring is silent; check its labels: and the "
                    "routes"
                )
                findings.warn(position, f"{shorten(watchdog.name)}: {message}")


def _labels_of(watchdog: Watchdog) -> dict[str, str]:
    """Return the labels that the alert certainly has."""
    return {one.name: one.value for one in watchdog.matchers if one.op == "="}


def _receivers(plan: Plan, labels: dict[str, str]) -> list[Receiver]:
    names = dict.fromkeys(route.receiver for route in match_routes(plan.root, labels))
    return [plan.receivers[name] for name in names]
