"""Alembic's entry point: migrates on the connection that `gateway.store.migrate` opened."""

from alembic import context

from gateway.store.schema.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # The caller's transaction contains all migrations, on both databases.
    transactional_ddl=False,
)
context.run_migrations()
