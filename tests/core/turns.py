"""Turns of layers in few words."""

from collections.abc import Iterable


def one_each(people: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """Return turns of one person each."""
    return tuple((person,) for person in people)
