"""Fixtures: fake vendors, and as many gateways as a test needs; all end with the test."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.processes.gateway import Gateway
from tests.processes.harness import ended_after
from tests.processes.routes import SEVERAL
from tests.processes.vendors import Vendors

MakeGateway = Callable[..., Gateway]


@pytest.fixture(scope="module")
def open_vendors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vendors]:
    """Start Postmark, Slack, PagerDuty and a webhook's receiver, on ports of their own."""
    made = Vendors(tmp_path_factory.mktemp("vendors"))
    with ended_after(made):
        made.ready()
        yield made


@pytest.fixture
def vendors(open_vendors: Vendors) -> Vendors:
    """Return the vendors, with nothing received yet."""
    open_vendors.fresh()
    return open_vendors


@pytest.fixture
def make_gateway(tmp_path: Path, vendors: Vendors) -> Iterator[MakeGateway]:
    """Return a function that makes gateways; it does not start them."""
    with ExitStack() as ends:

        def make(
            routes: str = SEVERAL,
            *,
            database: str = "",
            name: str = "gateway",
            installed: bool = False,
            **settings: str,
        ) -> Gateway:
            home = tmp_path / name
            gateway = Gateway(home, routes, vendors, database, installed=installed, **settings)
            ends.enter_context(ended_after(gateway))
            return gateway

        yield make
