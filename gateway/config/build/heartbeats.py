"""Heartbeats, built from the parsed file."""

from collections.abc import Mapping

from gateway.config.grammar.heartbeats import NAME_OF_A_JOB
from gateway.config.grammar.parsed import ParsedSection, ParsedValue
from gateway.config.source.problem import Findings, shorten
from gateway.core.plan.heartbeat import (
    ALERTNAMES,
    HEARTBEAT_LABEL,
    Heartbeat,
    HeartbeatProblem,
)

DEFAULT_GRACE = 300.0
DEFAULT_SEVERITY = "warning"


def heartbeats(
    entries: Mapping[str, ParsedValue], severity_label: str, zone: str, findings: Findings
) -> Mapping[str, Heartbeat]:
    """Return the heartbeats by name; `zone` is that of cron expressions without one.

    Faults are noted.
    """
    by_name = {}
    for name, item in entries.items():
        entry: ParsedSection = item.value
        if NAME_OF_A_JOB.fullmatch(name) is None:
            message = (
                f'heartbeat "{shorten(name)}": write a name of at most 64 letters, digits, ".", '
                '"-" and "_", such as renewal-cron'
            )
            findings.error(item.position, message, text=name)
        _check_schedule(name, item, findings)
        by_name[name] = Heartbeat(
            name=name,
            period=entry.get("period"),
            cron=entry.get("cron", ""),
            zone=entry.get("timezone", zone),
            grace=entry.get("grace", DEFAULT_GRACE),
            longest_run=entry.get("longest_run"),
            generation=entry.get("generation", 1),
            labels=_labels(name, entry, severity_label),
            annotations=_texts(entry, "annotations"),
        )
    return by_name


def _check_schedule(name: str, item: ParsedValue, findings: Findings) -> None:
    """Note an error unless the entry has one schedule."""
    entry: ParsedSection = item.value
    if {"period", "cron"} & set(entry.invalid_keys):
        return  # reported already
    if ("period" in entry) == ("cron" in entry):
        fault = "has two schedules" if "period" in entry else "has no schedule"
        message = (
            f'heartbeat "{shorten(name)}" {fault}: write either period: 5m or cron: "0 2 * * *"'
        )
        findings.error(item.position, message, text=name)


def _labels(
    name: str, entry: ParsedSection, severity_label: str
) -> Mapping[HeartbeatProblem, Mapping[str, str]]:
    """Return the labels of the alert about each problem. Empty values leave a label out."""
    common = {severity_label: DEFAULT_SEVERITY, **_texts(entry, "labels")}
    by_problem = {}
    for problem in HeartbeatProblem:
        labels = {
            "alertname": ALERTNAMES[problem],
            **common,
            **_texts(entry, problem),
            HEARTBEAT_LABEL: name,
        }
        by_problem[problem] = {label: value for label, value in labels.items() if value}
    return by_problem


def _texts(entry: ParsedSection, key: str) -> dict[str, str]:
    return {name: item.value for name, item in entry.map_of(key).items()}
