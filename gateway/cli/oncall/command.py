"""`gateway oncall`: who is on call now, at a time, or from one time to another."""

from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click

from gateway.cli.oncall.proof import print_proof
from gateway.cli.oncall.sources import Duties, FileDuties, RunningDuties
from gateway.cli.support.api_client import ApiError, api_of, url_option
from gateway.cli.support.context import (
    CliContext,
    CliError,
    config_option,
    json_option,
    pass_context,
)
from gateway.cli.support.oncall_text import (
    DAY,
    NOBODY,
    UNKNOWN,
    on_call_json,
    people_text,
    shift_json,
)
from gateway.cli.support.output import Cell, echo, echo_error, echo_json, paint, print_columns
from gateway.cli.support.times import TIME_FORMATS, read_time
from gateway.core.oncall.rota import Rota
from gateway.core.oncall.shifts import clipped
from gateway.core.oncall.types import LAST_INSTANT
from gateway.core.time.wallclock import days, load_zone, wall_time
from gateway.render.view.times import clock_time, duration

DEFAULT_SPAN = 14 * DAY
LONGEST_SPAN = 400 * DAY
"""Seconds of one table: a longer one is almost certainly a typing mistake."""

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@click.command("oncall")
@click.argument("rota", required=False)
@click.option("--at", metavar="TIME", help=f"One instant: {TIME_FORMATS}.  [default: now]")
@click.option("--from", "start", metavar="TIME", help="First instant of a table of shifts.")
@click.option("--to", "end", metavar="TIME", help="Its end.  [default: two weeks after --from]")
@click.option("--calendar", is_flag=True, help="Print the shifts by day instead of one per row.")
@click.option(
    "--proof",
    "proof_length",
    metavar="LENGTH",
    help="Prove the time from now, such as 8w: when would urgent alerts reach nobody?",
)
@click.option("--file", "from_file", is_flag=True, help="Read routes.yaml alone, ask no gateway.")
@config_option
@url_option
@json_option
@pass_context
def command(
    context: CliContext,
    rota: str | None,
    at: str | None,
    start: str | None,
    end: str | None,
    proof_length: str | None,
    config: Path | None,
    url: str | None,
    *,
    calendar: bool,
    from_file: bool,
    as_json: bool,
) -> None:
    """Print who is on call in ROTA, or in every rota.

    \b
    gateway oncall
    gateway oncall billing --at "2026-12-24 20:00"
    gateway oncall billing --from 2026-12-01 --to 2027-01-01
    gateway oncall --from now --to +7d --calendar
    gateway oncall --proof 8w

    A TIME without a zone is on the wall clock of the rota's zone. Gaps, when nobody is on call,
    are printed as "nobody", in red unless the rota has `gaps: allowed`.

    The running gateway is asked: it has the changes made at run time, whose turn it is after the
    file was edited, and the record of the past. If none answers, routes.yaml alone is read, and
    standard error says so; --file and --config do that at once.

    --proof prints each minute at which an urgent alert would reach nobody, people whom no contact
    can reach, conflicts, and each person's share. Exit status 1 if a page could be lost.
    """
    if proof_length is not None:
        if rota or at or start or end or calendar:
            raise click.UsageError("--proof covers all rotas from now on: give it alone")
        print_proof(context, proof_length, config, url, from_file=from_file, as_json=as_json)
        return
    table = start is not None or end is not None or calendar
    if at is not None and table:
        raise click.UsageError(
            "--at prints one instant; --from, --to and --calendar print a table: give one of them"
        )
    duties = _duties(context, config, url, from_file=from_file)
    rotas, now = _select(duties, rota), context.now()
    if table:
        spans = [_span(one, start, end, now) for one in rotas]
        if as_json:
            echo_json(_shifts_json(duties, rotas, spans))
        elif calendar:
            _print_calendar(duties, rotas, spans)
        else:
            _print_shifts(duties, rotas, spans)
        return
    instants = [read_time(at or "now", now, one.zone) for one in rotas]
    if as_json:
        echo_json(
            [
                on_call_json(duties.name_of, one, t, duties.at(one, t))
                for one, t in zip(rotas, instants, strict=True)
            ]
        )
    elif rotas:
        _print_now(duties, rotas, instants)
    else:
        echo("routes.yaml has no rotas")


def _duties(
    context: CliContext, config: Path | None, url: str | None, *, from_file: bool
) -> Duties:
    """Return where to read: the running gateway, else the file, which is said on stderr."""
    if not from_file and config is None:
        try:
            return RunningDuties(api_of(context, url))
        except ApiError:
            raise
        except CliError as error:
            if url is not None:
                raise
            problem = error.message.partition(". ")[0]
            echo_error(f"{problem}: reading the file, without run-time changes; turns as if new")
    return FileDuties(context.config(config).plan)


