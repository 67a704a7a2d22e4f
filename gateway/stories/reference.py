"""The reference of test files, generated; ``python -m gateway.stories.reference`` writes it."""

from pathlib import Path

from gateway.config.export.json_schema import schema_text
from gateway.config.export.reference import reference_page
from gateway.stories.grammar import FILE

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "test-files.md"
SCHEMA = DOCS / "tests.schema.json"

_HEAD = """\
# Files for gateway test

What `gateway test` reads; [how to test routes.yaml](test-routes.md) shows how to use it. This page
is generated from the grammar that the command uses, so every key is here. `docs/tests.schema.json`
gives the same to editors.

- **Durations** are `30s`, `5m`, `1h30m`, `2d`, as in routes.yaml.
- **Times** without an offset are on the wall clock of `business_hours`.
- An unknown key is an error, and so is a receiver, person, rota or account that routes.yaml does
  not have. All errors are reported at once, with line and column.
"""


def page() -> str:
    """Return the page as it is shipped."""
    return reference_page(_HEAD, FILE)


def main() -> None:
    """Write the page and the schema."""
    PAGE.write_text(page(), encoding="utf-8")
    SCHEMA.write_text(schema_text(FILE), encoding="utf-8")


if __name__ == "__main__":
    main()
