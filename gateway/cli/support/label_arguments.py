"""Labels and matchers as arguments of commands, as typed and as printed by other commands."""

import re
from collections.abc import Iterable

import click

from gateway.core.matching.matcher import Matcher, MatcherError
from gateway.core.matching.text import read_labels, read_matchers

_ALERTNAME = re.compile("[A-Za-z0-9_:.-]+")


def label_arguments(arguments: Iterable[str]) -> dict[str, str]:
    """Read labels: NAME=VALUE with any name and value, or ``{name="value", …}`` as printed.

    A value in double quotes is read as in a matcher. Raises click.UsageError.
    """
    labels: dict[str, str] = {}
    for argument in arguments:
        for name, value in _labels(argument).items():
            if name in labels:
                raise click.UsageError(
                    f"label {name} is given twice: {labels[name]!r} and {value!r}"
                )
            labels[name] = value
    return {name: value for name, value in labels.items() if value}


def _labels(argument: str) -> dict[str, str]:
    name, equals, value = argument.partition("=")
    quoted = len(value) > 1 and value[0] == value[-1] == '"'
    if argument.startswith("{") and not equals and not argument.endswith("}"):
        raise click.UsageError(
            f'{argument!r}: the closing }} is missing; write labels like {{severity="critical"}}'
        )
    if argument.startswith('"') or quoted or (argument[:1] == "{" and argument[-1:] == "}"):
        try:
            return read_labels(argument)
        except MatcherError as error:
            raise click.UsageError(str(error)) from None
    if not equals or not name or name.endswith("!"):
        raise click.UsageError(
            f"{argument!r} is not a label: write NAME=VALUE, such as severity=critical"
        )
    if value.startswith("~"):
        raise click.UsageError(
            f"{argument!r}: an alert has one value for a label, not a pattern; write NAME=VALUE, "
            f'or {name}="{value}" where the value itself begins with ~'
        )
    return {name: value}


def matcher_arguments(arguments: Iterable[str]) -> list[Matcher]:
    """Read matchers; a word alone is the name of an alert. Raises click.UsageError."""
    return [matcher for argument in arguments for matcher in _matchers(argument)]


def _matchers(argument: str) -> tuple[Matcher, ...]:
    if _ALERTNAME.fullmatch(argument):
        return (Matcher("alertname", "=", argument),)
    try:
        return read_matchers(argument)
    except MatcherError as error:
        raise click.UsageError(f"MATCHER {error}") from None
