"""Random rotas, and a slow evaluation of the rules to compare the fast one with.

The slow evaluation takes one instant at a time and shares only the mapping of wall clocks to
instants with the fast one. That mapping has its own test, and `minute_by_minute` does without it.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from hypothesis import settings
from hypothesis import strategies as st

from gateway.core.oncall.rota import Handover, Layer, Override, Restriction, Rota
from gateway.core.oncall.types import Unit
from gateway.core.time.wallclock import instant, load_zone, wall_time

ZONES = (
    "UTC",
    "America/New_York",
    "Europe/Berlin",
    "Europe/Dublin",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "America/Sao_Paulo",
    "Africa/Casablanca",
    "Asia/Gaza",
)
PEOPLE = ("ana", "ben", "cho", "dee")
# Clock changes: New York and Berlin both ways, Lord Howe both ways, Apia's missing day,
# Sao Paulo's missing midnight, a leap day, Gaza's change in the middle of Ramadan, Chatham both
# ways, and Casablanca's Ramadan.
TURNING_POINTS = (
    "2020-03-08", "2020-11-01", "2021-03-28", "2021-10-31", "2020-10-04", "2021-04-04",
    "2011-12-30", "2018-11-04", "2024-02-29", "2028-02-29", "2023-04-29",
    "2026-04-05", "2026-09-27", "2026-02-15",
)  # fmt: skip
UNITS: tuple[Unit, ...] = ("hour", "day", "week", "month")
DAY = 86400.0

without_deadline = settings(deadline=None)  # the time that an example takes is not under test

half_hours = st.builds(
    time, hour=st.sampled_from((0, 1, 2, 3, 8, 9, 20, 23)), minute=st.sampled_from((0, 15, 30))
)
restrictions = st.builds(
    Restriction,
    weekdays=st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days))),
    start_time=half_hours,
    end_time=half_hours,
)


@st.composite
def layers(draw: st.DrawFn, around: date) -> Layer:
    """Draw a layer that starts within two weeks of a day."""
    unit = draw(st.sampled_from(UNITS))
    weekday = draw(st.none() | st.integers(0, 6)) if unit == "week" else None
    start: date = around + timedelta(days=draw(st.integers(-14, 3)))
    if draw(st.booleans()):
        start = datetime.combine(start, draw(half_hours))
    turn = st.lists(st.sampled_from(PEOPLE), max_size=2, unique=True).map(tuple)
    alone = st.sampled_from(PEOPLE).map(lambda person: (person,))
    turns = draw(st.lists(alone | turn, min_size=1, max_size=4).filter(any))
    return Layer(
        turns=tuple(turns),
        every=draw(st.integers(1, 5)),
        unit=unit,
        handover=Handover(draw(half_hours), weekday),
        start=start,
        restrictions=tuple(draw(st.lists(restrictions, max_size=2))),
        end=draw(st.none() | st.integers(4, 30).map(lambda days: around + timedelta(days=days))),
    )


@st.composite
def overrides(draw: st.DrawFn, midnight: float) -> Override:
    """Draw an override near an instant, on whole hours so that several coincide."""
    start = midnight + draw(st.integers(-48, 72)) * 3600.0
    member = draw(st.none() | st.sampled_from((*PEOPLE, "eli")))
    beside = member is not None and draw(st.booleans())
    replaces = None if beside else draw(st.none() | st.sampled_from(PEOPLE))
    return Override(member, start, start + draw(st.integers(1, 40)) * 3600.0, replaces, beside)


@st.composite
def rotas(draw: st.DrawFn) -> tuple[Rota, float]:
    """Draw a rota, and a midnight near which it changes."""
    zone = draw(st.sampled_from(ZONES))
    around = date.fromisoformat(draw(st.sampled_from(TURNING_POINTS)))
    midnight = instant(datetime.combine(around, time()), load_zone(zone))
    rota = Rota(
        name="billing",
        zone=zone,
        layers=tuple(draw(st.lists(layers(around), max_size=3))),
        overrides=tuple(draw(st.lists(overrides(midnight), max_size=4))),
        changes=tuple(draw(st.lists(overrides(midnight), max_size=4))),
    )
    return rota, midnight


def people_by_the_rules(rota: Rota, t: float) -> tuple[str, ...]:
    """Return who is on call at one instant, by evaluating the rules one by one."""
    return people_over_layers(rota, t, [_people(layer, rota.zone, t) for layer in rota.layers])


def people_over_layers(
    rota: Rota, t: float, layer_people: Sequence[tuple[str, ...] | None]
) -> tuple[str, ...]:
    """Return who is on call at one instant, from those whom each layer puts on call.

    None is a layer that nobody knows, because its calendar is not.
    """
    overrides = [(i, o) for i, o in enumerate(rota.overrides) if o.start <= t < o.end]
    changes = [(i, o) for i, o in enumerate(rota.changes) if o.start <= t < o.end]
    turn: list[str] = []
    last_override = last_change = -1
    for people in reversed(layer_people):
        turn, last_override, last_change = [], -1, -1
        if people is None:
            break
        for person in people:
            substitute, number = _substitute(person, overrides)
            last_override = max(last_override, number)
            if substitute is not None:
                substitute, number = _substitute(substitute, changes)
                last_change = max(last_change, number)
            if substitute is not None and substitute not in turn:
                turn.append(substitute)
        if turn:
            break
        last_override = last_change = -1
    named = []
    for i, o in overrides:
        member, number = (None, -1) if o.member is None else _substitute(o.member, changes)
        if o.member is None or member is not None:
            named.append((i, o.replaces, o.beside, member, number))
    turn, also, change = _under(turn, [], last_override, named)
    last_change = last_change if change is None else change
    mine = [(i, o.replaces, o.beside, o.member, -1) for i, o in changes]
    turn, also, _ = _under(turn, also, last_change, mine)
    return (*turn, *also)


Named = tuple[int, str | None, bool, str | None, int]


def _under(
    turn: list[str], also: list[str], decided: int, overrides: list[Named]
) -> tuple[list[str], list[str], int | None]:
    """Return the turn, the people beside it, and by which change the deciding one was named."""
    plain = [one for one in overrides if one[1] is None and not one[2] and one[0] > decided]
    emptied = max((one[0] for one in plain if one[3] is None), default=-1)
    change = None
    if plain:
        turn = [] if plain[-1][3] is None else [plain[-1][3]]
        change = plain[-1][4]
    if emptied >= 0:
        also = []
    beside = [one[3] for one in overrides if one[2] and one[3] is not None and one[0] > emptied]
    if not turn:
        turn = beside[:1]  # nobody is in front, so the first of those beside is
    rest = dict.fromkeys([*also, *beside])
    return turn, [one for one in rest if one not in turn], change


def _substitute(person: str, overrides: list[tuple[int, Override]]) -> tuple[str | None, int]:
    """Return who stands in for a person, None for nobody, and by which override."""
    named = [(i, o) for i, o in overrides if o.replaces == person]
    return (named[-1][1].member, named[-1][0]) if named else (person, -1)


def _people(layer: Layer, zone_name: str, t: float) -> tuple[str, ...]:
    zone = load_zone(zone_name)
    day = layer.start.date() if isinstance(layer.start, datetime) else layer.start
    begins = (
        instant(layer.start, zone)
        if isinstance(layer.start, datetime)
        else instant(datetime.combine(day, layer.handover.at), zone)
    )
    if t < begins or not _open(layer, zone_name, t):
        return ()
    if layer.end is not None and t >= instant(datetime.combine(layer.end, layer.handover.at), zone):
        return ()
    while layer.handover.weekday not in (None, day.weekday()):
        day -= timedelta(days=1)
    handovers = _handover_times(layer, day, zone_name)
    return layer.turns[sum(begins < at <= t for at in handovers) % len(layer.turns)]


@lru_cache(maxsize=8)
def _handover_times(layer: Layer, day: date, zone_name: str) -> list[float]:
    """Return the handovers from a day before a layer's start to two months after it."""
    zone = load_zone(zone_name)
    number = -24 if layer.unit == "hour" else 0
    result = [instant(_handover(layer, day, number), zone)]
    while result[-1] < result[0] + 60 * DAY:
        number += 1
        result.append(instant(_handover(layer, day, number), zone))
    return result


def _handover(layer: Layer, day: date, number: int) -> datetime:
    first = datetime.combine(day, layer.handover.at)
    count = layer.every * number
    if layer.unit == "hour":
        return first + timedelta(hours=count)
    if layer.unit != "month":
        return first + timedelta(days=count * (7 if layer.unit == "week" else 1))
    month = first.month - 1 + count
    year, month = first.year + month // 12, month % 12 + 1
    for last in (31, 30, 29, 28):
        try:
            return first.replace(year=year, month=month, day=min(first.day, last))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def _open(layer: Layer, zone_name: str, t: float) -> bool:
    zone = load_zone(zone_name)
    today = wall_time(t, zone).date()
    for rule in layer.restrictions:
        for back in range(4):
            day = today + timedelta(days=1 - back)
            if day.weekday() not in rule.weekdays:
                continue
            last = day + timedelta(days=rule.end_time <= rule.start_time)
            opens = instant(datetime.combine(day, rule.start_time), zone)
            if opens <= t < instant(datetime.combine(last, rule.end_time), zone):
                return True
    return not layer.restrictions
