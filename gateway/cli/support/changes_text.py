"""Overrides and swaps as text, for the commands about them."""

from dataclasses import replace
from typing import Any

import click
from click.core import ParameterSource

from gateway.cli.support.output import echo
from gateway.cli.support.session import Session
from gateway.core.oncall.change_text import span_text
from gateway.core.text.escape import one_line
from gateway.core.time.timestamps import parse_rfc3339

EFFECT_LIMIT = 10
"""Stretches that are printed after a change. More would push the change itself off a small
screen."""


def in_zone_of(session: Session, rota: str | None) -> Session:
    """Return the session in the rota's zone, unless --zone names another one."""
    source = click.get_current_context().get_parameter_source("zone")
    if rota is None or source is ParameterSource.COMMANDLINE:
        return session
    zones = {one["name"]: one["timezone"] for one in session.api.get("/rotas")["rotas"]}
    return replace(session, zone=zones.get(rota, session.zone))


def span(one: dict[str, Any], session: Session) -> str:
    """Return from when to when, on the wall clock of the session's zone."""
    return span_text(parse_rfc3339(one["from"]), parse_rfc3339(one["to"]), session.zone)


def change_text(one: dict[str, Any], session: Session) -> str:
    """Return one override as a line: "Ben instead of Ana in rota billing, Mon 2026-12-07 …"."""
    rota = "every rota" if one["rota"] is None else f"rota {one['rota']}"
    return f"{one_line(one['what'], 200)} in {one_line(rota, 100)}, {span(one, session)}"


def print_effects(effects: list[dict[str, Any]], session: Session) -> None:
    """Print where other people are on call than before."""
    for one in effects[:EFFECT_LIMIT]:
        before, after = (_names(one[key]) for key in ("before", "after"))
        echo(f"  {one_line(one['rota'], 80)}, {span(one, session)}: {before} → {after}")
    if len(effects) > EFFECT_LIMIT:
        echo(f"  … and {len(effects) - EFFECT_LIMIT} more")


def _names(people: list[dict[str, str]]) -> str:
    return ", ".join(one_line(one["name"], 80) for one in people) or "nobody"
