"""The conformance adapter for Alertmanager's configuration files; translates, no more."""

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


def config_load(given: dict[str, Any]) -> None:
    """A whole file, as `gateway import` reads it."""
    read_source_config(given["yaml"], "alertmanager.yml")


def config_receiver_snippet(given: dict[str, Any]) -> None:
    """One integration of a receiver, without the global section that might complete it."""
    findings = Findings("alertmanager.yml")
    node = read_tree(given["yaml"], findings)
    assert node is not None
    reading = ReadContext(findings, NoReferences({}, Path.read_bytes, Path()))
    entry = WITH_COUNTERPART[given["channel"]].read(node, "", reading)
    if entry is not None:
        check_integration(given["channel"], entry.value, None, findings)
    if findings.count:
        raise ConfigError(findings.errors)