def _select(duties: Duties, name: str | None) -> list[Rota]:
    if name is None:
        return list(duties.rotas.values())
    if name in duties.rotas:
        return [duties.rotas[name]]
    near = get_close_matches(name, duties.rotas, 1)
    hint = f"; did you mean {near[0]}?" if near else ""
    known = ", ".join(duties.rotas) or "none"
    raise click.UsageError(f"there is no rota {name!r}{hint} (there are: {known})")


def _span(rota: Rota, start: str | None, end: str | None, now: float) -> tuple[float, float]:
    first = read_time(start or "now", now, rota.zone, "--from")
    last = first + DEFAULT_SPAN
    if end is not None:
        last = read_time(end, now, rota.zone, "--to")
    if not 0 <= first < last <= LAST_INSTANT:
        raise click.UsageError("--to must be later than --from, and both in this millennium")
    if last - first > LONGEST_SPAN:
        raise click.UsageError(
            f"from {start or 'now'} to {end} is more than 400 days: ask for less"
        )
    return first, last


def _print_now(duties: Duties, rotas: list[Rota], instants: list[float]) -> None:
    rows: list[list[Cell]] = []
    for rota, t in zip(rotas, instants, strict=True):
        shift = duties.at(rota, t)
        following = ""
        if shift.until is not None:
            following = people_text(duties.name_of, shift.next_people, unknown=shift.next_unknown)
        rows.append(
            [
                rota.name,
                (
                    people_text(duties.name_of, shift.people, unknown=shift.unknown),
                    "bold" if shift.people else _alarming(rota, unknown=shift.unknown),
                ),
                clock_time(shift.since, rota.zone, t) if shift.since is not None else "ever",
                clock_time(shift.until, rota.zone, t) if shift.until is not None else "for good",
                (
                    following,
                    _alarming(rota, unknown=following == UNKNOWN)
                    if following in (NOBODY, UNKNOWN)
                    else None,
                ),
                str(shift.by) if shift.by else "",
            ]
        )
    print_columns(rows, ("rota", "on call", "since", "until", "then", "by"))


def _alarming(rota: Rota, *, unknown: bool) -> str | None:
    """Return the colour of a time without anyone on call: none where the rota allows it."""
    return None if rota.gaps_allowed and not unknown else "red"


def _print_shifts(duties: Duties, rotas: list[Rota], spans: list[tuple[float, float]]) -> None:
    rows: list[list[Cell]] = []
    for rota, (start, end) in zip(rotas, spans, strict=True):
        for shift in duties.shifts(rota, start, end):
            colour = None if shift.people else _alarming(rota, unknown=shift.unknown)
            rows.append(
                [
                    rota.name,
                    (_wall(shift.start, rota), colour),
                    (_wall(shift.end, rota), colour),
                    (duration(shift.end - shift.start), colour),
                    (people_text(duties.name_of, shift.people, unknown=shift.unknown), colour),
                    (str(shift.by) if shift.by else "", colour),
                ]
            )
    print_columns(rows, ("rota", "from", "to", "for", "on call", "by"))


def _print_calendar(duties: Duties, rotas: list[Rota], spans: list[tuple[float, float]]) -> None:
    """Print a line for each day: who is on call when it begins, and each change with its time."""
    for index, (rota, (start, end)) in enumerate(zip(rotas, spans, strict=True)):
        if index:
            echo()
        echo(paint(f"{rota.name}   ({rota.zone})", bold=True))
        schedule = duties.shifts(rota, start, end)
        week = None
        for first, last in days(start, end, load_zone(rota.zone)):
            day = wall_time(first, load_zone(rota.zone))
            if week not in (None, day.isocalendar()[:2]):
                echo()
            week = day.isocalendar()[:2]
            parts = []
            for shift in clipped(schedule, first, last):
                people = " + ".join(duties.name_of(one) for one in shift.people)
                at = f"{wall_time(shift.start, load_zone(rota.zone)):%H:%M}"
                colour = _alarming(rota, unknown=shift.unknown)
                nobody = paint(f"{at} {UNKNOWN if shift.unknown else NOBODY}", colour)
                parts.append(f"{at} {people}" if people else nobody)
            holiday = duties.holiday(day.date())
            if holiday:
                parts.append(paint(f"({holiday})", "cyan"))
            echo(f"  {_DAYS[day.weekday()]} {day:%Y-%m-%d}   {'   '.join(parts)}")


def _shifts_json(
    duties: Duties, rotas: list[Rota], spans: list[tuple[float, float]]
) -> list[dict[str, Any]]:
    return [
        shift_json(duties.name_of, rota, shift)
        for rota, span in zip(rotas, spans, strict=True)
        for shift in duties.shifts(rota, *span)
    ]


def _wall(t: float, rota: Rota) -> str:
    moment = wall_time(t, load_zone(rota.zone))
    return f"{_DAYS[moment.weekday()]} {moment:%Y-%m-%d %H:%M}"
