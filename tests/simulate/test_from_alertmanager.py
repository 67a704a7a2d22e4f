"""Episodes from what an Alertmanager shows, question after question."""

from typing import Any

import pytest

from gateway.core.matching.matcher import Matcher
from gateway.simulate.from_alertmanager import Watch
from gateway.simulate.recording import RecordingError

SILENCE = {
    "id": "1f9a",
    "matchers": [
        {"name": "team", "value": "billing", "isRegex": False, "isEqual": True},
        {"name": "severity", "value": "info|warning", "isRegex": True, "isEqual": False},
    ],
    "startsAt": "2026-11-18T11:00:00Z",
    "endsAt": "2026-11-18T12:00:00Z",
    "updatedAt": "2026-11-18T10:59:00Z",
    "createdBy": "ana",
    "comment": "release",
    "status": {"state": "active"},
}


def shown(name: str, starts_at: str) -> dict[str, Any]:
    return {
        "labels": {"alertname": name},
        "annotations": {"summary": "slow"},
        "startsAt": starts_at,
        "endsAt": "2026-11-18T12:00:00Z",
        "fingerprint": "1",
    }


def test_alert_is_over_when_it_is_not_shown_any_more() -> None:
    """Its end is when that was asked; one that is shown still fires."""
    watch = Watch()
    watch.add([shown("Slow", "2026-11-18T11:00:00Z")], [], 1_795_000_000.0)
    watch.add([shown("Down", "2026-11-18T11:05:00Z")], [], 1_795_000_015.0)
    first, second = watch.alerts()
    assert (first.labels["alertname"], first.ends_at) == ("Slow", 1_795_000_015.0)
    assert (second.labels["alertname"], second.ends_at) == ("Down", None)
    assert first.annotations == {"summary": "slow"}


def test_alert_that_fires_again_between_two_questions_has_two_episodes() -> None:
    """The first ended by the start of the second."""
    watch = Watch()
    watch.add([shown("Slow", "2026-11-18T11:00:00Z")], [], 1_795_000_000.0)
    watch.add([shown("Slow", "2026-11-18T11:06:00Z")], [], 1_795_000_015.0)
    first, second = watch.alerts()
    assert first.ends_at == second.starts_at
    assert second.ends_at is None


def test_silence_is_read_with_all_kinds_of_matchers() -> None:
    """It counts as it was shown last."""
    watch = Watch()
    watch.add([], [SILENCE], 1_795_000_000.0)
    watch.add([], [{**SILENCE, "endsAt": "2026-11-18T11:30:00Z"}], 1_795_000_015.0)
    (silence,) = watch.silences()
    assert silence.matchers == (
        Matcher("team", "=", "billing"),
        Matcher("severity", "!~", "info|warning"),
    )
    assert silence.ends_at - silence.starts_at == 1800.0


@pytest.mark.parametrize("alerts", [{"status": "success"}, [{"labels": {}}], "no", 3])
def test_answer_of_something_else_is_refused(alerts: object) -> None:
    """Such as that of a Prometheus, or of Alertmanager's older API."""
    with pytest.raises(RecordingError, match="not one of Alertmanager's API"):
        Watch().add(alerts, [], 0.0)
