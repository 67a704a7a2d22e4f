"""Tests of what a routes.yaml does today, to begin with (`gateway test --init`)."""

import asyncio
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from gateway.config.load import Config
from gateway.core.decide.route_preview import preview_route
from gateway.core.matching.matcher import Matcher, matches_all
from gateway.core.matching.proofs import example_value
from gateway.core.plan.plan import Plan
from gateway.core.plan.target_name import target_name
from gateway.core.routing.match import match_routes
from gateway.core.routing.tree import Route
from gateway.core.time.timestamps import format_duration
from gateway.core.time.wallclock import instant, load_zone
from gateway.stories.load import DEFAULT_START
from gateway.stories.play import Player
from gateway.stories.story import Fires, Resolves, Step, StoryAlert
from gateway.virtual.gateway import VirtualGateway
from gateway.virtual.recorder import Delivery

ALERTNAME = "ExampleAlert"
LONGEST = 4 * 3600.0
"""Seconds of each story until its alert resolves; by then most escalations have ended."""

Labels = Mapping[str, str]


def write_sample(config: Config, routes: str) -> str:
    """Return a file of tests that pass: where each route's alerts go, and a story for each.

    `routes` is the name of the routes.yaml beside it.
    """
    plan = config.plan
    start = instant(datetime.fromisoformat(DEFAULT_START), load_zone(plan.business_hours.zone))
    samples = list(_samples(plan))
    tests = [_route_test(plan, labels, start) for labels in samples]
    tests += asyncio.run(_stories(config, samples, start))
    body = yaml.safe_dump(
        {"routes": routes, "at": DEFAULT_START, "tests": tests},
        sort_keys=False,
        allow_unicode=True,
        width=100,
    )
    return (
        f"# What {routes} does today. Change what it should do, and run: gateway test FILE\n{body}"
    )


def _samples(plan: Plan) -> Iterator[Labels]:
    """Yield labels for which each route, with each severity that it takes, is the first."""
    touched = set()
    for route, matchers in _routes(plan.root, ()):
        for severity in plan.severities or ("",):
            labels = _labels(plan, matchers, severity)
            key = frozenset(labels.items())
            chosen = match_routes(plan.root, labels)
            if key in touched or not chosen or chosen[0].id != route.id:
                continue
            touched.add(key)
            yield labels


def _routes(
    route: Route, above: tuple[Matcher, ...]
) -> Iterator[tuple[Route, tuple[Matcher, ...]]]:
    matchers = (*above, *route.matchers)
    for child in route.children:
        yield from _routes(child, matchers)
    yield route, matchers


def _labels(plan: Plan, matchers: tuple[Matcher, ...], severity: str) -> Labels:
    """Return labels that match, where they can be found: an example for each name."""
    labels = {"alertname": ALERTNAME}
    if severity:
        labels[plan.severity_label] = severity
    for name in dict.fromkeys(one.name for one in matchers):
        own = tuple(one for one in matchers if one.name == name)
        if matches_all(own, labels):
            continue
        value = example_value(own)
        if value:
            labels[name] = value
        else:
            labels.pop(name, None)
    return labels


def _route_test(plan: Plan, labels: Labels, at: float) -> dict[str, Any]:
    preview = preview_route(plan, labels, at)
    expected: dict[str, Any] = {
        "receivers": [one.receiver.name for one in preview.matches],
        "repeat_interval": format_duration(preview.matches[0].timing.repeat_interval),
    }
    return {
        "name": f"route of {_name(labels)}",
        "alert": {"labels": dict(labels)},
        "expect": expected,
    }


async def _stories(config: Config, samples: list[Labels], start: float) -> list[dict[str, Any]]:
    return [await _story(config, labels, start) for labels in samples]


async def _story(config: Config, labels: Labels, start: float) -> dict[str, Any]:
    """Play an alert that nobody acknowledges, and write down what was sent when."""
    world = VirtualGateway(config, start, rendered=False)
    await world.start()
    fires = Step(start, 0, (Fires((StoryAlert(labels, {}),), "alertmanager"),), None, ())
    ends = Step(start + LONGEST, 0, (Resolves((labels,), "alertmanager"),), None, ())
    try:
        await Player(world, _no_reload, Path()).play([fires, ends], start)
    finally:
        await world.close()
    steps: dict[float, list[Delivery]] = {0.0: [], LONGEST: []}
    for one in world.deliveries:
        steps.setdefault(one.at - start, []).append(one)
    story = []
    for offset in sorted(steps):
        step: dict[str, Any] = {"at": format_duration(round(offset, 3)) or "0s"}
        if offset == 0:
            step["fires"] = dict(labels)
        if offset == LONGEST:
            step["resolves"] = dict(labels)
        step["expect"] = [_notice(one) for one in steps[offset]]
        story.append(step)
    return {"name": f"nobody acknowledges {_name(labels)}", "story": story}


def _no_reload(path: Path) -> Config:
    raise AssertionError(path)  # these stories have no reload


def _notice(sent: Delivery) -> dict[str, str]:
    """Return what the story expects: the person, or the address unless it may be a secret."""
    target = sent.target
    notice = {"channel": target.channel, "reason": sent.message.reason.value}
    if target.person:
        return {"person": target.person, **notice}
    return {**notice, "to": target_name(target)}


def _name(labels: Labels) -> str:
    others = [value for name, value in labels.items() if name != "alertname"]
    return ", ".join([labels["alertname"], *others])
