"""A real history survives each way back to an older version of the tables, and forward again."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, func, select
from sqlalchemy.pool import NullPool

import gateway.store
from gateway.store import Store, migrate
from gateway.store.schema.tables import acks, alerts, attempts, incidents, notices, timeline
from gateway.store.schema.version import HEAD
from tests.conftest import BOTH
from tests.flow.verify.histories import play, verified
from tests.flow.world import World

OLDEST = "0002"
"""Before it there were no silences, which a way back would delete: its downgrade refuses."""

SCRIPTS = str(Path(gateway.store.__file__).parent / "schema" / "migrations")


def versions() -> list[str]:
    """Return all versions but the newest, newest first."""
    config = Config()
    config.set_main_option("script_location", SCRIPTS)
    several = [one.revision for one in ScriptDirectory.from_config(config).walk_revisions()]
    return [one for one in several if OLDEST <= one < HEAD]


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    engine = create_engine(
        url.replace("postgresql://", "postgresql+psycopg://"), poolclass=NullPool
    )
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def downgrade(url: str, version: str) -> None:
    config = Config()
    config.set_main_option("script_location", SCRIPTS)
    with connected(url) as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, version)


def counts(url: str) -> dict[str, int]:
    """Return the rows of what every version stores."""
    with connected(url) as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (acks, alerts, attempts, incidents, notices, timeline)
        }


@pytest.fixture(params=BOTH)
def own_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of a database whose tables may change."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/gateway.db"
    return str(request.getfixturevalue("postgres_url"))


async def test_history_survives_every_version(own_url: str) -> None:
    """Back to each version in turn, with data, and forward: no row and no promise is lost."""
    migrate(own_url)
    world = World(own_url)
    await world.start()
    await play(world)
    await world.close()
    before, now = counts(own_url), world.now
    assert min(before.values()) > 0
    for version in versions():
        downgrade(own_url, version)
        migrate(own_url)
        assert counts(own_url) == before, version
        store = Store(own_url)
        await store.start()
        result = await verified(store, now)
        await store.close()
        assert result.broken == (), version
