"""The fairness of rotas: each person's hours, nights, weekends and holidays on call."""

from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta

from gateway.core.oncall.rota import Stint
from gateway.core.plan.plan import Plan
from gateway.core.proof.findings import Share
from gateway.core.time.business_hours import BusinessHours
from gateway.core.time.off_hours import NIGHT, SATURDAY
from gateway.core.time.spans import Span, intersection, seconds, union
from gateway.core.time.wallclock import instant, load_zone, wall_time

_DAY = timedelta(days=1)


def shares(plan: Plan, stints: Iterable[Stint]) -> tuple[Share, ...]:
    """Return the share of each person in the stints, the largest first.

    An hour on call in two rotas counts once. Nights, weekends (Saturday and Sunday) and days are
    those of the person's own zone; holidays are those of `business_hours`.
    """
    by_person: dict[str, list[Span]] = {}
    for stint in stints:
        by_person.setdefault(stint.person, []).append(Span(stint.start, stint.end))
    result = []
    for person, spans in by_person.items():
        known = plan.people.get(person)
        own = union(spans)
        times = _special_times(known.timezone if known else "UTC", plan.business_hours, own)
        parts = {name: seconds(intersection(own, part)) for name, part in times.items()}
        result.append(Share(person, seconds(own), **parts, shifts=len(own)))
    return tuple(sorted(result, key=lambda share: (-share.total, share.person)))


def _special_times(
    zone_name: str, hours: BusinessHours, own: list[Span]
) -> Mapping[str, list[Span]]:
    """Return the nights, weekends and holidays that touch the spans."""
    zone = load_zone(zone_name)
    nights, weekends, holidays = [], [], []
    day = wall_time(own[0].start, zone).date() - _DAY
    last = wall_time(own[-1].end, zone).date()
    midnight = instant(datetime.combine(day, time()), zone)
    while day <= last:
        following = day + _DAY
        night = instant(datetime.combine(day, NIGHT[0]), zone)
        nights.append(Span(night, instant(datetime.combine(following, NIGHT[1]), zone)))
        end = instant(datetime.combine(following, time()), zone)
        if day.weekday() >= SATURDAY:
            weekends.append(Span(midnight, end))
        if hours.holiday(day) is not None:
            holidays.append(Span(midnight, end))
        day, midnight = following, end
    return {"nights": nights, "weekends": union(weekends), "holidays": union(holidays)}
