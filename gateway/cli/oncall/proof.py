"""`gateway oncall --proof`: whether urgent alerts reach somebody in the weeks to come."""

from pathlib import Path
from typing import Any

import click

from gateway.cli.support.api_client import ApiError, api_of
from gateway.cli.support.context import FAILED, CliContext, CliError
from gateway.cli.support.output import (
    Cell,
    echo,
    echo_error,
    echo_json,
    paint,
    plural,
    print_columns,
)
from gateway.core.proof.build import build_proof
from gateway.core.time.timestamps import parse_duration
from gateway.render.view.proof import proof_json
from gateway.render.view.times import duration

LONGEST = 366 * 86400.0
SHORTEST = 3600.0
"""Seconds of a proof."""

_HOUR = 3600.0


def print_proof(
    context: CliContext,
    length: str,
    config: Path | None,
    url: str | None,
    *,
    from_file: bool,
    as_json: bool,
) -> None:
    """Print the proof of `length` from now; exit with status 1 if a page could be lost."""
    proof = _proof(context, _seconds(length), config, url, from_file=from_file)
    if as_json:
        echo_json(proof)
    else:
        _print_findings(proof["findings"])
        _print_shares(proof["shares"])
        _print_verdict(proof["findings"], length)
    click.get_current_context().exit(0 if proof["ok"] else FAILED)


def _seconds(length: str) -> float:
    try:
        seconds = parse_duration(length)
    except ValueError as error:
        raise click.UsageError(f"--proof {length!r}: {error}; write a length such as 8w") from None
    if not SHORTEST <= seconds <= LONGEST:
        raise click.UsageError(f"--proof {length!r}: write a length from 1h to 366d, such as 8w")
    return seconds


def _proof(
    context: CliContext, seconds: float, config: Path | None, url: str | None, *, from_file: bool
) -> Any:
    """Return the running gateway's proof, or that of the file if none answers."""
    if config is None and not from_file:
        try:
            return api_of(context, url).get("/oncall/proof", seconds=round(seconds))
        except ApiError:
            raise
        except CliError as error:
            if url is not None:
                raise
            problem = error.message.partition(". ")[0]
            echo_error(f"{problem}: proving the file, without run-time changes; turns as if new")
    plan, now = context.config(config).plan, context.now()
    return proof_json(plan, build_proof(plan, now, now + seconds))


def _print_findings(findings: list[dict[str, Any]]) -> None:
    for finding in findings:
        is_error = finding["level"] == "error"
        label = paint("error:", "red", bold=True) if is_error else paint("warning:", "yellow")
        echo(f"{label} {finding['text']}")


def _print_shares(shares: list[dict[str, Any]]) -> None:
    if not shares:
        return
    keys = ("seconds", "night_seconds", "weekend_seconds", "holiday_seconds")
    rows: list[list[Cell]] = [
        [share["person"]["name"], *(_hours(share[key]) for key in keys), str(share["shifts"])]
        for share in shares
    ]
    echo()
    print_columns(rows, ("person", "on call", "nights", "weekends", "holidays", "shifts"))
    echo()


def _hours(seconds: float) -> str:
    return f"{seconds / _HOUR:.0f} h" if seconds >= _HOUR else duration(seconds)


def _print_verdict(findings: list[dict[str, Any]], length: str) -> None:
    errors = sum(finding["level"] == "error" for finding in findings)
    warnings = len(findings) - errors
    text = f"next {length}: "
    text += plural(errors, "error") if errors else "every urgent alert reaches somebody"
    if warnings:
        text += f", {plural(warnings, 'warning')}"
    echo(paint(text, "red" if errors else "yellow" if warnings else "green", bold=True))
