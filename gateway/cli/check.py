"""`gateway check`: is routes.yaml right, and are the templates? Tells everything, not the first."""

import gc
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gateway import clock
from gateway.cli.support import oncall_text
from gateway.cli.support.context import (
    FAILED,
    CliContext,
    json_option,
    pass_context,
    templates_option,
)
from gateway.cli.support.output import echo, echo_json, paint, plural
from gateway.config.load import Config, ConfigError, Problem, load
from gateway.core.oncall.rota import gaps
from gateway.core.plan.accounts import SourceSettings
from gateway.core.routing.match import walk
from gateway.exposure import exposure_warning, loopback_links_warning, missing_external_url_error
from gateway.render.view.times import clock_time, duration

if TYPE_CHECKING:
    from gateway.render.template_problems import TemplateProblem

LOOK_AHEAD = 4 * 7 * oncall_text.DAY
"""How far ahead gaps of rotas are counted, in seconds."""

_NOUNS = {
    "routes": "route",
    "receivers": "receiver",
    "sources": "source",
    "people": "person",
    "rotas": "rota",
    "escalations": "escalation",
    "time_intervals": "time interval",
    "inhibit_rules": "inhibit rule",
}


@click.command("check")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--config", type=click.Path(path_type=Path), metavar="FILE", help="The same as FILE.")
@templates_option
@json_option
@pass_context
def command(
    context: CliContext,
    file: Path | None,
    config: Path | None,
    templates: Path | None,
    as_json: bool,
) -> None:
    """Check FILE (routes.yaml) and the templates.

    Prints every fault and every doubt with its file, line and column; then what the file holds
    and who is on call. Every template is rendered against samples of all kinds of messages. Of the
    settings GATEWAY_* it says what listening beyond loopback without GATEWAY_API_TOKEN means.
    Without GATEWAY_EXTERNAL_URL that is a fault, because links in messages would lead nowhere.

    Exit status 1 when anything is wrong; warnings alone are no fault.
    """
    if file and config and file != config:
        raise click.UsageError("FILE and --config name two files: give one of them")
    path, now = context.config_path(file or config), context.now()
    loaded: Config | None = None
    errors: tuple[Problem, ...] = ()
    try:
        loaded = load(path, env=context.env, now=now)
        warnings = loaded.warnings
    except ConfigError as error:
        errors, warnings = error.problems, error.warnings
    found = _templates(context.templates_path(templates))
    settings = _doubtful_settings(context, loaded)
    missing = missing_external_url_error(context.settings())
    bad = bool(errors) or missing is not None or any(not problem.warning for problem in found)
    if as_json:
        answer = {
            "ok": not bad,
            "file": str(path),
            "errors": [problem.to_json() for problem in errors],
            "warnings": [problem.to_json() for problem in warnings],
            "templates": [_template_json(problem) for problem in found],
            "settings": settings,
            "setting_errors": [missing] if missing else [],
            "summary": _summary(loaded, now) if loaded else None,
        }
        echo_json(answer)
    else:
        for problem in errors:
            echo(f"{paint('error:', 'red', bold=True)} {problem}")
        for lost in found:
            echo(f"{_word(lost.warning)} {str(lost).replace(' warning:', '', 1)}")
        for problem in warnings:
            echo(f"{_word(True)} {problem}")
        if missing:
            echo(f"{_word(False)} {missing}")
        for said in settings:
            echo(f"{_word(True)} {said}")
        if loaded:
            _print_summary(loaded, now)
        faults = len(errors) + bool(missing)
        _print_verdict(path, faults, len(warnings) + len(settings), found)
    raise SystemExit(FAILED if bad else 0)


def _templates(folder: Path) -> "list[TemplateProblem]":
    # Jinja is a large part of this command's time, and of no other quick command's.
    from gateway.render.check import check_templates
    from gateway.render.renderer import Renderer
    from gateway.render.worker.forked import ForkedRenderer

    # Compiling makes many objects that stay: looking for garbage among them is a fifth of it all.
    gc.disable()
    try:
        with ForkedRenderer(Renderer([folder]), clock.monotonic) as forked:
            return check_templates(forked)
    finally:
        gc.enable()


