"""Running of tests: each by itself, in virtual time."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from gateway.config.load import Config, ConfigError
from gateway.core.errors import GatewayError
from gateway.core.time.timestamps import format_duration
from gateway.core.time.wallclock import load_zone, wall_time
from gateway.flow.silences.silences import SilenceNotFoundError
from gateway.stories.compare import Difference, differences, words
from gateway.stories.coverage import Touched, touched_of_routes, touched_of_story
from gateway.stories.event_text import event_text
from gateway.stories.play import Player, Window
from gateway.stories.routes import route_differences
from gateway.stories.story import Step, Test
from gateway.virtual.gateway import VirtualGateway
from gateway.virtual.recorder import Delivery


@dataclass(frozen=True, slots=True)
class Moment:
    """A line of a story's timeline: what was done, what was sent, or what differs."""

    at: float
    mark: str  # "", "→" for a message, "✗" for a difference
    text: str


@dataclass(frozen=True, slots=True)
class TestResult:
    """How a test ended. `differences` is empty if it passed."""

    test: Test
    differences: tuple[Difference, ...]
    timeline: tuple[Moment, ...]
    touched: Touched

    __test__ = False

    @property
    def passed(self) -> bool:
        """Return whether everything was as expected."""
        return not self.differences


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all tests of a file share. `load` loads a routes.yaml that a story changes to."""

    config: Config
    load: Callable[[Path], Config]
    folder: Path
    templates: tuple[Path, ...]


def run_tests(tests: Sequence[Test], surroundings: Surroundings) -> list[TestResult]:
    """Run tests, one after the other. Start it where no event loop runs."""

    async def run_all() -> list[TestResult]:
        return [await run_test(test, surroundings) for test in tests]

    return asyncio.run(run_all())


async def run_test(test: Test, surroundings: Surroundings) -> TestResult:
    """Run one test. A fault in the middle of a story is a difference, too."""
    plan = surroundings.config.plan
    if test.routes:
        differing = route_differences(plan, test.routes, test.at)
        return TestResult(test, tuple(differing), (), touched_of_routes(plan, test.routes, test.at))
    rendered = any(step.needs_text for step in test.story)
    world = VirtualGateway(surroundings.config, test.at, surroundings.templates, rendered=rendered)
    await world.start()
    player = Player(world, surroundings.load, surroundings.folder)
    fault: Difference | None = None
    try:
        await player.play(test.story, test.at)
    except (GatewayError, ConfigError, SilenceNotFoundError) as error:
        fault = Difference(world.now, test.line, str(error))
    finally:
        await world.close()
    differing = [one for window in player.windows for one in _differences_of(window)]
    if fault is not None:
        differing.append(fault)
    timeline = _timeline(test.story, world.deliveries, differing) if differing else ()
    touched = touched_of_story(plan, test.story, world.deliveries)
    return TestResult(test, tuple(differing), timeline, touched)


def _differences_of(window: Window) -> list[Difference]:
    step = window.step
    return differences(window.deliveries, window.since, step.at, step.line, step.exactly, step.some)


def _timeline(
    steps: Sequence[Step], deliveries: Sequence[Delivery], differing: Sequence[Difference]
) -> tuple[Moment, ...]:
    """Return everything in the order of time; at one instant events come first."""
    moments = [Moment(step.at, "", event_text(event)) for step in steps for event in step.events]
    moments += [Moment(one.at, "→", words(one)) for one in deliveries]
    moments += [Moment(one.at, "✗", one.text) for one in differing]
    ends = max((step.at for step in steps), default=0.0)
    return tuple(sorted((one for one in moments if one.at <= ends), key=lambda one: one.at))


def elapsed_text(at: float, start: float) -> str:
    """Return the time since the start of a story: "0s", "1h30m"."""
    return format_duration(round(at - start, 3))


def clock_text(at: float, zone: str) -> str:
    """Return an instant on the wall clock of a zone: "Wed 14:30"."""
    return wall_time(at, load_zone(zone)).strftime("%a %H:%M")
