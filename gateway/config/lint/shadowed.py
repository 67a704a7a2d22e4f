"""Warnings about routes and layers of rotas that never take effect."""

from collections.abc import Mapping

from gateway.config.grammar.parsed import ParsedSection
from gateway.config.source.problem import Findings
from gateway.core.matching.text import write_matchers
from gateway.core.oncall.without_effect import hidden_layers
from gateway.core.plan.plan import Plan
from gateway.core.routing.match import walk
from gateway.core.routing.mutes import find_mute, next_mute_change
from gateway.core.routing.proofs import unreachable_routes


def warn_unreachable_routes(
    plan: Plan, routes: Mapping[str, ParsedSection], findings: Findings
) -> None:
    """Warn of routes that no alert can reach."""
    for unreachable in unreachable_routes(plan.root):
        position = routes[unreachable.route.id].position
        if unreachable.earlier is None:
            matchers = write_matchers(unreachable.clash)
            warning = f"no alert fulfils {matchers} together; correct one of them"
        else:
            warning = (
                f"the one in line {routes[unreachable.earlier.id].position.line} takes "
                "all its alerts first; put it before that one, or let that one continue: true"
            )
        findings.warn(position, f"this route can never match: {warning}")


def warn_hidden_layers(file: ParsedSection, plan: Plan, findings: Findings) -> None:
    """Warn of layers of rotas that later layers always cover."""
    for name, item in file.map_of("rotas").items():
        layers = item.value.list_of("layers")
        for at in hidden_layers(plan.rotas[name]):
            warning = (
                "this layer never takes effect: wherever it applies, a later layer does as well, "
                "and the later one wins; put it below that one, or give that one restrictions"
            )
            findings.warn(layers[at].position, warning)


def warn_always_muted(
    plan: Plan, routes: Mapping[str, ParsedSection], now: float, findings: Findings
) -> None:
    """Warn of routes that are muted from now on, with no end in the next five years."""
    for route in walk(plan.root):
        if find_mute(route, plan.time_intervals, now) is None:
            continue
        if next_mute_change(route, plan.time_intervals, now) is not None:
            continue
        keys = [
            key for key in ("mute_time_intervals", "active_time_intervals") if getattr(route, key)
        ]
        warning = (
            f"this route is muted for good by its {' and '.join(keys)}: nothing that comes here "
            "is ever notified; correct them, or write a receiver without targets if that is meant"
        )
        findings.warn(routes[route.id].position_of(keys[0]), warning)
