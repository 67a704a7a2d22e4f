"""Loading of files for `gateway test`: checked against the routes.yaml that they test."""

from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path
from typing import Any

from gateway.config.grammar.parsed import ParsedSection, ParsedValue, ReadContext
from gateway.config.load import Config
from gateway.config.source.problem import ConfigError, Findings, Problem, SourcePosition, shorten
from gateway.config.source.references import References
from gateway.config.source.regular_file import read_regular
from gateway.config.source.tree import read_tree
from gateway.core.text.nearest import nearest
from gateway.core.time.wallclock import instant, load_zone
from gateway.stories.events import alert_of, event_names, events_of, texts
from gateway.stories.grammar import FILE
from gateway.stories.story import (
    ExpectedNotice,
    RouteTest,
    Step,
    Test,
    TestFile,
)

_COMPARED = (
    "receiver", "channel", "person", "to", "reason", "kind", "severity", "within", "at_most",
)  # fmt: skip

DEFAULT_START = "2026-01-07 12:00"
"""A Wednesday at noon, in business hours and no holiday in most regions."""


def load_tests(path: Path, config_of: Callable[[Path | None], Config]) -> TestFile:
    """Read a file of tests.

    `config_of` loads a routes.yaml: the one that the file names, or for None the one in use.
    Raises ConfigError with all faults of either.
    """
    findings = Findings(str(path))
    try:
        source = read_regular(path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        message = f"the file cannot be read: {shorten(reason)}"
        raise ConfigError([Problem(str(path), 1, 1, "", "", message)]) from None
    tree = read_tree(source, findings)
    context = ReadContext(findings, References({}, read_regular, path.parent))
    parsed = None if tree is None else FILE.read(tree, "", context)
    if parsed is None and not findings.count:
        findings.error(SourcePosition(1, 1, ""), "the file is empty: it needs tests:")
    if parsed is None or findings.count:
        raise ConfigError(findings.errors)
    section: ParsedSection = parsed.value
    routes = section.get("routes")
    config = config_of(None if routes is None else path.parent / routes)
    tests = _Builder(config, findings).tests(section)
    if findings.count:
        raise ConfigError(findings.errors)
    return TestFile(str(path), routes, tests)


class _Builder:
    """Makes tests of sections, and notes what they name that routes.yaml does not have."""

    def __init__(self, config: Config, findings: Findings) -> None:
        self._plan = config.plan
        self._names: dict[str, Collection[str]] = {
            "receiver": config.plan.receivers,
            "person": config.plan.people,
            "severity": [*config.plan.severities, ""],
            "team": [*config.plan.teams, "none"],
            "rota": config.plan.rotas,
            "account": [one.name for one in config.channels.values()],
        }
        self._findings = findings
        self._zone = config.plan.business_hours.zone

    def tests(self, file: ParsedSection) -> tuple[Test, ...]:
        start = file.get("at")
        default = self._instant(start) if start is not None else self._default_start()
        return tuple(self._test(item.value, default) for item in file.list_of("tests"))

    def _default_start(self) -> float:
        return instant(datetime.fromisoformat(DEFAULT_START), load_zone(self._zone))

    def _instant(self, moment: Callable[[str], float]) -> float:
        return moment(self._zone)

    def _test(self, section: ParsedSection, default: float) -> Test:
        own_start = section.get("at")
        at = default if own_start is None else self._instant(own_start)
        routes = [self._route_test(item) for item in section.list_of("alerts")]
        forms = [key for key in ("alert", "alerts", "story") if key in section]
        if len(forms) != 1:
            written = " and ".join(forms) or "none"
            self._error(
                section.position, f"write one of alert, alerts and story; written: {written}"
            )
        if "alert" in section:
            routes.append(self._single(section))
        elif "expect" in section:
            message = "expect belongs to an alert; a story has its own in each step"
            self._error(section.position_of("expect"), message)
        return Test(
            section.get("name", ""),
            section.position.line,
            at,
            tuple(routes),
            self._steps(section.list_of("story"), at),
        )

    def _single(self, section: ParsedSection) -> RouteTest:
        if "expect" not in section:
            self._error(section.position_of("alert"), "expect is missing: where does it go?")
        return self._routed(
            section.get("alert"), section.get("expect"), section.position_of("alert")
        )

    def _route_test(self, item: ParsedValue) -> RouteTest:
        return self._routed(item.value, item.value.get("expect"), item.position)

    def _routed(
        self, alert: ParsedSection, expected: ParsedSection | None, position: SourcePosition
    ) -> RouteTest:
        fields: dict[str, Any] = {}
        if expected is not None:
            fields = {key: value.value for key, value in expected.fields.items()}
            for key in ("severity", "team"):
                self._check_name(key, expected, key)
            for receiver in expected.list_of("receivers"):
                self._check("receiver", receiver.value, receiver.position)
            if "receivers" in fields:
                fields["receivers"] = [one.value for one in fields["receivers"]]
        return RouteTest(alert_of(alert), fields, position.line)

    def _steps(self, items: Collection[ParsedValue], start: float) -> tuple[Step, ...]:
        steps: list[Step] = []
        for item in items:
            section: ParsedSection = item.value
            at = section.get("at", 0.0)
            moment = self._instant(at) if callable(at) else start + at
            before = steps[-1].at if steps else start
            if moment < before:
                message = "a step must not be before the one above it, or before the start"
                self._error(section.position_of("at"), message)
            for kind, name, position in event_names(section):
                self._check(kind, name, position)
            exactly = section.list_of("expect") if "expect" in section else None
            for one in exactly or ():
                if "at_most" in one.value:
                    message = "at_most belongs to expect_some: expect lists every message"
                    self._error(one.position, message)
            steps.append(
                Step(
                    moment,
                    item.position.line,
                    events_of(section),
                    None if exactly is None else self._expected(exactly),
                    self._expected(section.list_of("expect_some")),
                )
            )
        return tuple(steps)

    def _expected(self, items: Collection[ParsedValue]) -> tuple[ExpectedNotice, ...]:
        return tuple(self._notice(item) for item in items)

    def _notice(self, item: ParsedValue) -> ExpectedNotice:
        section: ParsedSection = item.value
        for key in ("receiver", "person", "severity"):
            self._check_name(key, section, key)
        labels = section.get("incident")
        return ExpectedNotice(
            line=item.position.line,
            incident=None if labels is None else texts(labels),
            text=tuple(one.value for one in section.list_of("text")),
            **{key: section.get(key) for key in _COMPARED},
        )

    def _check_name(self, kind: str, section: ParsedSection, key: str) -> None:
        if key in section:
            self._check(kind, section.get(key), section.position_of(key))

    def _check(self, kind: str, name: str, position: SourcePosition) -> None:
        known = self._names[kind]
        if name not in known:
            self._findings.error(
                position,
                f'routes.yaml has no {kind} "{shorten(name)}"',
                text=name,
                suggestion=nearest(name, known),
                allowed=[one for one in known if one],
            )

    def _error(self, position: SourcePosition, message: str) -> None:
        self._findings.error(position, message)
