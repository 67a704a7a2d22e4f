"""The official description of Alertmanager's API v2, where it is present: answers must fit it."""

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
    """Assert that a value is what the description calls so; skip where it is not at hand."""
    schema = {"$ref": f"#/definitions/{definition}", "definitions": _definitions()}
    validator = jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker())
    faults = [f"{list(one.path)}: {one.message}" for one in validator.iter_errors(value)]
    assert faults == []
