"""`gateway silence add`: a preview of what it would silence, and the new silence."""

from typing import Any

import click

from gateway.cli.silence.text import SHORT, matchers_text, period_text
from gateway.cli.support import incident_text
from gateway.cli.support.api_client import Api, read_incident_number
from gateway.cli.support.label_arguments import matcher_arguments
from gateway.cli.support.output import echo, echo_json, paint, plural, print_columns
from gateway.cli.support.session import Session, pass_session
from gateway.cli.support.times import TIME_FORMATS, read_time
from gateway.core.matching.matcher import Matcher
from gateway.core.matching.text import write_labels, write_matchers
from gateway.core.text.escape import one_line
from gateway.core.time.timestamps import format_rfc3339, parse_duration

PREVIEW_LIMIT = 10
"""Alerts listed in the preview. More would push the result off a small screen."""
MAX_UNTIL_GONE = 7 * 86400.0
"""Seconds after which a silence with --until-gone alone ends, even if its alerts still fire."""


@click.command("add")
@click.argument("matchers", metavar="[MATCHER...]", nargs=-1)
@click.option("--incident", metavar="NUMBER", help="Silence the alerts of this incident's group.")
@click.option("--for", "lasts", metavar="DURATION", help="For how long, such as 2h or 30m.")
@click.option("--until", metavar="TIME", help=f"Until when: {TIME_FORMATS}.")
@click.option(
    "--until-gone",
    metavar="DURATION",
    help="End it when no matching alert has fired for so long; without another end, after a week "
    "at the latest.",
)
@click.option("--starts", metavar="TIME", default="now", help="From when.  [default: now]")
@click.option("--why", metavar="TEXT", required=True, help="The reason. Others will read it.")
@click.option("--by", metavar="PERSON", help="Who you are.  [default: $USER]")
@click.option("--dry-run", is_flag=True, help="Only print what would be silenced.")
@pass_session
def command(
    session: Session,
    matchers: tuple[str, ...],
    incident: str | None,
    lasts: str | None,
    until: str | None,
    until_gone: str | None,
    starts: str,
    why: str,
    by: str | None,
    *,
    dry_run: bool,
) -> None:
    """Silence alerts that match every MATCHER, and print which of them fire now.

    \b
    gateway silence add alertname=DiskFull 'instance=~"db-.*"' --for 2h --why "new disk, OPS-12"
    gateway silence add --incident 1042 --for 1h --why "known, ben is on it" --by ben
    gateway silence add team=billing --starts "2026-12-01 02:00" --for 3h --why release --dry-run
    gateway silence add BackupLate --until-gone 30m --why "the backup runs again tomorrow"

    A MATCHER is written as in Alertmanager; a word alone is the name of an alert. Label
    names with spaces or signs need no quotes: 'my label=x y'. Of an incident, the matchers of
    its route and the labels of its group are used. A TIME without a zone is read in that of
    --zone. Everyone who was notified of an alert is notified when it resolves, silenced or not;
    what still fires when the silence ends notifies then.
    """
    zone, now = session.zone, session.now
    if bool(matchers) == (incident is not None):
        raise click.UsageError("give matchers or --incident, and only one of them")
    read = matcher_arguments(matchers)
    number = None if incident is None else read_incident_number(incident)
    start = read_time(starts, now, zone, "--starts")
    gone_for = None if until_gone is None else _duration(until_gone, "--until-gone")
    end = _end(lasts, until, gone_for, start, now, zone)
    creator = by or session.context.env.get("USER") or session.context.env.get("LOGNAME")
    if not creator:
        raise click.UsageError("--by: say who you are")
    preview = _preview(session.api, read, number)
    if not session.as_json:
        _print_preview(preview, zone, now)
    silence = None
    if not dry_run:
        body = {
            "matchers": preview["matchers"],
            # None is the gateway's own now: this machine's clock may be ahead of it.
            "starts_at": None if start <= now else format_rfc3339(start),
            "ends_at": format_rfc3339(end),
            "gone_for": gone_for,
            "created_by": creator,
            "comment": why,
        }
        silence = session.api.post("/silences", body)
    if session.as_json:
        echo_json({"preview": preview, "silence": silence})
    elif silence is None:
        echo("nothing was silenced: --dry-run")
    else:
        _print_created(silence, zone, now)


def _duration(text: str, option: str) -> float:
    try:
        seconds = parse_duration(text)
    except ValueError as error:
        raise click.UsageError(f"{option}: {error}") from None
    if seconds <= 0:
        raise click.UsageError(f"{option} {text!r}: must be longer than zero")
    return seconds


def _end(
    lasts: str | None,
    until: str | None,
    gone_for: float | None,
    start: float,
    now: float,
    zone: str,
) -> float:
    if lasts is not None and until is not None:
        raise click.UsageError("--for and --until both set the end: give one of them")
    if lasts is not None:
        return start + _duration(lasts, "--for")
    if until is not None:
        end = read_time(until, now, zone, "--until")
        if end <= max(start, now):
            raise click.UsageError(f"--until {until!r}: the silence would end before it begins")
        return end
    if gone_for is not None:
        return start + MAX_UNTIL_GONE
    raise click.UsageError("say for how long: --for 2h, --until TIME or --until-gone 30m")


def _preview(api: Api, matchers: list[Matcher], number: int | None) -> Any:
    text = None if number is not None else write_matchers(matchers)
    return api.get("/silences/preview", matchers=text, incident=number, limit=PREVIEW_LIMIT)


def _print_preview(preview: dict[str, Any], zone: str, now: float) -> None:
    echo(paint(one_line(matchers_text(preview), 1000), bold=True))
    count = preview["count"]
    if not count:
        echo("no alert that fires now matches")
        return
    echo(f"{plural(count, 'alert')} that {'fires' if count == 1 else 'fire'} now:")
    print_columns(
        [
            [
                incident_text.clock(one["starts_at"], zone, now),
                one_line(write_labels(one["labels"]), 300),
                one_line(", ".join(one["receivers"]), 100),
            ]
            for one in preview["alerts"]
        ],
        indent=2,
    )
    if count > len(preview["alerts"]):
        echo(f"  … and {count - len(preview['alerts'])} more")


def _print_created(silence: dict[str, Any], zone: str, now: float) -> None:
    when = "silenced until" if silence["state"] == "active" else "will be silenced:"
    creator = one_line(silence["created_by"]["name"], 80)
    comment = one_line(silence["comment"], 300)
    echo(f"{when} {period_text(silence, zone, now)}, by {creator}: {comment}")
    echo(f"to end it: gateway silence expire {silence['id'][:SHORT]}")
