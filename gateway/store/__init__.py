"""The only SQL: one implementation for SQLite and PostgreSQL."""

from gateway.store.db.errors import SchemaMismatchError, StoreError, StoreUnavailableError
from gateway.store.db.transaction import Tx
from gateway.store.schema.version import current_revision, head_revision, migrate
from gateway.store.store import Store

__all__ = [
    "SchemaMismatchError",
    "Store",
    "StoreError",
    "StoreUnavailableError",
    "Tx",
    "current_revision",
    "head_revision",
    "migrate",
]
