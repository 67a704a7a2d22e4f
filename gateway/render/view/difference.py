"""The difference of two schedules in sentences: "Wed 7 Oct, 09:00 CEST: Cho → Dee"."""

from collections.abc import Mapping, Sequence

from gateway.core.oncall.difference import Difference
from gateway.render.view.times import clock_time, duration

COMPARED = 28 * 86400.0
"""Seconds ahead for which schedules are compared: four weeks, for which people have plans."""

NOBODY = "nobody"

MOST_LINES = 20
"""Differences of one rota that are printed; the others are counted."""


def difference_text(one: Difference, names: Mapping[str, str], zone: str, now: float) -> str:
    """Return one difference in the rota's zone, with its length."""
    before, after = (
        ", ".join(names.get(person, person) for person in people) or NOBODY
        for people in (one.before, one.after)
    )
    length = duration(one.end - one.start)
    return f"{clock_time(one.start, zone, now)}: {before} → {after} ({length})"


def difference_lines(
    rota: str,
    differences: Sequence[Difference],
    names: Mapping[str, str],
    zone: str,
    now: float,
) -> list[str]:
    """Return the differences of one rota, a line each, at most MOST_LINES."""
    listed = differences[:MOST_LINES]
    lines = [f"rota {rota}: {difference_text(one, names, zone, now)}" for one in listed]
    if len(differences) > MOST_LINES:
        lines.append(f"rota {rota}: and {len(differences) - MOST_LINES} more differences")
    return lines
