"""The results of `gateway test` for people."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from gateway.cli.support.output import echo, paint, plural, print_columns
from gateway.core.plan.plan import Plan
from gateway.core.text.escape import one_line

if TYPE_CHECKING:
    from gateway.stories.run import TestResult

_COLOURS = {"→": "blue", "✗": "red"}


def print_results(results: "Mapping[str, Sequence[TestResult]]", plans: Mapping[str, Plan]) -> None:
    """Print each failed test with its timeline, and a summary of each file."""
    for file, tests in results.items():
        zone = plans[file].business_hours.zone
        for one in tests:
            if not one.passed:
                _print_failure(file, one, zone)
        failed = sum(not one.passed for one in tests)
        passed = f"{file}: {plural(len(tests) - failed, 'test')} passed"
        echo(paint(f"{passed}, {failed} failed", "red") if failed else paint(passed, "green"))


def _print_failure(file: str, result: "TestResult", zone: str) -> None:
    from gateway.stories.run import clock_text, elapsed_text

    start = result.test.at
    echo(paint(f"FAILED  {one_line(result.test.name)}", "red", bold=True))
    for difference in result.differences:
        echo(f"  {file}:{difference.line}: {one_line(difference.text, 500)}")
    if result.timeline:
        rows = [
            (
                elapsed_text(moment.at, start),
                clock_text(moment.at, zone),
                (moment.mark, _COLOURS.get(moment.mark)),
                (one_line(moment.text, 500), _COLOURS.get(moment.mark)),
            )
            for moment in result.timeline
        ]
        print_columns(rows, indent=4)
    echo()


def print_coverage(
    results: "Mapping[str, Sequence[TestResult]]", plans: Mapping[str, Plan]
) -> None:
    """Print for each file which parts of its routes.yaml its tests do not touch."""
    from gateway.stories.coverage import coverage

    for file, tests in results.items():
        answer = coverage(plans[file], [one.touched for one in tests])
        echo(f"{file}: {answer.touched} of {answer.total} parts of routes.yaml touched")
        for kind, names in answer.missed.items():
            echo(f"  {kind} that no test touches:")
            for name in names:
                echo(f"    {one_line(name, 300)}")
