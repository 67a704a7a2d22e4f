"""`gateway override add`: one change, somebody away, or a temporary schedule."""

from typing import Any

import click

from gateway.cli.support.actor import actor_option
from gateway.cli.support.changes_text import change_text, in_zone_of, print_effects
from gateway.cli.support.output import echo, echo_json
from gateway.cli.support.session import Session, pass_session
from gateway.cli.support.times import TIME_FORMATS, read_time
from gateway.core.time.timestamps import format_rfc3339, parse_duration


@click.command("add")
@click.argument("rota", required=False)
@click.option("--person", metavar="PERSON", help="Who takes over; without it nobody does.")
@click.option("--replaces", metavar="PERSON", help="Only where this person would be on call.")
@click.option("--beside", is_flag=True, help="Notify --person as well, instead of taking over.")
@click.option("--away", metavar="PERSON", help="This person is away: in ROTA, or in every rota.")
@click.option("--from", "start", metavar="TIME", help=f"{TIME_FORMATS}.  [default: now]")
@click.option("--to", "end", metavar="TIME", help="When it ends.")
@click.option("--for", "lasts", metavar="DURATION", help="Instead of --to, such as 12h or 3d.")
@click.option(
    "--shift",
    "shifts",
    metavar="PERSON TIME TIME",
    nargs=3,
    multiple=True,
    help="A shift of a temporary schedule: who, from, to. Give it several times.",
)
@click.option("--why", metavar="TEXT", default="", help="The reason. Others will read it.")
@actor_option
@click.option("--anyway", is_flag=True, help="Even if a rota then reaches nobody for a time.")
@click.option("--dry-run", is_flag=True, help="Only print what it would change.")
@pass_session
def command(
    session: Session,
    rota: str | None,
    by: str,
    why: str,
    *,
    anyway: bool,
    dry_run: bool,
    **options: Any,
) -> None:
    """Change who is on call in ROTA for a time, and print what that changes.

    \b
    gateway override add billing --person ben --for 12h --why "ana is ill" --as ben
    gateway override add billing --person ben --replaces ana --to "2026-12-24 09:00" --as ana
    gateway override add billing --person cho --beside --for 2h --why "big release" --as ana
    gateway override add --away ana --from 2026-12-20 --to 2027-01-04 --why holiday --as ana
    gateway override add billing --away ana --for 2d --why "team meeting" --as ana
    gateway override add billing --shift ben 2026-12-24 2026-12-25 \\
                                 --shift cho 2026-12-25 2026-12-27 --why Christmas --as ana

    --person alone takes over from anyone who would be on call. With --away an earlier layer
    applies, or nobody; --replaces without --person means the same. A TIME without a
    zone is on the wall clock of the rota, or of --zone. Exit status 1 if the gateway rejects the
    change, with the reason: it is in the past, it would change nothing, or it would leave nobody
    who can be reached (--anyway allows that).
    """
    session = in_zone_of(session, rota)
    body = {
        "rota": rota,
        "as": by,
        "why": why,
        "anyway": anyway,
        "dry_run": dry_run,
        **_what(session, rota, options),
    }
    answer = session.api.post("/overrides", body)
    if session.as_json:
        echo_json(answer)
        return
    for one in answer["changes"]:
        head = "would add: " if dry_run else f"added override {one['id']}: "
        echo(head + change_text(one, session))
    print_effects(answer["effects"], session)
    if not dry_run:
        ids = " ".join(str(one["id"]) for one in answer["changes"])
        echo(f"to undo: gateway override remove {ids} --as {by}")


def _what(session: Session, rota: str | None, options: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of the change. Raises click.UsageError for options that do not fit."""
    if options["shifts"]:
        others = ("person", "replaces", "beside", "away", "start", "end", "lasts")
        if rota is None or any(options[name] for name in others):
            raise click.UsageError("--shift needs ROTA, and no other option about who and when")
        return {"shifts": [_shift(session, *one) for one in options["shifts"]]}
    if options["away"] is not None:
        if options["person"] or options["replaces"] or options["beside"]:
            raise click.UsageError(
                "--away names nobody who takes over; for that: ROTA --person PERSON --replaces "
                f"{options['away']}"
            )
    elif rota is None:
        raise click.UsageError("name the ROTA, or --away PERSON for every rota")
    start = _time(session, options["start"], "--from")
    return {
        "person": options["person"],
        "replaces": options["away"] or options["replaces"],
        "beside": options["beside"],
        "from": start and format_rfc3339(start),
        "to": format_rfc3339(_end(session, options, start)),
    }


def _shift(session: Session, person: str, start: str, end: str) -> dict[str, str]:
    first, last = (read_time(one, session.now, session.zone, "--shift") for one in (start, end))
    return {"person": person, "from": format_rfc3339(first), "to": format_rfc3339(last)}


def _time(session: Session, text: str | None, option: str) -> float | None:
    """Return a typed time; None for now, because this machine's clock may be ahead."""
    if text is None or text.strip() == "now":
        return None
    return read_time(text, session.now, session.zone, option)


def _end(session: Session, options: dict[str, Any], start: float | None) -> float:
    text, lasts = options["end"], options["lasts"]
    if (text is None) == (lasts is None):
        raise click.UsageError("say when it ends: --to TIME or --for DURATION")
    if text is not None:
        return read_time(text, session.now, session.zone, "--to")
    try:
        seconds = parse_duration(lasts)
    except ValueError as error:
        raise click.UsageError(f"--for: {error}") from None
    if seconds <= 0:
        raise click.UsageError("--for: must be longer than zero")
    return (session.now if start is None else start) + seconds
