"""What an open port without a token means is said in one sentence."""

import pytest

from gateway.core.exposure import exposed
from gateway.core.server import read_settings
from gateway.core.settings import Secret, SourceSettings

OPEN = SourceSettings("prometheus", "prometheus")
CLOSED = SourceSettings("alertmanager", "alertmanager", bearer=(Secret("test-token"),))


@pytest.mark.parametrize(
    "env",
    [
        {},
        {"GATEWAY_LISTEN": "[::1]:9095"},
        {"GATEWAY_LISTEN": "0.0.0.0:9095", "GATEWAY_API_TOKEN": "test-token"},
    ],
    ids=["by default", "loopback", "with a token"],
)
def test_nothing_is_said_where_the_rules_are_plain(env: dict[str, str]) -> None:
    """On loopback everything works; with a token it decides."""
    assert exposed(read_settings(env), [OPEN]) is None


def test_without_a_token_what_is_closed_and_what_is_open_is_said() -> None:
    """Reads and writes are closed to everybody; a source without credentials is open to all."""
    settings = read_settings({"GATEWAY_LISTEN": "0.0.0.0:9095"})
    assert exposed(settings, [OPEN, CLOSED]) == (
        "GATEWAY_LISTEN is beyond loopback (0.0.0.0) and GATEWAY_API_TOKEN is not set: pages, API "
        "and command line are refused with 403, from this machine too; whoever reaches the "
        "port may post alerts to prometheus; set GATEWAY_API_TOKEN, and a bearer token for "
        "prometheus"
    )


def test_public_reads_leave_only_changes_closed() -> None:
    """GATEWAY_PUBLIC_READS opens the reading half to whoever reaches the port."""
    settings = read_settings({"GATEWAY_LISTEN": ":9095", "GATEWAY_PUBLIC_READS": "1"})
    assert exposed(settings, [CLOSED]) == (
        "GATEWAY_LISTEN is beyond loopback (all addresses) and GATEWAY_API_TOKEN is not set: "
        "changes are refused with 403, from this machine too; whoever reaches the port may read "
        "everything, by GATEWAY_PUBLIC_READS; set GATEWAY_API_TOKEN"
    )
