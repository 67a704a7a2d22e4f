"""The comparison of two programs, tested itself: it must report a difference."""

from typing import Any

from tests.peers.comparison import Message, by_group, differences


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
    """Return the messages of the only group."""
    [only] = by_group(bodies).values()
    return only


def test_each_difference_is_reported() -> None:
    """It compares status, text, time and number of messages."""
    there = messages((1.0, body()), (3.0, body("resolved")))
    for here, position in (
        (messages((1.0, body("resolved")), (3.0, body("resolved"))), 1),
        (messages((1.0, body(summary="other")), (3.0, body("resolved"))), 1),
        (messages((1.0, body(alertname="A")), (3.0, body("resolved"))), 1),
        (messages((1.0, body()), (4.5, body("resolved"))), 2),
        (messages((1.0, body())), 2),
        (messages((1.0, body()), (3.0, body("resolved")), (5.0, body())), 3),
    ):
        [line] = differences(there, here, 1.0, 20.0)
        assert line.startswith(f"message {position}: ")
    assert differences(there, there, 1.0, 20.0) == []


def test_a_message_at_the_very_end_may_be_missing_on_either_side() -> None:
    """What arrives on one side just before the end may arrive on the other just after."""
    one, two = messages((1.0, body())), messages((1.0, body()), (19.5, body("resolved")))
    assert differences(one, two, 1.0, 20.0) == differences(two, one, 1.0, 20.0) == []
    assert differences(one, two, 1.0, 25.0) != []
