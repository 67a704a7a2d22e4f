"""Stored results of checks of links."""

import hashlib
from collections.abc import Sequence

from sqlalchemy import delete, select

from gateway.core.plan.link_checks import LinkResult, LinkState
from gateway.store.db.bulk import insert, overwrite
from gateway.store.db.statement import InList, Statement, dump, json_list, load
from gateway.store.db.transaction import Tx
from gateway.store.schema.tables import link_checks as table

_COLUMNS = ("key", "url", "positions", "state", "detail", "checked_at", "failures", "failed_since")
_READ = Statement(select(*(table.c[name] for name in _COLUMNS[1:])).order_by(table.c.url))
_KEYS = Statement(select(table.c.key))
_SAVE = insert(table, _COLUMNS, key=["key"], change=overwrite(_COLUMNS[1:]))
_DELETE = Statement(delete(table).where(InList(table.c.key, "keys")))


def read_all(tx: Tx) -> list[LinkResult]:
    """Return the results of all links that the last checks found, by URL."""
    return [
        LinkResult(url, tuple(load(positions)), LinkState(state), detail, at, failures, since)
        for url, positions, state, detail, at, failures, since in tx.rows(_READ)
    ]


def save(tx: Tx, results: Sequence[LinkResult]) -> None:
    """Store results, of new links and of known ones."""
    tx.write_rows(
        _SAVE,
        [
            (
                _key(one.url),
                one.url,
                dump(list(one.positions)),
                one.state.value,
                one.detail,
                one.checked_at,
                one.failures,
                one.failed_since,
            )
            for one in results
        ],
    )


def replace_all(tx: Tx, results: Sequence[LinkResult]) -> None:
    """Store results, and forget the links that are not among them."""
    current = {_key(one.url) for one in results}
    gone = [key for (key,) in tx.rows(_KEYS) if key not in current]
    if gone:
        tx.run(_DELETE, keys=json_list(gone))
    save(tx, results)


def _key(url: str) -> str:
    return hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()[:32]
