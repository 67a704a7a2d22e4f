"""Runner of commands in tests: an environment, a present time, and the output."""

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from gateway.cli import main
from gateway.cli.support.context import CliContext

NOW = 1_795_147_200.0
"""2026-11-20T04:00:00Z, a Friday; 05:00 in Berlin. Ben and Dee have the week."""

SHIPPED = Path(__file__).parents[2] / "routes.yaml"


def gateway(*arguments: str, now: float = NOW, **env: str) -> Result:
    """What `gateway ARGUMENTS` does at `now` with this environment and no other."""
    environment = {"GATEWAY_CONFIG": str(SHIPPED), **env}
    runner = CliRunner()
    return runner.invoke(main, arguments, obj=CliContext(env=environment, now=lambda: now))


def fine(*arguments: str, now: float = NOW, **env: str) -> str:
    """What a command prints that must succeed."""
    result = gateway(*arguments, now=now, **env)
    assert result.exit_code == 0, result.output + repr(result.exception)
    return result.stdout


def fine_json(*arguments: str, now: float = NOW, **env: str) -> Any:
    """What a command answers with --json that must succeed."""
    return json.loads(fine(*arguments, "--json", now=now, **env))
