"""The commands that a start prints work with the sources of the file."""

import pytest

from gateway.cli.serve import sample_command
from gateway.core.plan.accounts import Secret, SourceSettings

OPEN = SourceSettings("am", "alertmanager")
CLOSED = SourceSettings("a b", "alertmanager", bearer=(Secret("test-token"),))
PROMETHEUS = SourceSettings("prometheus", "prometheus")


@pytest.mark.parametrize(
    ("listens_on", "works"),
    [("http://0.0.0.0:9095", "http://127.0.0.1:9095"), ("http://[::]:9095", "http://[::1]:9095")],
)
def test_sample_is_posted_to_an_address_that_clients_can_use(listens_on: str, works: str) -> None:
    """The wildcard address is for listening: the command to try names the loopback address."""
    assert f" {works}/webhook/am" in sample_command([OPEN], listens_on)


@pytest.mark.parametrize(
    ("sources", "text"),
    [
        ([CLOSED, OPEN], "http://127.0.0.1:1/webhook/am"),
        ([CLOSED, PROMETHEUS], "http://127.0.0.1:1/webhook/a%20b   (add its credentials)"),
        ([PROMETHEUS], "declare a source of type alertmanager"),
        ([], "declare a source of type alertmanager"),
    ],
)
def test_sample_is_posted_to_a_declared_source(sources: list[SourceSettings], text: str) -> None:
    """No newcomer is sent to a path that answers 404, and an open source comes first."""
    text = sample_command(sources, "http://127.0.0.1:1")
    assert text in text
    assert text.startswith("curl ") == (sources not in ([PROMETHEUS], []))
