"""All four fake vendors as one process: python -m tests.fakes --port-file F --log F.jsonl"""

import argparse
import asyncio
import json
import os
import signal
import time
from pathlib import Path
from typing import TextIO

from tests.fakes import Fake, FakePagerDuty, FakePostmark, FakeSlack, FakeWebhook, Received

CREDENTIALS = {"authorization", "x-postmark-server-token"}


def main() -> None:
    """Serve until SIGTERM or SIGINT.

    The port file is JSON {"postmark": URL, "slack": URL, "pagerduty": URL, "webhook": URL},
    written when all of them listen; then "ready" is printed. The log has one JSON line for each
    request that was accepted.
    POST /_control on any of the URLs scripts what it does next (see tests.fakes.server).
    """
    parser = argparse.ArgumentParser(prog="python -m tests.fakes", description="fake vendors")
    parser.add_argument("--port-file", type=Path, required=True)
    parser.add_argument("--log", type=Path, required=True)
    for name in ("postmark", "slack", "pagerduty", "webhook"):
        parser.add_argument(f"--{name}-port", type=int, default=0, help="default: a free one")
    arguments = parser.parse_args()
    asyncio.run(serve(arguments))


async def serve(arguments: argparse.Namespace) -> None:
    """Start the four, write the port file, wait for the signal, stop."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    with arguments.log.open("a", encoding="utf-8") as log:

        def note(vendor: str, got: Received) -> None:
            write_line(log, vendor, got)

        fakes: list[Fake] = [
            FakePostmark(on_accept=note),
            FakeSlack(on_accept=note),
            FakePagerDuty(on_accept=note),
            FakeWebhook(on_accept=note),
        ]
        for fake in fakes:
            await fake.start(getattr(arguments, f"{fake.name}_port"))
        # Written aside and renamed, so that no reader gets half of it.
        draft = arguments.port_file.with_suffix(".draft")
        draft.write_text(json.dumps({fake.name: fake.url for fake in fakes}))
        os.replace(draft, arguments.port_file)
        print("ready", flush=True)
        await stop.wait()
        for fake in fakes:
            await fake.stop()


def write_line(log: TextIO, vendor: str, got: Received) -> None:
    """One accepted request; flushed at once, for readers that watch."""
    line = {
        "at": time.time(),
        "vendor": vendor,
        "path": got.path,
        "headers": {
            name: value for name, value in got.headers.items() if name.lower() not in CREDENTIALS
        },
        "json": got.json,
        "answer": got.answer,
    }
    log.write(json.dumps(line) + "\n")
    log.flush()


main()
