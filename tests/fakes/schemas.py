"""Checks of requests against the schemas that the vendors publish.

The schemas are not part of this repository. Without them nothing is checked, unless
GATEWAY_REQUIRE_SHARED=1 requires them.
"""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

# Newer than the published schema of 2021, and documented by Slack since.
_SLACK_NEWER = {"metadata": dict, "blocks": list, "attachments": list}
_TYPES = {"string": str, "boolean": bool, "integer": int, "number": float}


def problems_of(schema: str, path: str, content: Any) -> list[str]:
    """Return the violations of the vendor's schema in this body; empty without a schema."""
    if schema == "postmark":
        return _postmark(content)
    if schema == "pagerduty":
        return _pagerduty(content)
    if schema == "slack":
        return _slack(path, content)
    raise ValueError(f"no schema is called {schema}")


@cache
def _document(name: str) -> Any:
    # The fakes also run as a process of their own, so no test can be skipped from here.
    beside = Path(__file__).parents[2] / "../shared"
    file = Path(os.environ.get("GATEWAY_SHARED_DIR") or beside) / "reference/schemas" / name
    if file.is_file():
        return json.loads(file.read_text(encoding="utf-8"))
    if os.environ.get("GATEWAY_REQUIRE_SHARED") == "1":
        raise FileNotFoundError(f"{file}: the published schema is required here")
    return None


def _postmark(content: Any) -> list[str]:
    document = _document("postmark-send.swagger2.json")
    if document is None:
        return []
    # postmarker sends null for absent fields; Postmark accepts that, its schema does not.
    present = {name: value for name, value in content.items() if value is not None}
    schema = {"$ref": "#/definitions/SendEmailRequest", "definitions": document["definitions"]}
    return _errors("postmark", schema, present)


def _pagerduty(content: Any) -> list[str]:
    document = _document("pagerduty-events-v2.openapi.json")
    if document is None:
        return []
    operation = document["paths"]["/enqueue"]["post"]
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    return _errors("pagerduty", {**schema, "components": document["components"]}, content)


def _slack(path: str, content: Any) -> list[str]:
    document = _document("slack-web-api-chat.swagger2.json")
    if document is None or not path.startswith("/api/chat."):  # the schema has these only
        return []
    operation = document["paths"].get(path.removeprefix("/api"), {}).get("post")
    if operation is None:
        return [f"slack: no method {path} in the schema"]
    known = {p["name"]: p for p in operation["parameters"] if p["in"] == "formData"}
    problems = []
    for name, parameter in known.items():
        if parameter.get("required") and name not in content:
            problems.append(f"slack: {name} is required")
    for name, value in content.items():
        if name in _SLACK_NEWER:
            if not isinstance(value, _SLACK_NEWER[name]):
                problems.append(f"slack: {name} is not a {_SLACK_NEWER[name].__name__}")
        elif name not in known:
            problems.append(f"slack: {name} is not an argument of {path}")
        elif not isinstance(value, _TYPES[known[name]["type"]]):
            problems.append(f"slack: {name} is not a {known[name]['type']}")
    return problems


def _errors(vendor: str, schema: Any, content: Any) -> list[str]:
    # Only here: the demonstration runs the fakes where nothing for development is installed.
    from jsonschema import Draft4Validator

    return [
        f"{vendor}: {'/'.join(map(str, error.absolute_path)) or 'body'}: {error.message[:300]}"
        for error in Draft4Validator(schema).iter_errors(content)
    ]
