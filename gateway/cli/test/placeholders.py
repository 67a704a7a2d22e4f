"""Placeholders for secrets: tests of routes.yaml send nothing, so they need none."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from gateway.config.source.regular_file import read_regular

PLACEHOLDER = "placeholder"
_URL = "https://placeholder.example.com/"


class WithPlaceholders(Mapping[str, str]):
    """An environment in which every variable is set: those that are missing to a placeholder."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env

    def __getitem__(self, name: str) -> str:
        value = self._env.get(name)
        if value is not None:
            return value
        return _URL + name.lower() if "URL" in name.upper() else f"{PLACEHOLDER}-{name.lower()}"

    def __contains__(self, name: object) -> bool:
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(self._env)

    def __len__(self) -> int:
        return len(self._env)


def reading_secrets(routes: Path) -> Callable[[Path], bytes]:
    """Return a reader of files in which missing ones, other than `routes`, hold a placeholder."""

    def read(path: Path) -> bytes:
        try:
            return read_regular(path)
        except OSError:
            if path == routes:
                raise
            return PLACEHOLDER.encode()

    return read
