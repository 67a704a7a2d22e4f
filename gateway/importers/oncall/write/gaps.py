"""Gaps of the rotas that one schedule becomes."""

from collections.abc import Sequence

from gateway.core.oncall.rota import Gap, Rota, gaps

_SEARCHED = 366 * 86400.0
"""Seconds ahead in which gaps are searched."""


def cover_each_other(rotas: Sequence[Rota], as_of: float) -> bool:
    """Return whether somebody is on call in one of several rotas at any time of a year.

    Then the gaps of each of them are meant: a step that names all of them reaches somebody.
    """
    if len(rotas) < 2:
        return False
    common = gaps(rotas[0], as_of, as_of + _SEARCHED)
    for rota in rotas[1:]:
        common = _common(common, gaps(rota, as_of, as_of + _SEARCHED))
    return not common


def _common(some: Sequence[Gap], others: Sequence[Gap]) -> list[Gap]:
    """Return the stretches that are in both lists, which are in order."""
    result, at = [], 0
    for one in some:
        while at < len(others) and others[at].end <= one.start:
            at += 1
        for other in others[at:]:
            if other.start >= one.end:
                break
            result.append(Gap(max(one.start, other.start), min(one.end, other.end)))
    return result
