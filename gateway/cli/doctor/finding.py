"""One result of the doctor, and how it is printed."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from gateway.cli.support.output import echo, paint, plural
from gateway.core.text.escape import one_line


class State(StrEnum):
    """How a checked thing is."""

    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"
    NOT_CHECKED = "not checked"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was checked, how it is, and what to do unless it is good."""

    name: str
    state: State
    text: str
    advice: str = ""


_MARKS = {
    State.GOOD: ("✓", "green"),
    State.WARNING: ("!", "yellow"),
    State.BAD: ("✗", "red"),
    State.NOT_CHECKED: ("-", None),
}


def good(name: str, text: str) -> Finding:
    """Return a finding about something that works."""
    return Finding(name, State.GOOD, text)


def bad(name: str, text: str, advice: str) -> Finding:
    """Return a finding about something that keeps people from being paged."""
    return Finding(name, State.BAD, text, advice)


def warning(name: str, text: str, advice: str) -> Finding:
    """Return a finding about something that will do harm, or may."""
    return Finding(name, State.WARNING, text, advice)


def print_findings(findings: Sequence[Finding]) -> None:
    """Print each finding with a symbol, its advice below it, and the counts."""
    width = max(len(one.name) for one in findings)
    for one in findings:
        mark, colour = _MARKS[one.state]
        echo(f"{paint(mark, colour)} {one.name:<{width}}  {one_line(one.text, 300)}")
        if one.advice:
            echo(f"  {'':<{width}}  → {one_line(one.advice, 300)}")
    echo()
    count = sum(one.state is State.BAD for one in findings)
    warnings = sum(one.state is State.WARNING for one in findings)
    echo(
        paint(
            f"{plural(count, 'thing')} wrong, {plural(warnings, 'warning')}",
            "red" if count else "green",
            bold=True,
        )
    )
