"""The generated reference of test files."""

import json

import jsonschema
import yaml

from gateway.config.export.json_schema import schema_text
from gateway.stories.grammar import FILE
from gateway.stories.reference import PAGE, SCHEMA, page
from tests.stories.files import BILLING, story


def test_page_and_schema_are_up_to_date() -> None:
    """`make docs` writes them."""
    assert PAGE.read_text(encoding="utf-8") == page()
    assert SCHEMA.read_text(encoding="utf-8") == schema_text(FILE)


def test_schema_accepts_what_the_command_does() -> None:
    """And refuses a mistyped key, so that editors underline it."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    good = story(f"{{at: 0s, fires: {BILLING}, ack: ana, expect: nothing}}")
    jsonschema.validate(yaml.safe_load(good), schema)
    bad = yaml.safe_load(good.replace("expect:", "expects:"))
    assert list(jsonschema.Draft7Validator(schema).iter_errors(bad))
