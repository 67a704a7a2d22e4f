"""The secondary of a rota: the next turn of the layer that decides."""

from datetime import date, time

from hypothesis import given
from hypothesis import strategies as st

from gateway.core.oncall.rota import Handover, Layer, Override, Restriction, Rota, on_call
from gateway.core.oncall.secondary import secondary
from tests.core.random_rotas import DAY, rotas, without_deadline
from tests.core.rota_times import at
from tests.core.turns import one_each

MONDAY = Handover(time(9), 0)
START = date(2026, 1, 5)
WEEKLY = Layer(one_each(("ana", "ben", "cho")), 1, "week", MONDAY, START)
TUESDAY = at("2026-01-06T12:00")


def rota(*layers: Layer, overrides: tuple[Override, ...] = ()) -> Rota:
    """Return a rota of these layers."""
    return Rota("billing", "UTC", layers, overrides)


def test_secondary_is_the_next_turn() -> None:
    """In Ana's week Ben stands behind her, in Ben's Cho, in Cho's Ana."""
    weeks = [TUESDAY, TUESDAY + 7 * DAY, TUESDAY + 14 * DAY]
    assert [secondary(rota(WEEKLY), t) for t in weeks] == [("ben",), ("cho",), ("ana",)]


def test_secondary_of_a_single_person_is_nobody() -> None:
    """Nobody stands behind the only member, and nobody before the first layer starts."""
    alone = Layer((("ana",),), 1, "week", MONDAY, START)
    assert secondary(rota(alone), TUESDAY) == ()
    assert secondary(rota(WEEKLY), at("2025-12-01")) == ()


def test_secondary_is_of_the_layer_that_decides() -> None:
    """At night the layer of the night names the secondary, by day the one beneath."""
    night = Restriction(start_time=time(20), end_time=time(8))
    nights = Layer(one_each(("dee", "eli")), 1, "week", MONDAY, START, (night,))
    both = rota(WEEKLY, nights)
    assert secondary(both, TUESDAY) == ("ben",)
    assert secondary(both, at("2026-01-06T22:00")) == ("eli",)


def test_secondary_passes_over_who_is_on_call_or_away() -> None:
    """Ben took over from Ana, so Cho stands behind him; with Cho away Ana does."""
    took = Override("ben", at("2026-01-06"), at("2026-01-07"))
    assert secondary(rota(WEEKLY, overrides=(took,)), TUESDAY) == ("cho",)
    away = Override(None, at("2026-01-06"), at("2026-01-07"), "cho")
    assert secondary(rota(WEEKLY, overrides=(took, away)), TUESDAY) == ("ana",)


@without_deadline
@given(rotas(), st.floats(-3 * DAY, 10 * DAY))
def test_secondary_is_never_on_call(rota_and_midnight: tuple[Rota, float], offset: float) -> None:
    """A page to the secondary reaches somebody else."""
    any_rota, midnight = rota_and_midnight
    t = midnight + offset
    assert not set(secondary(any_rota, t)) & set(on_call(any_rota, t))
