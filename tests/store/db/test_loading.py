"""Modules that a process with the embedded database does not load."""

import subprocess
import sys

import pytest


@pytest.mark.process
def test_sqlite_does_not_load_the_postgresql_driver() -> None:
    """The driver would cost 0.1 s at the start, and 9 MB."""
    code = "import gateway.app, sys; print(sorted({'psycopg', 'alembic'} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
