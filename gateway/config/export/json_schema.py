"""The JSON Schema of routes.yaml, for editors. `make docs` writes it.

Draft 7, which the YAML support of all common editors knows. It helps while typing, and accepts a
little more than `load` does: it does not check names, for example.
"""

import json
from pathlib import Path

from gateway.config.grammar.parsed import Definitions, Schema
from gateway.config.grammar.root import FILE
from gateway.config.grammar.sections import Section

SHIPPED = Path(__file__).parents[3] / "docs" / "routes.schema.json"


def json_schema(whole: Section = FILE) -> Schema:
    """Return the schema of a file as JSON values."""
    known: Definitions = {}
    definition = whole.definition(known)
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": whole.name,
        **definition,
        "definitions": dict(sorted(known.items())),
    }


def schema_text(whole: Section = FILE) -> str:
    """Return the schema of a file as it is shipped."""
    return json.dumps(json_schema(whole), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    SHIPPED.parent.mkdir(exist_ok=True)
    SHIPPED.write_text(schema_text(), encoding="utf-8")
