"""The vendors, and as many gateways as a test needs; all of them end with the test."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.processes.harness import Gateway, Vendors, ended_after
from tests.processes.routes import SEVERAL

MakeGateway = Callable[..., Gateway]


@pytest.fixture
def vendors(tmp_path: Path) -> Iterator[Vendors]:
    """Postmark, Slack, PagerDuty and a webhook's receiver, on ports of their own."""
    made = Vendors(tmp_path)
    with ended_after(made):
        made.ready()
        yield made


@pytest.fixture
def make_gateway(tmp_path: Path, vendors: Vendors) -> Iterator[MakeGateway]:
    """Makes gateways that are not started yet."""
    with ExitStack() as ends:

        def make(
            routes: str = SEVERAL, *, database: str = "", name: str = "gateway", **settings: str
        ) -> Gateway:
            gateway = Gateway(tmp_path / name, routes, vendors, database, **settings)
            ends.enter_context(ended_after(gateway))
            return gateway

        yield make
