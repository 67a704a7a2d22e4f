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
from benchmarks.demo_senders import sections
from benchmarks.demo_story import Story, print_summary
from benchmarks.demo_watch import StoryTimeoutError, Watch
from tests.endtoend.world import World

STEP_WAIT = 8.0
"""Seconds until the next step of an escalation: a quarter of an hour in the shipped file."""

ENDINGS = (signal.SIGINT, signal.SIGTERM)


def main() -> int:
    """Run the story. Return the exit status: 0, also if it was interrupted; 1 if it failed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.demo", description=__doc__)
    parser.add_argument("--reading", type=float, default=3.0, help="seconds people think")
    parser.add_argument("--linger", type=float, default=15.0, help="seconds the pages stay")
    arguments = parser.parse_args()
    for ending in ENDINGS:
        signal.signal(ending, _interrupt)
    screen = Screen()
    home = Path(tempfile.mkdtemp(prefix="gateway-demo-"))
    # With published schemas the fakes check requests, which needs packages that only `make setup`
    # installs. The demonstration works without.
    os.environ["GATEWAY_SHARED_DIR"] = str(home)
    os.environ.pop("GATEWAY_REQUIRE_SHARED", None)
    try:
        run(screen, home, arguments.reading, arguments.linger)
    except KeyboardInterrupt:
        screen.print_line("\nInterrupted; every process has ended.")
    except SystemExit:
        pass  # rich exits so when the pipe is closed: nobody reads the output any more
    except (StoryTimeoutError, AssertionError, OSError) as error:
        screen.print_line(f"\nThe demonstration failed. {error}", style="bold red")
        screen.print_line(f"The logs of the processes are in {home}")
        return 1
    shutil.rmtree(home, ignore_errors=True)
    return 0


def run(screen: Screen, home: Path, reading: float, linger: float) -> None:
    """Start everything, run the story, end everything."""
    screen.print_line("Starting the gateway, fake vendors and monitoring …", style="bold")
    with World(home, STEP_WAIT, sections()) as world:
        causes = find_causes(world, screen)
        screen.print_line(causes.description)
        screen.print_line(
            "The gateway has the shipped routes.yaml, with seconds for minutes, and the sources, "
            "links and runbooks of the billing example; Postmark, Slack and PagerDuty are fakes "
            "that take what the real ones would."
        )
        screen.link("Incidents:   ", f"{world.gateway.url}/")
        if isinstance(causes, Monitoring):
            screen.link("Prometheus:  ", f"{world.prometheus.url}/alerts")
        watch = Watch(world, causes, screen)
        Story(world, causes, watch, screen, reading).run()
        print_summary(world, causes, watch, screen, linger)
    screen.print_line("Every process has ended.")


def find_causes(world: World, screen: Screen) -> Causes:
    """Return the real monitoring that is installed, or else recorded webhooks."""
    missing = [
        name for name in ("prometheus", "prometheus-alertmanager") if shutil.which(name) is None
    ]
    if missing:
        screen.print_line(
            f"Not installed: {', '.join(missing)}. For the whole run: "
            f"apt-get install {' '.join(missing)} (Debian, Ubuntu)",
            style="yellow",
        )
    if "prometheus" in missing:
        return Recorded(world)
    return Monitoring(world, with_alertmanager=not missing)


def _interrupt(number: int, frame: FrameType | None) -> None:
    # A second Ctrl-C must not stop the clean-up.
    for ending in ENDINGS:
        signal.signal(ending, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
