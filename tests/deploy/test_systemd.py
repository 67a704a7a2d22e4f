"""The systemd unit, checked by systemd's own programs without a running systemd.

They do not see whether the gateway works under the limits; that needs a machine that runs systemd.
"""

import re
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest

from gateway.settings import SETTINGS
from tests.shared_data import CHECKOUT, real_program

pytestmark = pytest.mark.peer

UNIT = CHECKOUT / "deploy" / "systemd" / "alert-gateway.service"
PROGRAM = "/opt/gateway/bin/gateway serve"
MOST_EXPOSED = 20
"""Tenths of systemd's exposure level: 0 is safest, 100 has no limits. The unit is at 14."""


def entries() -> dict[str, list[str]]:
    """Return the values of each key of the unit."""
    values = defaultdict(list)
    for key, value in re.findall(r"^([A-Za-z]+)=(.*)$", UNIT.read_text(), re.MULTILINE):
        values[key].append(value)
    return values


def analyze(*words: str | Path) -> subprocess.CompletedProcess[str]:
    command = [real_program("systemd-analyze"), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def verify(text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Verify a unit whose program is one that exists on this machine."""
    assert PROGRAM in text
    unit = folder / UNIT.name
    unit.write_text(text.replace(PROGRAM, "/bin/true serve"))
    return analyze("verify", unit)


def test_systemd_accepts_the_unit_without_a_word(tmp_path: Path) -> None:
    """A misspelt key is only printed and changes no exit status, so nothing may be printed."""
    done = verify(UNIT.read_text(), tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_misspelt_key_is_found(tmp_path: Path) -> None:
    """The check above fails on what it is for."""
    done = verify(UNIT.read_text().replace("PrivateTmp=", "PrivateTmpp="), tmp_path)
    assert "PrivateTmpp" in done.stderr


def test_the_unit_is_hardened() -> None:
    """systemd's own rating stays low, and gets an error when a limit is dropped."""
    done = analyze("security", "--offline=true", f"--threshold={MOST_EXPOSED}", UNIT)
    assert done.returncode == 0, done.stdout[-400:]


def test_the_unit_sets_settings_that_exist_and_waits_for_a_stop() -> None:
    """Its variables are settings, its secrets are files, its stop leaves time for messages."""
    unit = entries()
    names = {value.partition("=")[0] for value in unit["Environment"]}
    settings = {setting.name: setting for setting in SETTINGS}
    assert {name for name in names if name.startswith("GATEWAY_")} <= settings.keys()
    assert "GATEWAY_SECRETS_DIR=%d" in unit["Environment"]
    assert not {name for name in names if name in settings and settings[name].secret} - {
        "GATEWAY_DATABASE_URL"  # the path of a file
    }
    (seconds,) = unit["TimeoutStopSec"]
    assert int(seconds) >= int(settings["GATEWAY_STOP_PATIENCE"].default) + 10
    assert unit["StateDirectory"] == ["alert-gateway"]
    assert "GATEWAY_DATABASE_URL=sqlite:////var/lib/alert-gateway/gateway.db" in unit["Environment"]
