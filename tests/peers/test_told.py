"""A comparison that sees no difference proves nothing unless it would see one."""

from typing import Any

from tests.peers.told import Message, by_place, differences


def body(status: str = "firing", summary: str = "", **common: str) -> dict[str, Any]:
    """A webhook of one alert."""
    alert = {"labels": {"alertname": "A"}, "status": status, "annotations": {"summary": summary}}
    return {
        "receiver": "r",
        "status": status,
        "groupLabels": {"alertname": "A"},
        "commonLabels": common,
        "commonAnnotations": {},
        "alerts": [alert],
    }


def messages(*bodies: tuple[float, dict[str, Any]]) -> list[Message]:
    """The messages of the only place."""
    [found] = by_place(bodies).values()
    return found


def test_what_differs_is_seen() -> None:
    """Status, words, time and number of messages."""
    there = messages((1.0, body()), (3.0, body("resolved")))
    for here, place in (
        (messages((1.0, body("resolved")), (3.0, body("resolved"))), 1),
        (messages((1.0, body(summary="other")), (3.0, body("resolved"))), 1),
        (messages((1.0, body(alertname="A")), (3.0, body("resolved"))), 1),
        (messages((1.0, body()), (4.5, body("resolved"))), 2),
        (messages((1.0, body())), 2),
        (messages((1.0, body()), (3.0, body("resolved")), (5.0, body())), 3),
    ):
        [said] = differences(there, here, 1.0, 20.0)
        assert said.startswith(f"message {place}: ")
    assert differences(there, there, 1.0, 20.0) == []


def test_the_very_end_may_fall_on_either_side() -> None:
    """What one side heard just before the end the other one may have heard just after."""
    one, two = messages((1.0, body())), messages((1.0, body()), (19.5, body("resolved")))
    assert differences(one, two, 1.0, 20.0) == differences(two, one, 1.0, 20.0) == []
    assert differences(one, two, 1.0, 25.0) != []
