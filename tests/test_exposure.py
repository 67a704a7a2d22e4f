"""Warnings about an open port without a token, and about links that lead nowhere."""

import pytest

from gateway.core.plan.accounts import Secret, SourceSettings
from gateway.exposure import exposure_warning, loopback_links_warning, missing_external_url_error
from gateway.settings import read_settings

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
def test_loopback_or_token_needs_no_warning(env: dict[str, str]) -> None:
    """On loopback everything works; with a token it decides."""
    assert exposure_warning(read_settings(env), [OPEN]) is None


def test_open_port_without_token_is_warned_about() -> None:
    """Reads and writes are closed to everybody; a source without credentials is open to all."""
    settings = read_settings({"GATEWAY_LISTEN": "0.0.0.0:9095"})
    assert exposure_warning(settings, [OPEN, CLOSED]) == (
        "GATEWAY_LISTEN is beyond loopback (0.0.0.0) and GATEWAY_API_TOKEN is not set: pages, API "
        "and command line are refused with 403, from this machine too; anyone who reaches the "
        "port can post alerts to prometheus; set GATEWAY_API_TOKEN, and a bearer token for "
        "prometheus"
    )


def test_public_reads_leave_only_changes_closed() -> None:
    """GATEWAY_PUBLIC_READS opens reads to anyone who reaches the port."""
    settings = read_settings({"GATEWAY_LISTEN": ":9095", "GATEWAY_PUBLIC_READS": "1"})
    assert exposure_warning(settings, [CLOSED]) == (
        "GATEWAY_LISTEN is beyond loopback (all addresses) and GATEWAY_API_TOKEN is not set: "
        "changes are refused with 403, from this machine too; anyone who reaches the port can read "
        "everything, by GATEWAY_PUBLIC_READS; set GATEWAY_API_TOKEN"
    )


@pytest.mark.parametrize("listen", ["0.0.0.0:9095", "[::]:9095", ":9095", "10.0.0.7:9095"])
def test_listening_to_others_without_an_external_url_is_an_error(listen: str) -> None:
    """Links in messages would lead to 127.0.0.1: the error says what to write."""
    missing = missing_external_url_error(read_settings({"GATEWAY_LISTEN": listen}))
    assert missing is not None
    assert "GATEWAY_EXTERNAL_URL=https://alerts.example.com" in missing


@pytest.mark.parametrize(
    "env",
    [
        {},
        {"GATEWAY_LISTEN": "localhost:9095"},
        {"GATEWAY_LISTEN": "[::1]:9095"},
        {"GATEWAY_LISTEN": "0.0.0.0:9095", "GATEWAY_EXTERNAL_URL": "https://alerts.example.com"},
    ],
)
def test_links_that_work_are_no_error(env: dict[str, str]) -> None:
    """On loopback, and with an external URL, nothing is missing and nothing is warned of."""
    assert missing_external_url_error(read_settings(env)) is None
    assert loopback_links_warning(read_settings(env)) is None


@pytest.mark.parametrize("url", ["http://127.0.0.1:9095", "http://localhost:9095", "http://[::1]"])
def test_an_external_url_on_loopback_is_warned_of_where_others_connect(url: str) -> None:
    """It may be meant (a published port on one's own machine), so it is a warning."""
    env = {"GATEWAY_LISTEN": "0.0.0.0:9095", "GATEWAY_EXTERNAL_URL": url}
    assert missing_external_url_error(read_settings(env)) is None
    assert "work on this machine only" in str(loopback_links_warning(read_settings(env)))
