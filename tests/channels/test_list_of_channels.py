"""The one list of channels."""

import subprocess
import sys

import pytest

from gateway.channels import build
from gateway.core.settings import ChannelSettings
from tests.shared_data import CHECKOUT


def test_the_list_costs_no_sdk() -> None:
    """`gateway check` reads the list in half a second: no SDK and no HTTP library is imported."""
    code = (
        "import sys, gateway.channels, gateway.channels.contract\n"
        "heavy = {'aiohttp', 'requests', 'postmarker', 'pdpyras', 'slack_sdk'} & set(sys.modules)\n"
        "sys.exit(f'imported: {heavy}' if heavy else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_channel_that_does_not_exist_is_named() -> None:
    """The error says which."""
    with pytest.raises(ValueError, match="no channel is called 'pigeon'"):
        build(ChannelSettings("pigeon"), {})
