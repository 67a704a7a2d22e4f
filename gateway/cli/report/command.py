"""`gateway report`: figures of the incidents of a time span."""

from pathlib import Path
from urllib.parse import quote

import click

from gateway.cli.report.text import print_report
from gateway.cli.support.output import echo, echo_json
from gateway.cli.support.session import Session, pass_session
from gateway.cli.support.times import TIME_FORMATS, read_time
from gateway.core.report.selection import Dimension
from gateway.core.time.timestamps import format_rfc3339
from gateway.files import write_atomically
from gateway.render.view.report_csv import report_csv

PERSON = "person"
"""The value of --by for a table of people; the API always answers with theirs."""

DIMENSIONS = (*(one.value for one in Dimension), PERSON)


@click.command("report")
@click.argument("name", required=False)
@click.option(
    "--from", "start", metavar="TIME", default="-7d", help=f"{TIME_FORMATS}.  [default: -7d]"
)
@click.option("--to", "end", metavar="TIME", default="now", help="[default: now]")
@click.option("--by", type=click.Choice(DIMENSIONS), help="Also print the figures grouped by it.")
@click.option("--team", metavar="ID", help="Only incidents of this team; none: without a team.")
@click.option("--rota", metavar="NAME", help="Only of receivers whose escalation names it.")
@click.option("--person", metavar="ID", help="Only those with a message that reached this person.")
@click.option("--severity", metavar="NAME", help="Only those of this severity.")
@click.option("--receiver", metavar="NAME", help="Only those of this receiver.")
@click.option("--route", metavar="ID", help="Only those of this route.")
@click.option("--alertname", metavar="NAME", help="Only those with an alert of this name.")
@click.option("--compare", is_flag=True, help="Compare with the same length of time before.")
@click.option("--csv", "as_csv", is_flag=True, help="Print the table of --by as CSV.")
@click.option(
    "--html",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the mail of the scheduled report NAME into a file.",
)
@pass_session
def command(
    session: Session,
    name: str | None,
    start: str,
    end: str,
    by: str | None,
    html: Path | None,
    *,
    compare: bool,
    as_csv: bool,
    **filters: str | None,
) -> None:
    """Print how a time span went: incidents, response times, interruptions, the noisiest alerts.

    With NAME print a scheduled report of routes.yaml as it would be sent now.

    \b
    gateway report
    gateway report --from 2026-11-23 --to 2026-11-30 --compare --team billing
    gateway report --from -24h --by route
    gateway report --from -30d --by person --csv
    gateway report daily --html daily.html

    It is about the incidents that opened in the span, with everything that belongs to them until
    now. A TIME without a zone is on the wall clock of --zone. What each figure counts is defined
    in docs/numbers.md.
    """
    if name is not None:
        _preview(session, name, html)
        return
    if html is not None:
        raise click.UsageError("--html writes a scheduled report: give its NAME, too")
    if as_csv and session.as_json:
        raise click.UsageError("--csv and --json exclude each other")
    first = read_time(start, session.now, session.zone, "--from")
    last = read_time(end, session.now, session.zone, "--to")
    if first >= last:
        raise click.UsageError("--to must be later than --from")
    report = session.api.get(
        "/reports/figures",
        **{"from": format_rfc3339(first), "to": format_rfc3339(last)},
        by=None if by == PERSON else by,
        compare="true" if compare else None,
        zone=session.zone,
        **filters,
    )
    if session.as_json:
        echo_json(report)
    elif as_csv:
        click.echo(report_csv(report, people=by == PERSON), nl=False)
    else:
        print_report(report)


def _preview(session: Session, name: str, html: Path | None) -> None:
    preview = session.api.get(f"/reports/{quote(name, safe='')}")
    if html is not None:
        write_atomically(html, preview["html"].encode(), replace=True)
        echo(f"written: {html}")
    elif session.as_json:
        echo_json(preview["content"])
    else:
        echo(f"Subject: {preview['subject'].strip()}")
        echo()
        for line in preview["text"].rstrip().splitlines():
            echo(line)
