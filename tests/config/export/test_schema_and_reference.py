"""What is generated from the grammar: the JSON Schema for editors and the reference page."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest

from gateway.config.export import json_schema, reference
from gateway.config.grammar.parsed import ReadContext
from gateway.config.grammar.sections import Field, Section
from gateway.config.source.nodes import MappingNode, Node, ScalarNode
from gateway.config.source.problem import Findings
from gateway.config.source.references import References
from gateway.config.source.tree import read_tree
from tests.config.texts import CHECKOUT, Files
from tests.fakes.tls import authority_pem

EXAMPLES = [
    pytest.param(section, field, id=f"{section.name}: {field.name}")
    for section in reference.sections()
    for field in section.fields
]


def as_editors_see_it(node: Node) -> object:
    """The values of a tree as YAML 1.2 has them, which is what editors check."""
    if isinstance(node, MappingNode):
        return {key: as_editors_see_it(value) for key, (_, value) in node.entries.items()}
    if not isinstance(node, ScalarNode):
        return [as_editors_see_it(item) for item in node.items]
    if not node.plain:
        return node.text
    if node.empty:
        return None
    if node.text in ("true", "false"):
        return node.text == "true"
    return int(node.text) if re.fullmatch("-?[0-9]+", node.text) else node.text


def seen(text: str) -> object:
    """A text as editors see it."""
    tree = read_tree(text, Findings("routes.yaml"))
    assert tree is not None
    return as_editors_see_it(tree)


def test_the_shipped_schema_is_current() -> None:
    """docs/routes.schema.json is what the grammar says; `make docs` writes it."""
    assert json_schema.SHIPPED.read_text() == json_schema.schema_text()


def test_the_schema_is_one() -> None:
    """The schema is valid itself."""
    jsonschema.Draft7Validator.check_schema(json.loads(json_schema.schema_text()))


def test_the_shipped_plan_fulfils_the_schema() -> None:
    """An editor sees nothing wrong with the shipped routes.yaml."""
    text = (CHECKOUT / "routes.yaml").read_text()
    jsonschema.Draft7Validator(json_schema.json_schema()).validate(seen(text))


@pytest.mark.parametrize(
    "broken",
    ["unknown-key", "duration-without-unit", "wrong-shapes", "no-route", "alertmanager-receivers"],
)
def test_an_editor_sees_what_is_wrong(broken: str) -> None:
    """The schema refuses what load refuses, where a schema can."""
    text = (Path(__file__).parents[1] / "broken" / f"{broken}.yaml").read_text()
    assert not jsonschema.Draft7Validator(json_schema.json_schema()).is_valid(seen(text))


def test_the_reference_page_is_current() -> None:
    """docs/routes-yaml.md is what the grammar says: python -m gateway.config.export.reference."""
    assert reference.SHIPPED.read_text() == reference.page()


@pytest.mark.parametrize(("section", "field"), EXAMPLES)
def test_each_key_is_documented(section: Section, field: Field) -> None:
    """A key without a meaning, a default (or being required) and an example fails."""
    assert field.meaning.endswith(".")
    assert field.required or field.default or field.name in ("token", "from", "account_sid")
    assert field.example


@pytest.mark.parametrize(("section", "field"), EXAMPLES)
def test_each_example_is_right(section: Section, field: Field) -> None:
    """What the page shows for a key can be read by the key and by the schema."""
    text = f"{field.name}: {field.example}\n"
    findings = Findings("example")
    tree = read_tree(text, findings)
    assert isinstance(tree, MappingNode)
    names = re.findall(r"\$\{([A-Z_]+)\}", text)
    env = {
        name: f"{'jsons' if name.endswith('_SERVICE') else 'https'}://example.com/test"
        for name in names
    }
    pem = authority_pem().encode()
    files = Files({"/run/secrets/hmac": b"test-key", "/etc/ssl/relay-ca.pem": pem})
    context = ReadContext(findings, References(env, files.read, Path()))
    parsed = field.field_type.read(tree.entries[field.name].value, field.name, context)
    assert findings.errors == ()
    assert parsed is not None
    whole = json_schema.json_schema()
    one = {**field.field_type.schema({}), "definitions": whole["definitions"]}
    jsonschema.Draft7Validator(one).validate(as_editors_see_it(tree.entries[field.name].value))


def links(page: str) -> Iterator[str]:
    """The anchors that a page links to."""
    yield from re.findall(r"\]\(#([^)]+)\)", page)


def test_the_page_links_to_sections_that_it_has() -> None:
    """Every link leads to a heading."""
    page = reference.page()
    headings = {one.lower().replace(" ", "-") for one in re.findall(r"(?m)^## (.+)$", page)}
    assert set(links(page)) <= headings
