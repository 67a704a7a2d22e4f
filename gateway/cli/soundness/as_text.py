"""The answers about sound monitoring as text, made from their JSON."""

from collections.abc import Iterable, Mapping
from typing import Any

from gateway.cli.support.output import echo, paint
from gateway.core.soundness.answers import Verdict
from gateway.core.text.escape import one_line

Json = Mapping[str, Any]

_COLOURS = {
    Verdict.GOOD: "green",
    Verdict.BAD: "red",
    Verdict.UNKNOWN: "yellow",
    Verdict.NOT_CHECKED: None,
}
_WIDTH = 18
"""Columns of the names of checks."""


def print_soundness(answer: Json, at_least: int | None) -> None:
    """Print what is not good for each alert, what to do, and the score."""
    _print_answers("the whole", answer["general"])
    sound = 0
    for rule in answer["rules"]:
        rest = [one for one in rule["answers"] if one["verdict"] != Verdict.GOOD]
        if not rest:
            sound += 1
            continue
        about = ", ".join(filter(None, (rule["severity"], rule["team"], rule["position"])))
        _print_answers(f"{rule['name']} ({about})", rest)
    counts = ", ".join(f"{count} {word}" for word, count in answer["counts"].items() if count)
    echo(f"{len(answer['rules'])} alerts, {sound} of them good in all that is checked")
    score = answer["score"]
    failed = at_least is not None and score < at_least
    text = f"{score} % of what is known is good ({counts})"
    if at_least is not None:
        text += f"; at least {at_least} % are required"
    echo(paint(text, "red" if failed else "green", bold=True))


def _print_answers(title: str, answers: Iterable[Json]) -> None:
    echo(paint(one_line(title, 300), bold=True))
    for one in answers:
        word = paint(f"{one['verdict']:<11}", _COLOURS[Verdict(one["verdict"])])
        echo(f"  {word} {one['check']:<{_WIDTH}} {one_line(one['text'], 500)}")
        if one["advice"]:
            echo(f"  {'':<11} {'':<{_WIDTH}} → {one_line(one['advice'], 300)}")
    echo()
