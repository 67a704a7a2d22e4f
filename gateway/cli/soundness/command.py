"""`gateway soundness`: whether monitoring is sound, and what to do where it is not."""

from functools import partial
from pathlib import Path
from typing import Any

import click

from gateway.cli.soundness.as_text import print_soundness
from gateway.cli.support.api_client import Api, api_of, ask_or_none, url_option
from gateway.cli.support.context import (
    FAILED,
    CliContext,
    config_option,
    json_option,
    pass_context,
)
from gateway.cli.support.output import echo_json
from gateway.core.soundness.facts import RuleHistory
from gateway.core.soundness.judge import judge
from gateway.core.time.timestamps import parse_rfc3339
from gateway.flow.soundness.gather import Evidence, gather
from gateway.flow.soundness.history import History
from gateway.render.view.soundness import soundness_json


@click.command("soundness")
@click.option(
    "--rules",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Also judge the alerts of Prometheus' rules; repeatable.",
)
@click.option(
    "--at-least",
    type=click.IntRange(0, 100),
    metavar="PERCENT",
    help="Exit with status 1 below this score.",
)
@click.option("--file", "from_file", is_flag=True, help="Read the files alone, ask no gateway.")
@config_option
@url_option
@json_option
@pass_context
def command(
    context: CliContext,
    rules: tuple[Path, ...],
    at_least: int | None,
    config: Path | None,
    url: str | None,
    *,
    from_file: bool,
    as_json: bool,
) -> None:
    """Judge whether monitoring is sound: what is missing, and what to do about it.

    \b
    gateway soundness
    gateway soundness --rules rules/billing.rules.yml --at-least 90

    For each alert that fired within 90 days or that a rule file declares: its owner, whether it
    reaches a person, its runbook and when that was last changed, whether it fired or was drilled,
    was acknowledged in time, and how much of it was noise. For the whole: invariants without an
    alert, dashboards without an owner, trace and user ids. Sampling is not checked.

    The running gateway is asked. With --rules the files are read here, and judged with the
    history of the gateway and the routes.yaml that is here. If no gateway answers, and with
    --file or --config, history is unknown.

    The score is the share of good answers among good and bad ones. Exit status 1 below --at-least.
    """
    api = None if from_file or config is not None else api_of(context, url)
    answer: Any = None
    if api is not None and not rules:
        answer = ask_or_none(url, partial(api.get, "/soundness"))
        api = None  # one that did not answer is not asked again
    if answer is None:
        answer = _judge_here(context, rules, config, api, url)
    if as_json:
        echo_json(answer | {"at_least": at_least})
    else:
        print_soundness(answer, at_least)
    if at_least is not None and answer["score"] < at_least:
        raise SystemExit(FAILED)


def _judge_here(
    context: CliContext,
    rules: tuple[Path, ...],
    config: Path | None,
    api: Api | None,
    url: str | None,
) -> dict[str, Any]:
    """Judge the file and rule files here; `api`: the gateway whose history is asked for."""
    history = None if api is None else ask_or_none(url, partial(_read_history, api))
    loaded = context.config(config)
    evidence = Evidence(history, rule_files=rules)
    return soundness_json(judge(gather(loaded, loaded.plan, evidence, context.now())))


def _read_history(api: Api) -> History:
    answer = api.get("/soundness/history")
    by_name = {}
    for one in answer["alerts"]:
        values = dict(one)
        name = values.pop("name")
        for key in ("last_fired", "last_test"):
            values[key] = None if values[key] is None else parse_rfc3339(values[key])
        by_name[name] = RuleHistory(**values)
    return History(by_name, is_truncated=answer["truncated"])
