"""What a process with the embedded database does not load."""

import subprocess
import sys

import pytest


@pytest.mark.process
def test_sqlite_needs_nothing_of_postgresql() -> None:
    """Its driver costs a start 0.1 s and the process 9 MB for nothing."""
    code = "import gateway.app, sys; print(sorted({'psycopg', 'alembic'} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
