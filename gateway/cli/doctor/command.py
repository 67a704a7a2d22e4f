"""`gateway doctor`: the command, which works whether a gateway runs or not."""

import asyncio
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click

from gateway.cli.doctor.database import check_database
from gateway.cli.doctor.finding import Finding, State, bad, good, print_findings, warning
from gateway.cli.doctor.machine import check_disk, check_files, check_versions, check_zones
from gateway.cli.support.context import (
    FAILED,
    CliContext,
    config_option,
    json_option,
    pass_context,
)
from gateway.cli.support.output import echo_json, plural
from gateway.config.load import Config, ConfigError, load
from gateway.store.db.location import parse_url


@click.command("doctor")
@config_option
@click.option("--offline", is_flag=True, help="Look up no names, and ask no vendor.")
@json_option
@pass_context
def command(context: CliContext, config: Path | None, *, offline: bool, as_json: bool) -> None:
    """Find out what is wrong around the gateway, and what to do.

    \b
    gateway doctor
    gateway doctor --offline
    gateway doctor --json

    It checks the versions, routes.yaml, the database and its version, the clock, the disk, the
    owner and mode of files, the time zones, names in DNS, and each account: whether its vendor
    answers and takes its token, by a request that changes nothing. It works whether a gateway
    runs or not, with the gateway's environment. Exit status 1 if something is wrong.
    """
    settings, now = context.settings(), context.now()
    url = settings.database_url.reveal()
    try:
        path = parse_url(url).path
    except ValueError as error:
        raise click.UsageError(f"GATEWAY_DATABASE_URL: {error}") from None
    findings = [check_versions()]
    loaded, routes = _load(context, config)
    findings += routes
    findings += check_database(url, now)
    findings.append(check_disk(path))
    findings += check_files(settings, path)
    findings.append(check_zones(_zones(loaded), now))
    if not offline:
        # Vendors' SDKs are imported only here.
        from gateway.cli.doctor.network import check_network

        findings += asyncio.run(check_network(settings, loaded))
    is_bad = any(one.state is State.BAD for one in findings)
    if as_json:
        echo_json({"good": not is_bad, "findings": [asdict(one) for one in findings]})
    else:
        print_findings(findings)
    raise SystemExit(FAILED if is_bad else 0)


def _load(context: CliContext, option: Path | None) -> tuple[Config | None, list[Finding]]:
    path = context.config_path(option)
    try:
        loaded = load(path, env=context.env, now=context.now())
    except ConfigError as error:
        text = f"{path}: {plural(len(error.problems), 'error')}"
        return None, [bad("routes.yaml", text, "`gateway check` lists them")]
    if loaded.warnings:
        text = f"{path}: {plural(len(loaded.warnings), 'warning')}"
        return loaded, [warning("routes.yaml", text, "`gateway check` lists them")]
    return loaded, [good("routes.yaml", str(path))]


def _zones(config: Config | None) -> frozenset[str]:
    return frozenset(["UTC", *_zones_of(config)])


def _zones_of(config: Config | None) -> Iterator[str]:
    if config is not None:
        yield config.plan.business_hours.zone
        yield from (rota.zone for rota in config.plan.rotas.values())
