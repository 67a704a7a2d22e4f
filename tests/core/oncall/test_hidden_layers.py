"""A layer that later layers always cover is found, and no layer that ever decides is suspected."""

from dataclasses import replace
from datetime import date, time

from hypothesis import given, settings

from gateway.core.oncall.rota import (
    Handover,
    Layer,
    Override,
    Restriction,
    Rota,
    hidden_layers,
    shifts,
    stints,
)
from tests.core.rota_times import at
from tests.core.rota_worlds import DAY, unhurried, worlds

NIGHT = Restriction(start_time=time(20), end_time=time(8))
DAYTIME = Restriction(start_time=time(8), end_time=time(20))
WEEKEND = Restriction(weekdays=(5, 6))


def layer(person: str, *restrictions: Restriction, start: date = date(2026, 1, 5)) -> Layer:
    return Layer((person,), 1, "week", Handover(time(9)), start, restrictions)


def rota(*layers: Layer, zone: str = "Europe/Berlin") -> Rota:
    return Rota("billing", zone, layers)


@settings(unhurried, max_examples=50)
@given(worlds())
def test_without_a_hidden_layer_the_same_people_are_on_call_for_a_year(
    world: tuple[Rota, float],
) -> None:
    """By the function that pages: a year from the layer's start, overrides included."""
    whole, midnight = world
    start, end = midnight - 30 * DAY, midnight + 366 * DAY
    for index in hidden_layers(whole):
        layers = (*whole.layers[:index], *whole.layers[index + 1 :])
        assert stints(replace(whole, layers=layers), start, end) == stints(whole, start, end)


@settings(unhurried, max_examples=50)
@given(worlds())
def test_a_layer_that_decides_once_in_a_year_is_not_hidden(world: tuple[Rota, float]) -> None:
    """By the function that pages: what is named as the origin of a shift takes effect."""
    whole, midnight = world
    result = shifts(whole, midnight - 30 * DAY, midnight + 366 * DAY)
    deciding = {one.by.index for one in result if one.by is not None and one.by.kind == "layer"}
    assert not deciding & set(hidden_layers(whole))


def test_a_layer_below_one_without_restrictions_is_hidden() -> None:
    """The usual slip: the layer for nights stands above the one that always applies."""
    assert hidden_layers(rota(layer("ana", NIGHT), layer("ben"))) == [0]
    assert hidden_layers(rota(layer("ben"), layer("ana", NIGHT))) == []


def test_layers_that_cover_together_hide_what_is_below() -> None:
    """Day and night leave nothing over; without the night the layer below shows."""
    assert hidden_layers(rota(layer("ana"), layer("ben", DAYTIME), layer("cho", NIGHT))) == [0]
    assert hidden_layers(rota(layer("ana"), layer("ben", DAYTIME))) == []
    assert hidden_layers(rota(layer("ana", WEEKEND), layer("ben", DAYTIME, WEEKEND))) == [0]


def test_a_layer_that_was_replaced_is_not_hidden() -> None:
    """It says who was on call then, and the past is asked for as well (E44)."""
    later = layer("ben", start=date(2026, 6, 1))
    assert hidden_layers(rota(layer("ana"), later)) == []
    earlier = layer("ben", start=date(2026, 1, 1))
    assert hidden_layers(rota(layer("ana"), earlier)) == [0]


def test_a_layer_that_shows_while_somebody_is_away_is_not_hidden() -> None:
    """An override without a person lets the layer below show: it exists for that."""
    away = Override(None, at("2026-08-03"), at("2026-08-10"), replaces="ben")
    both = rota(layer("ana"), layer("ben"))
    assert hidden_layers(both) == [0]
    assert hidden_layers(replace(both, overrides=(away,))) == []
