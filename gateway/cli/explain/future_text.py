"""The future of an alert as text, made from its JSON: the gateway's, or the file's."""

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.cli.route.as_text import print_match, print_rules, print_subject
from gateway.cli.support.output import echo, paint
from gateway.core.text.escape import one_line
from gateway.core.time.timestamps import format_duration, parse_rfc3339
from gateway.render.view.times import clock_time

_WIDTH = 30
"""Columns of the time before what happens."""

Json = Mapping[str, Any]


def print_future(future: Json, file: str) -> None:
    """Print an alert's route, the answer in short, and what happens at which minute.

    `file` is what routes.yaml is called before its line numbers.
    """
    preview = future["route"]
    print_subject(preview, file)
    for match in preview["routes"]:
        echo()
        print_match(preview, match, file)
    print_rules(preview)
    echo()
    echo(paint("in short", bold=True))
    for sentence in future["answer"]:
        echo(f"  {one_line(sentence, 1000)}")
    for incident in future["incidents"]:
        echo()
        title = f"what happens, if nobody acts: receiver {incident['receiver']}"
        echo(paint(one_line(title, 300), bold=True))
        _print_moments(future, incident["moments"])


def _print_moments(future: Json, moments: Sequence[Json]) -> None:
    zone, start = future["timezone"], parse_rfc3339(future["at"])
    is_over = False
    for moment in moments:
        at = parse_rfc3339(moment["at"])
        ends_at = parse_rfc3339(future["cut_at"] or future["ends_at"])
        if at >= ends_at and not is_over:
            is_over = True
            _print_line(clock_time(ends_at, zone, start), "the alert is resolved")
        clock = f"{clock_time(at, zone, start)}  +{format_duration(moment['after']) or '0s'}"
        for event in moment["events"]:
            _print_line(clock, f"{event['kind']}: {one_line(event['text'], 300)}")
            clock = ""
        recipients: dict[str, list[str]] = {}
        for notice in moment["notices"]:
            recipients.setdefault(notice["reason"], []).append(notice["recipient"])
        for reason, names in recipients.items():
            _print_line(clock, f"{reason} → {one_line('; '.join(names), 1000)}")
            clock = ""
        again = moment["again"]
        if again:
            until = clock_time(parse_rfc3339(again["until"]), zone, start)
            every, times = format_duration(again["every"]), again["times"]
            _print_line("", f"the same again every {every}, {times} more times, until {until}")


def _print_line(clock: str, text: str) -> None:
    echo(f"  {clock:<{_WIDTH}} {text}")
