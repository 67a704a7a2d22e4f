"""Reading of a folder of Markdown files that an admin named, within limits."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

SUFFIX = ".md"
MOST_FILES = 500
"""Files that are read. Higher: a wrong folder, such as a whole checkout, slows each reload."""
MAX_BYTES = 50_000
"""Bytes of a file. Higher: turning it into HTML takes longer than half a second."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(slots=True)
class MarkdownFolder:
    """The texts by file name without suffix, and why other files are left out."""

    texts: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def read_markdown(folder: Path, read_file: Callable[[Path], bytes]) -> MarkdownFolder:
    """Return the files directly in a folder, in the order of their names.

    A symbolic link counts only if it leads to a file below the folder, as Kubernetes mounts
    have them. Raises OSError if the folder cannot be read.
    """
    result = MarkdownFolder()
    whole = folder.resolve(strict=True)
    paths = [one for one in sorted(folder.iterdir()) if one.suffix == SUFFIX]
    for path in paths[:MOST_FILES]:
        try:
            result.texts[path.stem] = _text(path, whole, read_file)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            result.problems.append(f"{path.name} is left out: {reason}")
    if len(paths) > MOST_FILES:
        result.problems.append(f"{len(paths)} files: only the first {MOST_FILES} are read")
    return result


def _text(path: Path, whole: Path, read_file: Callable[[Path], bytes]) -> str:
    if _NAME.fullmatch(path.stem) is None:
        raise ValueError("its name may have letters, digits, dots, dashes and underscores only")
    if path.is_symlink() and not path.resolve(strict=True).is_relative_to(whole):
        raise ValueError("it is a symbolic link that leads out of the folder")
    content = read_file(path)
    if len(content) > MAX_BYTES:
        raise ValueError(f"it is larger than {MAX_BYTES} bytes: write a shorter one that links it")
    return content.decode("utf-8")
