"""`gateway check`: all errors and warnings of routes.yaml, the templates and the settings."""

import gc
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway import clock
from gateway.cli.check.against import duty_differences
from gateway.cli.check.alert_rules import check_alert_rules
from gateway.cli.check.findings import Findings, print_findings, print_links, print_verdict
from gateway.cli.check.links import check_file_links, print_unfilled
from gateway.cli.check.summary import print_summary, summary_json
from gateway.cli.support.context import (
    FAILED,
    CliContext,
    json_option,
    pass_context,
    templates_option,
)
from gateway.cli.support.output import echo, echo_json
from gateway.config.load import Config, ConfigError, Problem, load
from gateway.config.source.alert_rules import AlertRule
from gateway.core.proof.build import build_proof
from gateway.core.proof.findings import FindingKind
from gateway.exposure import exposure_warning, loopback_links_warning, missing_external_url_error
from gateway.flow.calendars.offline import OfflineConfig, with_calendar_files
from gateway.render.view.proof import finding_text

if TYPE_CHECKING:
    from gateway.render.template_problems import TemplateProblem

PROVEN = 8 * 7 * 86400.0
"""Seconds from now for which the file is proven."""


@click.command("check")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--config", type=click.Path(path_type=Path), metavar="FILE", help="The same as FILE.")
@click.option(
    "--against",
    metavar="FILE|URL",
    help="Print who is on call at other times than by this file, or in the running gateway.",
)
@click.option(
    "--rules",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Also read Prometheus' rules: alerts without runbook, severity or team; repeatable.",
)
@click.option(
    "--links",
    "follow_links",
    is_flag=True,
    help="Also follow the links to runbooks and dashboards, those of --rules included.",
)
@templates_option
@json_option
@pass_context
def command(
    context: CliContext,
    file: Path | None,
    config: Path | None,
    against: str | None,
    rules: tuple[Path, ...],
    templates: Path | None,
    *,
    follow_links: bool,
    as_json: bool,
) -> None:
    """Check FILE (routes.yaml) and the templates.

    Prints every error and every warning with its file, line and column; then a summary of the
    file and who is on call. Each minute of the next eight weeks at which an urgent alert would
    reach nobody is an error; `gateway oncall --proof` has the whole proof. Every template is
    rendered with samples of all kinds of messages. The settings GATEWAY_* are checked too:
    listening beyond loopback without GATEWAY_API_TOKEN is a warning, and without
    GATEWAY_EXTERNAL_URL an error, because links in messages would not work.

    --rules warns of alerts in Prometheus' rule files that have no runbook, no declared severity or
    no team here; those that a watchdog expects are left out.

    --links follows the links of the file and of the alerts in --rules, as messages would have
    them: HEAD, then GET where that is refused, without credentials. A dead one is an error with
    its position. Addresses in private networks need link_checks: {private_addresses: allow}. Served
    runbooks are looked up in their folder.

    --against prints when other people are on call in the next four weeks, as a reload would make
    it: people on call stay until the next handover. Differences are no errors.

    Exit status 1 if there is any error; warnings alone leave it 0.
    """
    if file and config and file != config:
        raise click.UsageError("FILE and --config name two files: give one of them")
    path, now = context.config_path(file or config), context.now()
    loaded: Config | None = None
    errors: tuple[Problem, ...] = ()
    calendars: OfflineConfig | None = None
    alert_rules: list[AlertRule] = []
    try:
        loaded = load(path, env=context.env, now=now)
        checked = check_alert_rules(rules, loaded.plan)
        alert_rules = checked.rules
        errors, warnings = tuple(checked.errors), (*loaded.warnings, *checked.warnings)
        calendars = with_calendar_files(loaded, now)
        loaded = calendars.config
    except ConfigError as error:
        errors, warnings = error.problems, error.warnings
    missing_url = missing_external_url_error(context.settings())
    proof_errors, proof_warnings = _proof_texts(loaded, path, now)
    findings = Findings(
        errors=errors,
        warnings=warnings,
        calendar_errors=calendars.errors if calendars else (),
        calendar_warnings=calendars.warnings if calendars else (),
        proof_errors=proof_errors,
        proof_warnings=proof_warnings,
        templates=_check_templates(context.templates_path(templates)),
        setting_errors=[missing_url] if missing_url else [],
        setting_warnings=_setting_warnings(context, loaded),
        links=check_file_links(loaded, alert_rules, path, now) if follow_links and loaded else (),
    )
    changed = duty_differences(context, against, loaded.plan if loaded else None, now)
    if as_json:
        summary = summary_json(loaded, now) if loaded else None
        answer = {"ok": findings.ok, "file": str(path), **findings.to_json(), "summary": summary}
        answer["calendar_notes"] = list(calendars.notes) if calendars else []
        echo_json(answer | changed.to_json())
    else:
        print_findings(findings)
        if loaded:
            print_summary(loaded, now)
            for note in calendars.notes if calendars else ():
                echo(note)
            if follow_links:
                print_links(findings.links)
                if not rules:
                    print_unfilled(loaded)
        changed.print()
        print_verdict(path, findings)
    raise SystemExit(0 if findings.ok else FAILED)


def _proof_texts(loaded: Config | None, path: Path, now: float) -> tuple[list[str], list[str]]:
    """Return errors and warnings: when an urgent alert would reach nobody, and shifts ruled out."""
    if loaded is None:
        return [], []
    plan = loaded.plan
    proof = build_proof(plan, now, now + PROVEN)
    errors = [
        f"{path}:{plan.routes[finding.route].line}: {finding_text(plan, proof, finding)}"
        for finding in proof.findings
        if finding.is_error
    ]
    warnings = [
        finding_text(plan, proof, finding)
        for finding in proof.findings
        if finding.kind is FindingKind.RULED_OUT
    ]
    return errors, warnings


def _check_templates(folder: Path) -> "list[TemplateProblem]":
    # Importing Jinja is a large part of this command's time; other commands start without it.
    from gateway.render.check import check_templates
    from gateway.render.renderer import Renderer
    from gateway.render.worker.forked import ForkedRenderer

    # Compiling creates many objects that stay: collecting garbage is a fifth of its time.
    gc.disable()
    try:
        with ForkedRenderer(Renderer([folder]), clock.monotonic) as forked:
            return check_templates(forked)
    finally:
        gc.enable()


def _setting_warnings(context: CliContext, loaded: Config | None) -> list[str]:
    """Return warnings about the settings, alone and together with the file."""
    settings = context.settings()
    warnings = [loopback_links_warning(settings)]
    if loaded is not None:
        warnings.insert(0, exposure_warning(settings, loaded.sources.values()))
    return [warning for warning in warnings if warning]
