"""Findings of `gateway check`: errors and warnings of all kinds, and how they are printed."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gateway.cli.support.output import echo, paint, plural
from gateway.config.load import Problem
from gateway.core.plan.link_checks import LinkResult, LinkState
from gateway.core.text.escape import one_line

if TYPE_CHECKING:
    from gateway.render.template_problems import TemplateProblem


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that the check found."""

    errors: Sequence[Problem]
    warnings: Sequence[Problem]
    templates: "Sequence[TemplateProblem]"
    """Errors and warnings."""
    calendar_errors: Sequence[str]
    calendar_warnings: Sequence[str]
    """Files of calendars that cannot be read, and what is wrong in others."""
    proof_errors: Sequence[str]
    """Times at which an urgent alert would reach nobody."""
    proof_warnings: Sequence[str]
    """Shifts at times that people have ruled out."""
    setting_errors: Sequence[str]
    setting_warnings: Sequence[str]
    links: Sequence[LinkResult] = ()
    """The links that --links followed."""

    @property
    def error_count(self) -> int:
        """The number of errors of all kinds."""
        failed_templates = sum(not problem.warning for problem in self.templates)
        other_errors = len(self.proof_errors) + len(self.setting_errors)
        other_errors += len(self.calendar_errors)
        other_errors += sum(one.state is LinkState.DEAD for one in self.links)
        return len(self.errors) + other_errors + failed_templates

    @property
    def warning_count(self) -> int:
        """The number of warnings of all kinds."""
        template_warnings = sum(problem.warning for problem in self.templates)
        other_warnings = len(self.setting_warnings) + len(self.calendar_warnings)
        other_warnings += len(self.proof_warnings)
        return len(self.warnings) + other_warnings + template_warnings

    @property
    def ok(self) -> bool:
        """Whether there is no error."""
        return not self.error_count

    def to_json(self) -> dict[str, Any]:
        """Return the part of ``--json`` that lists them."""
        return {
            "errors": [problem.to_json() for problem in self.errors],
            "warnings": [problem.to_json() for problem in self.warnings],
            "templates": [_template_json(problem) for problem in self.templates],
            "calendar_errors": list(self.calendar_errors),
            "calendar_warnings": list(self.calendar_warnings),
            "proof_errors": list(self.proof_errors),
            "proof_warnings": list(self.proof_warnings),
            "settings": list(self.setting_warnings),
            "setting_errors": list(self.setting_errors),
            "links": [_link_json(one) for one in self.links],
        }


def print_findings(findings: Findings) -> None:
    for problem in findings.errors:
        echo(f"{_error_label()} {problem}")
    for text in (*findings.calendar_errors, *findings.proof_errors):
        echo(f"{_error_label()} {text}")
    for link in findings.links:
        if link.state is LinkState.DEAD:
            echo(f"{_error_label()} {one_line(_link_text(link), 1000)}")
    for template in findings.templates:
        label = _warning_label() if template.warning else _error_label()
        echo(f"{label} {str(template).replace(' warning:', '', 1)}")
    for problem in findings.warnings:
        echo(f"{_warning_label()} {problem}")
    for text in findings.proof_warnings:
        echo(f"{_warning_label()} {text}")
    for text in findings.setting_errors:
        echo(f"{_error_label()} {text}")
    for text in (*findings.calendar_warnings, *findings.setting_warnings):
        echo(f"{_warning_label()} {text}")


def print_links(links: Sequence[LinkResult]) -> None:
    """Print how many links were followed, and those that are not known."""
    counts = {state: sum(one.state is state for one in links) for state in LinkState}
    text = f"links: {counts[LinkState.OK]} work, {counts[LinkState.DEAD]} are dead"
    echo(f"{text}, {counts[LinkState.UNKNOWN]} are not known")
    for link in links:
        if link.state is LinkState.UNKNOWN:
            echo(f"  {one_line(_link_text(link), 1000)}")


def print_verdict(path: Path, findings: Findings) -> None:
    errors, warnings = findings.error_count, findings.warning_count
    text = f"{path}: {plural(errors, 'error') if errors else 'no errors'}"
    if warnings:
        text += f", {plural(warnings, 'warning')}"
    echo(paint(text, "red" if errors else "yellow" if warnings else "green", bold=True))


def _error_label() -> str:
    return paint("error:", "red", bold=True)


def _warning_label() -> str:
    return paint("warning:", "yellow")


def _link_text(link: LinkResult) -> str:
    """Return the position first, as for all problems, then the link and what is wrong with it."""
    first, *others = link.positions
    also = f" (also {', '.join(others[:5])}{', …' if others[5:] else ''})" if others else ""
    return f"{first}: {link.url}: {link.detail}{also}"


def _link_json(link: LinkResult) -> dict[str, Any]:
    return {
        "url": link.url,
        "positions": list(link.positions),
        "state": link.state.value,
        "detail": link.detail,
    }


def _template_json(problem: "TemplateProblem") -> dict[str, Any]:
    return {
        "file": problem.file,
        "line": problem.line,
        "message": problem.message,
        "warning": problem.warning,
    }
