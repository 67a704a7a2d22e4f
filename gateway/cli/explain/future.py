"""`gateway explain --if`: what would follow from an alert, by the running gateway or the file."""

from pathlib import Path
from typing import Any

import click

from gateway.cli.explain.future_text import print_future
from gateway.cli.support.api_client import Api, ask_or_none
from gateway.cli.support.output import echo_json
from gateway.cli.support.session import Session
from gateway.cli.support.times import read_time
from gateway.core.matching.text import write_labels
from gateway.core.time.timestamps import format_rfc3339, parse_duration
from gateway.virtual.future import LASTS, LONGEST, Circumstances, Hypothesis, foresee
from gateway.virtual.future_json import future_json


def explain_future(
    session: Session,
    labels: dict[str, str],
    at: str | None,
    lasts: str | None,
    config: Path | None,
    api: Api | None,
) -> None:
    """Print what would follow from an alert. `api` None: by the file alone."""
    if not labels:
        raise click.UsageError("no label has a value: write NAME=VALUE")
    seconds = _lasts(lasts)
    future = None
    if api is not None:
        future = ask_or_none(_named_url(), lambda: _ask(session, api, labels, at, seconds))
    if future is None:
        future = _of_file(session, labels, at, seconds, config)
    if session.as_json:
        echo_json(future)
    else:
        print_future(future, str(session.context.config_path(config)))


def _named_url() -> str | None:
    """Return the option --url, which the session has used already."""
    url: str | None = click.get_current_context().params.get("url")
    return url


def _lasts(text: str | None) -> float:
    if text is None:
        return LASTS
    try:
        seconds = parse_duration(text)
    except ValueError as error:
        raise click.UsageError(f"--lasts: {error}") from None
    if not 1 <= seconds <= LONGEST:
        raise click.UsageError("--lasts: write a duration of up to 31d, such as 8h")
    return seconds


def _ask(session: Session, api: Api, labels: dict[str, str], at: str | None, lasts: float) -> Any:
    text = write_labels(labels)
    if at is None:
        return api.get("/explain/if", labels=text, lasts=f"{lasts:.3f}")
    # A time without a zone is on the wall clock of the gateway's business_hours.
    zone = api.get("/route", labels=text)["timezone"]
    instant = read_time(at, session.now, zone)
    when = format_rfc3339(instant, milliseconds=instant != int(instant))
    return api.get("/explain/if", labels=text, at=when, lasts=f"{lasts:.3f}")


def _of_file(
    session: Session, labels: dict[str, str], at: str | None, lasts: float, config: Path | None
) -> dict[str, Any]:
    loaded = session.context.config(config)
    plan = loaded.plan
    instant = session.now if at is None else read_time(at, session.now, plan.business_hours.zone)
    future = foresee(loaded, plan, Hypothesis(labels, instant, lasts), Circumstances())
    return future_json(plan, future)
