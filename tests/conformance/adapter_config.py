"""The conformance adapter for Alertmanager's configuration files."""

from pathlib import Path
from typing import Any

from gateway.config.grammar.parsed import ReadContext
from gateway.config.source.problem import ConfigError, Findings
from gateway.config.source.tree import read_tree
from gateway.importers.alertmanager.read.check_receivers import check_integration
from gateway.importers.alertmanager.read.field_types import NoReferences
from gateway.importers.alertmanager.read.grammar_receivers import WITH_COUNTERPART
from gateway.importers.alertmanager.read.source_config import read_source_config

__all__ = ["config_load", "config_receiver_snippet"]


def config_load(inputs: dict[str, Any]) -> None:
    """Read a whole file as `gateway import` does."""
    read_source_config(inputs["yaml"], "alertmanager.yml")


def config_receiver_snippet(inputs: dict[str, Any]) -> None:
    """Read one integration of a receiver, without a global section."""
    findings = Findings("alertmanager.yml")
    node = read_tree(inputs["yaml"], findings)
    assert node is not None
    reading = ReadContext(findings, NoReferences({}, Path.read_bytes, Path()))
    entry = WITH_COUNTERPART[inputs["channel"]].read(node, "", reading)
    if entry is not None:
        check_integration(inputs["channel"], entry.value, None, findings)
    if findings.count:
        raise ConfigError(findings.errors)
