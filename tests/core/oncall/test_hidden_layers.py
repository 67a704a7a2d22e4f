"""The search for layers that later layers always cover."""

from dataclasses import replace
from datetime import date, time

from hypothesis import given, settings

from gateway.core.oncall.rota import (
    Handover,
    Layer,
    Override,
    Restriction,
    Rota,
    shifts,
    stints,
)
from gateway.core.oncall.without_effect import hidden_layers
from tests.core.random_rotas import DAY, rotas, without_deadline
from tests.core.rota_times import at
from tests.examples import examples

NIGHT = Restriction(start_time=time(20), end_time=time(8))
DAYTIME = Restriction(start_time=time(8), end_time=time(20))
WEEKEND = Restriction(weekdays=(5, 6))


def layer(person: str, *restrictions: Restriction, start: date = date(2026, 1, 5)) -> Layer:
    """Return a weekly layer of one person."""
    return Layer(((person,),), 1, "week", Handover(time(9)), start, restrictions)


def rota(*layers: Layer, zone: str = "Europe/Berlin") -> Rota:
    """Return a rota of these layers."""
    return Rota("billing", zone, layers)


@settings(without_deadline, max_examples=examples(50))
@given(rotas())
def test_rota_without_its_hidden_layer_has_the_same_schedule(
    rota_and_midnight: tuple[Rota, float],
) -> None:
    """A year of the final schedule is the same without the layer, with overrides."""
    whole, midnight = rota_and_midnight
    start, end = midnight - 30 * DAY, midnight + 366 * DAY
    for index in hidden_layers(whole):
        layers = (*whole.layers[:index], *whole.layers[index + 1 :])
        assert stints(replace(whole, layers=layers), start, end) == stints(whole, start, end)


@settings(without_deadline, max_examples=examples(50))
@given(rotas())
def test_layer_that_is_the_origin_of_a_shift_is_not_hidden(
    rota_and_midnight: tuple[Rota, float],
) -> None:
    """A layer that decides one shift of a year takes effect."""
    whole, midnight = rota_and_midnight
    result = shifts(whole, midnight - 30 * DAY, midnight + 366 * DAY)
    deciding = {one.by.index for one in result if one.by is not None and one.by.kind == "layer"}
    assert not deciding & set(hidden_layers(whole))


def test_layer_before_an_unrestricted_one_is_hidden() -> None:
    """The usual mistake: the layer for nights precedes the one that always applies."""
    assert hidden_layers(rota(layer("ana", NIGHT), layer("ben"))) == [0]
    assert hidden_layers(rota(layer("ben"), layer("ana", NIGHT))) == []


def test_layers_that_cover_all_time_together_hide_earlier_ones() -> None:
    """Day and night cover all time; without the night the earlier layer shows."""
    assert hidden_layers(rota(layer("ana"), layer("ben", DAYTIME), layer("cho", NIGHT))) == [0]
    assert hidden_layers(rota(layer("ana"), layer("ben", DAYTIME))) == []
    assert hidden_layers(rota(layer("ana", WEEKEND), layer("ben", DAYTIME, WEEKEND))) == [0]


def test_layer_that_was_replaced_later_is_not_hidden() -> None:
    """E44: A replaced layer decides who was on call in the past."""
    later = layer("ben", start=date(2026, 6, 1))
    assert hidden_layers(rota(layer("ana"), later)) == []
    earlier = layer("ben", start=date(2026, 1, 1))
    assert hidden_layers(rota(layer("ana"), earlier)) == [0]


def test_layer_that_an_absence_reveals_is_not_hidden() -> None:
    """An override without a person reveals the earlier layer."""
    away = Override(None, at("2026-08-03"), at("2026-08-10"), replaces="ben")
    both = rota(layer("ana"), layer("ben"))
    assert hidden_layers(both) == [0]
    assert hidden_layers(replace(both, overrides=(away,))) == []
