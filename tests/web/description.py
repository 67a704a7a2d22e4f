"""Alertmanager's official API v2 description, and a check that answers conform to it."""

from functools import cache
from typing import Any

import jsonschema
import yaml

from tests.shared_data import shared

_DESCRIPTION = "reference/schemas/alertmanager-api-v2.openapi.yaml"


@cache
def _definitions() -> dict[str, Any]:
    described = yaml.safe_load(shared(_DESCRIPTION).read_text(encoding="utf-8"))
    definitions: dict[str, Any] = described["definitions"]
    return definitions


def conforms(definition: str, value: Any) -> None:
    """Assert that a value conforms to a definition; skip if the description is not present."""
    schema = {"$ref": f"#/definitions/{definition}", "definitions": _definitions()}
    validator = jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker())
    faults = [f"{list(one.path)}: {one.message}" for one in validator.iter_errors(value)]
    assert faults == []
