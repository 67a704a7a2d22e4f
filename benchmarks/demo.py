"""`make demo`: alerts, people and fake vendors around a real gateway, to watch for a minute.

Everything runs on this machine on free ports, in a folder that is removed at the end.
"""

import argparse
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from types import FrameType

from benchmarks.demo_causes import Causes, Monitoring, Recorded
from benchmarks.demo_screen import Screen
from benchmarks.demo_story import Story, the_end
from benchmarks.demo_watch import TookTooLong, Watch
from tests.endtoend.world import World

STEP_WAIT = 8.0
"""Seconds until the next step of an escalation: a quarter of an hour in the shipped file."""

ENDINGS = (signal.SIGINT, signal.SIGTERM)


def main() -> int:
    """Run the story. Returns the exit status: 0, also when it was interrupted; 1 when it failed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.demo", description=__doc__)
    parser.add_argument("--reading", type=float, default=3.0, help="seconds people think")
    parser.add_argument("--linger", type=float, default=15.0, help="seconds the pages stay")
    arguments = parser.parse_args()
    for ending in ENDINGS:
        signal.signal(ending, _interrupt)
    screen = Screen()
    home = Path(tempfile.mkdtemp(prefix="gateway-demo-"))
    # Where published schemas lie at hand the fakes check requests against them, which needs what
    # only `make setup` installs. A demonstration can do without.
    os.environ["GATEWAY_SHARED_DIR"] = str(home)
    os.environ.pop("GATEWAY_REQUIRE_SHARED", None)
    try:
        run(screen, home, arguments.reading, arguments.linger)
    except KeyboardInterrupt:
        screen.say("\nInterrupted; every process has ended.")
    except SystemExit:
        pass  # rich's answer to a closed pipe: nobody watches any more
    except (TookTooLong, AssertionError, OSError) as error:
        screen.say(f"\nThe story came to a halt. {error}", style="bold red")
        screen.say(f"What the processes wrote is in {home}")
        return 1
    shutil.rmtree(home, ignore_errors=True)
    return 0


def run(screen: Screen, home: Path, reading: float, linger: float) -> None:
    """Start everything, tell the story, end everything."""
    screen.say("Starting the gateway, fake vendors and monitoring …", style="bold")
    with World(home, STEP_WAIT) as world:
        causes = find_causes(world, screen)
        screen.say(causes.said)
        screen.say(
            "The gateway has the shipped routes.yaml, with seconds for minutes; Postmark, Slack "
            "and PagerDuty are fakes that take what the real ones would."
        )
        screen.link("Incidents:   ", f"{world.gateway.url}/")
        if isinstance(causes, Monitoring):
            screen.link("Prometheus:  ", f"{world.prometheus.url}/alerts")
        watch = Watch(world, causes, screen)
        Story(world, causes, watch, screen, reading).tell()
        the_end(world, causes, watch, screen, linger)
    screen.say("Every process has ended.")


def find_causes(world: World, screen: Screen) -> Causes:
    """The real monitoring as far as it is installed, else what was recorded of it."""
    missing = [
        name for name in ("prometheus", "prometheus-alertmanager") if shutil.which(name) is None
    ]
    if missing:
        screen.say(
            f"Not installed: {', '.join(missing)}. For the whole run: "
            f"apt-get install {' '.join(missing)} (Debian, Ubuntu)",
            style="yellow",
        )
    if "prometheus" in missing:
        return Recorded(world)
    return Monitoring(world, with_alertmanager=not missing)


def _interrupt(number: int, frame: FrameType | None) -> None:
    # A second Ctrl-C must not stop the tidying up.
    for ending in ENDINGS:
        signal.signal(ending, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
