"""The process that reads one calendar: a request on standard input, the answer on output.

It is fresh for each calendar, because the library keeps the time zones that a calendar defines for
all later ones, and killable, because a recurrence can take any time and memory.
"""

import json
import os
import sys
from typing import Any

from gateway.calendars import limits
from gateway.calendars.events import CalendarError, to_json

BOOT = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from gateway.calendars.worker import main; main()"
)


def command() -> list[str]:
    """Return the command that starts the process in a new, isolated Python."""
    path = [os.path.abspath(entry) for entry in sys.path]
    return [sys.executable, "-I", "-c", BOOT, json.dumps(path)]


def main() -> None:
    """Read a request, and write the answer."""
    head = json.loads(sys.stdin.buffer.readline())
    raw = sys.stdin.buffer.read()
    from gateway.calendars.read import read_calendar  # before the limits: it loads libraries

    limits.confine(head["cpu_seconds"])
    answer: dict[str, Any]
    try:
        answer = to_json(read_calendar(raw, head["zone"], head["start"], head["end"]))
    except CalendarError as error:
        answer = {"error": str(error)}
    except MemoryError:
        answer = {"error": f"reading it takes more than {limits.MEMORY // 1_000_000} MB of memory"}
    except Exception as error:
        # The library's own faults: the type and text say more than nothing.
        answer = {"error": f"it cannot be read: {type(error).__name__}: {error}"}
    sys.stdout.buffer.write(json.dumps(answer).encode())
