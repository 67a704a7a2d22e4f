"""Small files to load, and loading them without any environment."""

from collections.abc import Mapping
from pathlib import Path

from gateway.config.load import Config, ConfigError, Problem, load

NOW = 1_790_000_000.0  # 2026-09-21

REST = """
receivers: [{name: all}]
route: {receiver: all}
"""
"""What a file needs at least, to be put after what a test is about."""

CHECKOUT = Path(__file__).parents[2]


class Files(dict[str, bytes]):
    """Files by their paths, in place of a disk."""

    def read(self, path: Path) -> bytes:
        """The content, or what a disk says of a file that is not there."""
        if str(path) not in self:
            raise FileNotFoundError(2, "No such file or directory", str(path))
        return self[str(path)]


def loaded(
    text: str,
    env: Mapping[str, str] | None = None,
    files: Mapping[str, bytes] | None = None,
    now: float | None = None,
) -> Config:
    """Load a text in a world that has only this environment and these files."""
    return load(text, env=env or {}, read_file=Files(files or {}).read, now=now)


def faults(text: str, env: Mapping[str, str] | None = None) -> tuple[Problem, ...]:
    """What is wrong with a text; none when it loads."""
    try:
        loaded(text, env)
    except ConfigError as error:
        return error.problems
    return ()


def warning_texts(text: str, now: float | None = NOW) -> list[str]:
    """The warnings about a text, but for those about sources and about receivers without targets,
    which such short texts are full of."""
    beside = ("/webhook/", "has no targets")
    warnings = loaded(text, now=now).warnings
    return [str(one) for one in warnings if not any(part in one.message for part in beside)]
