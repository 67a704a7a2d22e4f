"""Who moved the shifts of a person: the changes of the hours that differ."""

from dataclasses import replace

import pytest

from gateway.core.actor import system_actor, verified_person
from gateway.core.oncall.change_causes import cause_texts, change_causes
from gateway.core.oncall.changes import RotaChange, Voiding
from gateway.core.oncall.shift_changes import PersonChange, Stretch

CHECKED = 10_000.0
BEN = RotaChange(
    "billing", "ben", 20_000.0, 21_000.0, verified_person("dee", "cli"), "ill", CHECKED + 5.0, id=3
)
LOST = PersonChange((Stretch(20_500.0, 20_600.0),), ())


@pytest.mark.parametrize(
    "other",
    [
        replace(BEN, rota="platform"),
        replace(BEN, created_at=CHECKED - 3600.0),
        replace(BEN, start=20_600.0),
        replace(BEN, end=20_500.0),
    ],
)
def test_change_of_other_hours_another_rota_or_an_earlier_time_is_no_cause(
    other: RotaChange,
) -> None:
    """Nobody is named for what they did not do."""
    assert change_causes([other], "billing", LOST, CHECKED) == []
    assert change_causes([other, BEN], "billing", LOST, CHECKED) == [BEN]


def test_each_cause_is_a_sentence_with_its_author() -> None:
    """An override, a swap, somebody away everywhere, and what was removed."""
    names = {"ben": "Ben", "dee": "Dee", "ana": "Ana"}
    away = replace(BEN, rota=None, person=None, replaces="ana", why="", id=4)
    swap = replace(BEN, swap=7, replaces="ana", why="a concert", id=5)
    removed = replace(BEN, voiding=Voiding("removed: well again", 0.0, verified_person("ana", "")))
    void = replace(BEN, voiding=Voiding("person x was removed", 0.0, system_actor("reload")))
    texts = cause_texts(
        [BEN, away, swap, removed, void], lambda one: names.get(one, one), file_changed=True
    )
    assert texts == [
        "by Dee: override 3, Ben instead of anyone (ill)",
        "by Dee: override 4, Ana away",
        "by Dee: swap 7, Ben instead of Ana (a concert)",
        "by Ana: override 3 is void, Ben instead of anyone (removed: well again)",
        "by a reload: override 3 is void, Ben instead of anyone (person x was removed)",
    ]


def test_file_is_named_only_if_nothing_else_explains_the_change() -> None:
    """A calendar that changed explains itself in the calendar."""
    assert cause_texts([], str, file_changed=True) == ["routes.yaml was changed"]
    assert cause_texts([], str, file_changed=False) == []
