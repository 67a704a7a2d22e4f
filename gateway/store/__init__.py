"""The only SQL: one implementation for SQLite and PostgreSQL."""

from gateway.store.errors import SchemaMismatch, StoreUnavailable
from gateway.store.schema import current_revision, head_revision, migrate
from gateway.store.store import Store
from gateway.store.tx import Tx

__all__ = [
    "SchemaMismatch",
    "Store",
    "StoreUnavailable",
    "Tx",
    "current_revision",
    "head_revision",
    "migrate",
]
