"""Two releases on one PostgreSQL: what the older one needs is still there."""

from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, inspect

import gateway.store
from gateway.store import SchemaMismatchError, Store, current_revision, migrate
from gateway.store.schema import version
from gateway.store.schema.version import COMPATIBLE_FROM, HEAD


def upgrade_to(url: str, revision: str) -> None:
    config = Config()
    folder = Path(gateway.store.__file__).parent / "schema" / "migrations"
    config.set_main_option("script_location", str(folder))
    engine = create_engine(url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


def columns(url: str) -> dict[tuple[str, str], tuple[str, bool]]:
    """Return the type of each column, and whether a row may leave it out."""
    engine = create_engine(url)
    inspector = inspect(engine)
    result = {
        (table, column["name"]): (
            str(column["type"]),
            bool(column["nullable"] or column["default"] is not None),
        )
        for table in inspector.get_table_names()
        for column in inspector.get_columns(table)
    }
    engine.dispose()
    return result


def test_tables_have_all_that_the_oldest_compatible_program_uses(tmp_path: Path) -> None:
    """No column is gone or of another type, and each new one may be left out.

    If this fails with a new migration, set COMPATIBLE_FROM to HEAD: replicas must be stopped then.
    """
    old, new = f"sqlite:///{tmp_path}/old.db", f"sqlite:///{tmp_path}/new.db"
    upgrade_to(old, COMPATIBLE_FROM)
    upgrade_to(new, HEAD)
    before, after = columns(old), columns(new)
    assert {key: value for key, value in after.items() if key in before} == before
    tables = {table for table, _ in before}
    required = [
        key
        for key, (_, optional) in after.items()
        if key not in before and key[0] in tables and not optional
    ]
    assert required == []


@pytest.mark.parametrize(("oldest", "starts"), [(HEAD, True), ("9998", False)])
async def test_older_program_starts_on_compatible_tables_only(
    oldest: str, postgres_url: str, monkeypatch: pytest.MonkeyPatch, *, starts: bool
) -> None:
    """The newer program's migration says from which version on; the older one obeys."""
    migrate(postgres_url)
    with psycopg.connect(postgres_url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.execute(
            f"COMMENT ON TABLE alembic_version IS '9999 is compatible from {oldest}'"
        )
    store = Store(postgres_url)
    if starts:
        await store.start()
        await store.write(lambda tx: None)
        await store.close()
    else:
        with pytest.raises(SchemaMismatchError, match="update the program"):
            await store.start()
    with pytest.raises(SchemaMismatchError, match="newer"):
        migrate(postgres_url)
    assert current_revision(postgres_url) == "9999"
    assert version.COMPATIBLE_FROM <= HEAD
