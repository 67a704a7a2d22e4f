"""The results of `gateway test` as JSON."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from gateway.core.plan.plan import Plan
from gateway.core.time.timestamps import format_rfc3339

if TYPE_CHECKING:
    from gateway.stories.run import TestResult


def results_json(
    results: "Mapping[str, Sequence[TestResult]]",
    plans: Mapping[str, Plan],
    *,
    with_coverage: bool,
) -> dict[str, Any]:
    """Return the results of files by their names, for programs."""
    files = []
    for name, tests in results.items():
        entry: dict[str, Any] = {"file": name, "tests": [_test_json(one) for one in tests]}
        if with_coverage:
            entry["coverage"] = _coverage_json(plans[name], tests)
        files.append(entry)
    every = [one for tests in results.values() for one in tests]
    failed = sum(not one.passed for one in every)
    return {"passed": len(every) - failed, "failed": failed, "files": files}


def _test_json(result: "TestResult") -> dict[str, Any]:
    return {
        "name": result.test.name,
        "line": result.test.line,
        "passed": result.passed,
        "differences": [
            {"at": format_rfc3339(one.at), "line": one.line, "text": one.text}
            for one in result.differences
        ],
        "timeline": [
            {"at": format_rfc3339(one.at), "mark": one.mark, "text": one.text}
            for one in result.timeline
        ],
    }


def _coverage_json(plan: Plan, tests: "Sequence[TestResult]") -> dict[str, Any]:
    from gateway.stories.coverage import coverage

    answer = coverage(plan, [one.touched for one in tests])
    return {"touched": answer.touched, "total": answer.total, "missed": answer.missed}
