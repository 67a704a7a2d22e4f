"""Alembic's entry point, on the connection of `gateway.store.migrate`."""

from alembic import context

from gateway.store.schema.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # The caller's transaction contains all migrations, on both databases.
    transactional_ddl=False,
)
context.run_migrations()
