"""The future of an alert is what the running gateway would do."""

import asyncio
from pathlib import Path

import pytest

from gateway.config.load import Config, load
from gateway.core.incidents.silence import Silence
from gateway.core.matching.parse import parse_matchers
from gateway.virtual.future import Circumstances, Future, Hypothesis, foresee
from gateway.virtual.future_json import future_json
from tests.flow.world import ENV, HOUR, MINUTE, ROUTES, START, World, alert

LABELS = {"alertname": "DoubleChargeDetected", "severity": "critical", "team": "billing"}


def config() -> Config:
    """Return the configuration of the flow's tests."""
    return load(ROUTES, env=ENV, now=START)


def future(
    labels: dict[str, str] = LABELS,
    lasts: float = 3 * HOUR,
    circumstances: Circumstances = Circumstances(),  # noqa: B008  # frozen
) -> Future:
    """Return what follows from an alert that fires at START."""
    loaded = config()
    return foresee(loaded, loaded.plan, Hypothesis(labels, START, lasts), circumstances)


def sent(foreseen: Future) -> list[tuple[float, str, str]]:
    """Return each message: seconds after the start, target and reason, repetitions as well."""
    return sorted(
        (moment.at + number * moment.every - START, one.target.key, one.message.reason.value)
        for incident in foreseen.incidents
        for moment in incident.moments
        for number in range(moment.times + 1)
        for one in moment.messages
    )


async def test_running_engine_sends_the_same_messages(tmp_path: Path) -> None:
    """What is foreseen is what the engine sends for a real alert, to the second."""
    world = World(f"sqlite:///{tmp_path}/gateway.db", ROUTES)
    await world.start()
    try:
        reported = alert()
        await world.post(reported)
        await world.advance(3 * HOUR - 0.001)
        real = sorted((round(one.at, 3), one.to, one.reason) for one in world.delivered)
    finally:
        await world.close()
    foreseen = await asyncio.to_thread(future, dict(reported.labels))
    assert [one for one in sent(foreseen) if one[0] < 3 * HOUR] == real


def test_unacknowledged_alert_goes_through_steps_repeats_and_its_end() -> None:
    """The first notice, the escalation, each repeat, and everyone is notified of the end."""
    foreseen = future()
    reasons = {reason for _, _, reason in sent(foreseen)}
    assert {"first", "escalation", "repeat", "resolved"} <= reasons
    last = {target for at, target, reason in sent(foreseen) if reason == "resolved"}
    before = {target for at, target, reason in sent(foreseen) if reason != "resolved"}
    assert last == before


def test_many_repeats_are_counted_and_not_listed() -> None:
    """A day of repeats is one moment with a count, at even times."""
    (incident,) = future(lasts=24 * HOUR).incidents
    repeats = [one for one in incident.moments if one.times]
    assert len(repeats) == 1
    assert repeats[0].times == 10
    assert repeats[0].every == 2 * HOUR


def test_alert_that_ends_when_a_repeat_is_due_is_not_repeated() -> None:
    """Nobody is notified of a repeat at the instant at which the alert is over."""
    foreseen = future(lasts=2 * HOUR)
    assert "repeat" not in {reason for _, _, reason in sent(foreseen)}


def test_silenced_alert_notifies_nobody_and_names_the_silence() -> None:
    """An active silence over its whole time: no message, and the silence in words."""
    silence = Silence(
        "a-silence",
        tuple(parse_matchers("team=billing")),
        START - HOUR,
        START + 24 * HOUR,
        START - HOUR,
        "ana",
        "upgrade",
    )
    other = Silence(
        "other", tuple(parse_matchers("team=else")), START, START + HOUR, START, "ana", ""
    )
    foreseen = future(circumstances=Circumstances(silences=[silence, other]))
    assert sent(foreseen) == []
    answer = future_json(config().plan, foreseen)
    assert [one["id"] for one in answer["silenced_by"]] == ["a-silence"]
    text = " ".join(answer["answer"])
    assert "nobody is notified: silenced" in text
    assert "upgrade" in text


def test_silence_that_ends_meanwhile_delays_the_first_message() -> None:
    """At the end of a silence everyone is notified at once."""
    silence = Silence(
        "a-silence",
        tuple(parse_matchers("team=billing")),
        START - HOUR,
        START + HOUR,
        START - HOUR,
        "ana",
        "",
    )
    foreseen = future(circumstances=Circumstances(silences=[silence]))
    assert min(at for at, _, _ in sent(foreseen)) == HOUR


def test_inhibited_alert_notifies_nobody_while_the_other_one_fires() -> None:
    """The alert that inhibits it fires for the whole time; its own messages are not shown."""
    labels = {"alertname": "BillingHighLatency", "severity": "warning", "team": "billing"}
    inhibitor = {"alertname": "BillingDatabaseDown", "severity": "critical", "team": "billing"}
    foreseen = future(labels, circumstances=Circumstances(inhibitors=[inhibitor]))
    assert sent(foreseen) == []
    text = " ".join(future_json(config().plan, foreseen)["answer"])
    assert 'It is inhibited by {alertname="BillingDatabaseDown"' in text


def test_route_that_repeats_each_minute_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Too much to play ends early, and the answer says when."""
    monkeypatch.setattr("gateway.virtual.future.MOST_INSTANTS", 20)
    routes = ROUTES.replace("repeat_interval: 2h", "repeat_interval: 1m")
    loaded = load(routes, env=ENV, now=START)
    foreseen = foresee(
        loaded, loaded.plan, Hypothesis(LABELS, START, 7 * 24 * HOUR), Circumstances()
    )
    assert foreseen.cut_at is not None
    assert START + MINUTE < foreseen.cut_at < START + 7 * 24 * HOUR
    assert "Too much falls due" in future_json(loaded.plan, foreseen)["answer"][-1]


def test_instant_near_the_end_of_time_is_refused() -> None:
    """An instant that no calendar has is an error of the question."""
    loaded = config()
    with pytest.raises(ValueError, match="253402300800"):
        foresee(loaded, loaded.plan, Hypothesis(LABELS, 253402300799.0), Circumstances())
