"""Commands as real processes, with an environment of their own."""

import asyncio
import os
import sys
from dataclasses import dataclass
from pathlib import Path

START = "from gateway.cli import main; main(prog_name='gateway')"


@dataclass(frozen=True, slots=True)
class Ended:
    """A process that ended."""

    status: int
    out: str
    err: str


async def run(*arguments: str, folder: Path, **env: str) -> Ended:
    """Run `gateway ARGUMENTS` in `folder`; of the present environment only PATH is inherited."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "error", "-c", START, *arguments),
        cwd=folder,
        env={"PATH": os.environ["PATH"], **env},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode is not None
    return Ended(process.returncode, out.decode(), err.decode())