def _doubtful_settings(context: CliContext, loaded: Config | None) -> list[str]:
    """Warnings about the settings, and about what they mean together with the file."""
    settings = context.settings()
    warnings = [loopback_links_warning(settings)]
    if loaded is not None:
        warnings.insert(0, exposure_warning(settings, loaded.sources.values()))
    return [warning for warning in warnings if warning]


def _template_json(problem: "TemplateProblem") -> dict[str, Any]:
    return {
        "file": problem.file,
        "line": problem.line,
        "message": problem.message,
        "warning": problem.warning,
    }


def _summary(config: Config, now: float) -> dict[str, Any]:
    plan = config.plan
    return {
        "digest": plan.digest,
        **_counts(config),
        "intake": [
            {"path": path, "open": is_open} for path, is_open in _intake(config.sources.values())
        ],
        "on_call": [oncall_text.on_call_json(plan, rota, now) for rota in plan.rotas.values()],
        "gaps": [
            {"rota": name, "from": oncall_text.rfc3339(start), "to": oncall_text.rfc3339(end)}
            for name, rota in plan.rotas.items()
            for start, end in gaps(rota, now, now + LOOK_AHEAD)
        ],
    }


def _intake(sources: Iterable[SourceSettings]) -> list[tuple[str, bool]]:
    """Return the paths that take alerts, each with whether it needs no credentials."""
    listed = list(sources)
    prometheus = [one for one in listed if one.type == "prometheus"]
    paths = [(f"/webhook/{one.name}", one.open) for one in listed]
    if prometheus:
        paths.append(("/api/v2/alerts", any(one.open for one in prometheus)))
    return paths


def _print_intake(config: Config) -> None:
    paths = _intake(config.sources.values())
    text = ", ".join(f"{path} (open)" if is_open else path for path, is_open in paths)
    text = f"alerts are accepted at {text or 'no path: no source is declared'}"
    if paths and not any(path == "/api/v2/alerts" for path, _ in paths):
        text += "; not at /api/v2/alerts, because no source has type: prometheus"
    echo(text)


def _counts(config: Config) -> dict[str, int]:
    plan = config.plan
    return {
        "routes": sum(1 for _ in walk(plan.root)),
        "receivers": len(plan.receivers),
        "sources": len(config.sources),
        "people": len(plan.people),
        "rotas": len(plan.rotas),
        "escalations": len(plan.escalations),
        "time_intervals": len(plan.time_intervals),
        "inhibit_rules": len(plan.inhibit_rules),
    }


def _print_summary(config: Config, now: float) -> None:
    plan = config.plan
    echo(", ".join(plural(count, _NOUNS[name]) for name, count in _counts(config).items() if count))
    _print_intake(config)
    for name, rota in plan.rotas.items():
        text = oncall_text.on_call_line(plan, rota, now)
        nobody = text.startswith(oncall_text.NOBODY)
        echo(f"on call for {name}: {paint(text, 'red' if nobody else None)}")
        found = gaps(rota, now, now + LOOK_AHEAD)
        if found:
            missing = duration(sum(end - start for start, end in found))
            first = clock_time(found[0][0], rota.zone, now)
            text = f"  nobody for {missing} of the next 4 weeks, first from {first}"
            echo(paint(text, "red"))


def _print_verdict(path: Path, errors: int, doubts: int, found: "list[TemplateProblem]") -> None:
    errors += sum(not problem.warning for problem in found)
    doubts += sum(problem.warning for problem in found)
    text = f"{path}: {plural(errors, 'error') if errors else 'no errors'}"
    if doubts:
        text += f", {plural(doubts, 'warning')}"
    echo(paint(text, "red" if errors else "yellow" if doubts else "green", bold=True))


def _word(doubt: bool) -> str:
    return paint("warning:", "yellow") if doubt else paint("error:", "red", bold=True)
