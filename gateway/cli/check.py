"""`gateway check`: all errors and warnings of routes.yaml, the templates and the settings."""

import gc
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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

GAP_HORIZON = 4 * 7 * oncall_text.DAY
"""Seconds ahead in which gaps of rotas are counted."""

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
    *,
    as_json: bool,
) -> None:
    """Check FILE (routes.yaml) and the templates.

    Prints every error and every warning with its file, line and column; then a summary of the
    file and who is on call. Every template is rendered with samples of all kinds of messages. The
    settings GATEWAY_* are checked too: listening beyond loopback without GATEWAY_API_TOKEN is a
    warning, and without GATEWAY_EXTERNAL_URL an error, because links in messages would not work.

    Exit status 1 if there is any error; warnings alone leave it 0.
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
    missing_url = missing_external_url_error(context.settings())
    findings = Findings(
        errors=errors,
        warnings=warnings,
        templates=_check_templates(context.templates_path(templates), context.env),
        setting_errors=[missing_url] if missing_url else [],
        setting_warnings=_setting_warnings(context, loaded),
    )
    if as_json:
        summary = _summary(loaded, now) if loaded else None
        echo_json({"ok": findings.ok, "file": str(path), **findings.to_json(), "summary": summary})
    else:
        _print_findings(findings)
        if loaded:
            _print_summary(loaded, now)
        _print_verdict(path, findings)
    raise SystemExit(0 if findings.ok else FAILED)


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that the check found."""

    errors: Sequence[Problem]
    warnings: Sequence[Problem]
    templates: "Sequence[TemplateProblem]"
    """Errors and warnings."""
    setting_errors: Sequence[str]
    setting_warnings: Sequence[str]

    @property
    def error_count(self) -> int:
        """The number of errors of all kinds."""
        failed_templates = sum(not problem.warning for problem in self.templates)
        return len(self.errors) + len(self.setting_errors) + failed_templates

    @property
    def warning_count(self) -> int:
        """The number of warnings of all kinds."""
        template_warnings = sum(problem.warning for problem in self.templates)
        return len(self.warnings) + len(self.setting_warnings) + template_warnings

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
            "settings": list(self.setting_warnings),
            "setting_errors": list(self.setting_errors),
        }


def _print_findings(findings: Findings) -> None:
    for problem in findings.errors:
        echo(f"{_error_label()} {problem}")
    for template in findings.templates:
        label = _warning_label() if template.warning else _error_label()
        echo(f"{label} {str(template).replace(' warning:', '', 1)}")
    for problem in findings.warnings:
        echo(f"{_warning_label()} {problem}")
    for text in findings.setting_errors:
        echo(f"{_error_label()} {text}")
    for text in findings.setting_warnings:
        echo(f"{_warning_label()} {text}")


def _check_templates(folder: Path, env: Mapping[str, str]) -> "list[TemplateProblem]":
    # Importing Jinja is a large part of this command's time; other commands start without it.
    from gateway.render.check import check_templates
    from gateway.render.jinja.cache import Compiled, users_cache
    from gateway.render.renderer import Renderer
    from gateway.render.worker.forked import ForkedRenderer

    # Compiling creates many objects that stay: collecting garbage is a fifth of its time.
    gc.disable()
    try:
        compiled = Compiled(users_cache(env))
        with ForkedRenderer(Renderer([folder], compiled=compiled), clock.monotonic) as forked:
            found = check_templates(forked)
        compiled.keep()
        return found
    finally:
        gc.enable()


def _setting_warnings(context: CliContext, loaded: Config | None) -> list[str]:
    """Return warnings about the settings, alone and together with the file."""
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
            for start, end in gaps(rota, now, now + GAP_HORIZON)
        ],
    }


def _intake(sources: Iterable[SourceSettings]) -> list[tuple[str, bool]]:
    """Return the paths that accept alerts, each with whether it needs no credentials."""
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
        found = gaps(rota, now, now + GAP_HORIZON)
        if found:
            missing = duration(sum(end - start for start, end in found))
            first = clock_time(found[0][0], rota.zone, now)
            text = f"  nobody for {missing} of the next 4 weeks, first from {first}"
            echo(paint(text, "red"))


def _print_verdict(path: Path, findings: Findings) -> None:
    errors, warnings = findings.error_count, findings.warning_count
    text = f"{path}: {plural(errors, 'error') if errors else 'no errors'}"
    if warnings:
        text += f", {plural(warnings, 'warning')}"
    echo(paint(text, "red" if errors else "yellow" if warnings else "green", bold=True))


def _error_label() -> str:
    return paint("error:", "red", bold=True)


def _warning_label() -> str:
    return paint("warning:", "yellow")
