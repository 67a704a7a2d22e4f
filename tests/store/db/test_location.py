"""Database URLs are read or refused, and their password is never shown."""

import pytest

from gateway.store import Store, StoreUnavailableError, migrate

SECRET = "test-database-password"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "gateway.db",
        "sqlite://",
        "sqlite:///",
        f"mysql://me:{SECRET}@host/db",
        f"postgresql://me:{SECRET}@host/db?no_such_option={SECRET}",
    ],
)
def test_invalid_url_is_refused(url: str) -> None:
    """An invalid URL is an error that says how to write it, without the password."""
    with pytest.raises(ValueError, match="postgresql://") as refused:
        Store(url)
    assert SECRET not in str(refused.value)
    assert refused.value.__cause__ is None


async def test_password_is_not_shown(free_port: int) -> None:
    """Promise 10: neither `repr` nor the error of a failed connection shows it."""
    url = f"postgresql://me:{SECRET}@127.0.0.1:{free_port}/db"
    store = Store(url)
    assert SECRET not in repr(store)
    assert SECRET not in repr(vars(store))
    with pytest.raises(StoreUnavailableError) as lost:
        await store.start()
    with pytest.raises(StoreUnavailableError) as not_migrated:
        migrate(url)
    for error in (lost.value, not_migrated.value):
        seen: BaseException | None = error
        while seen is not None:
            assert SECRET not in f"{seen} {seen!r}"
            seen = seen.__cause__ or seen.__context__
