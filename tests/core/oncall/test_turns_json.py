"""The turns of a rota are the same after they were written and read."""

import json
from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from gateway.core.oncall.anchors import keep_turns
from gateway.core.oncall.rota import Rota
from gateway.core.oncall.turns_json import turns_from_json, turns_to_json
from gateway.core.oncall.types import Anchor, Layer
from tests.core.random_rotas import PEOPLE, layers, without_deadline

anchors = st.builds(
    Anchor,
    people=st.lists(st.sampled_from(PEOPLE), max_size=2, unique=True).map(tuple),
    since=st.floats(1e9, 2e9),
    until=st.floats(1e9, 2e9),
    index=st.integers(0, 5),
)
anchored = st.builds(
    lambda layer, anchor, name: replace(layer, anchor=anchor, name=name),
    layers(date(2026, 3, 10)),
    st.none() | anchors,
    st.sampled_from(["", "nights"]),
)


@without_deadline
@given(anchored)
def test_turns_are_the_same_after_writing_and_reading(layer: Layer) -> None:
    """All that decides whose turn it is survives; restrictions are those of the file."""
    rota = Rota("billing", "Asia/Kathmandu", (layer,))
    text = json.dumps(turns_to_json(rota))
    stored = turns_from_json("billing", json.loads(text))
    assert stored.layers == (replace(layer, restrictions=()),)
    assert stored.zone == rota.zone
    plain = replace(rota, layers=(replace(layer, anchor=None),))
    assert keep_turns(stored, plain, 1e9, PEOPLE) == rota
