"""The check that the templates in use are exactly those that this version ships.

Those are tested to be quick, so the server may render them itself. Anything else, an edited
shipped file included, is rendered by a render process. ``python -m gateway.render.shipped``
writes the digests after a change to a shipped template.
"""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from gateway.render.jinja.lookup import Lookup
from gateway.render.shipped_digests import DIGESTS

_FILE = Path(__file__).with_name("shipped_digests.py")


def is_unchanged(lookup: Lookup) -> bool:
    """Return whether all templates are the shipped ones, unchanged."""
    names = list(lookup.files())
    if not all(lookup.is_shipped(name) for name in names):
        return False
    try:
        return digests_of(lookup.folders[-1], names) == DIGESTS
    except OSError:
        return False


def digests_of(folder: Path, names: list[str]) -> Mapping[str, str]:
    """Return the SHA-256 of each of these files. Raises OSError."""
    return {name: sha256((folder / name).read_bytes()).hexdigest() for name in sorted(names)}


def main() -> None:
    """Write the digests of the shipped templates as they are now."""
    lookup = Lookup([])
    digests = digests_of(lookup.folders[-1], list(lookup.files()))
    lines = "".join(f'    "{name}": "{digest}",\n' for name, digest in digests.items())
    _FILE.write_text(
        '"""The digests of the shipped templates. `make docs` writes them."""\n\n'
        "from collections.abc import Mapping\n\n"
        f"DIGESTS: Mapping[str, str] = {{\n{lines}}}\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
