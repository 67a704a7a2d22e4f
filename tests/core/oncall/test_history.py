"""Duty records: the past stays as it was, however often and however late it is recorded."""

from dataclasses import replace
from datetime import date, time

from hypothesis import given
from hypothesis import strategies as st

from gateway.core.oncall.final_schedule import DutyHistory, duty_at, final_schedule
from gateway.core.oncall.history import DutyRecord
from gateway.core.oncall.rota import Handover, Layer, Rota, on_call, shifts, stints_of
from gateway.core.oncall.shifts import Origin, ShiftSource
from tests.core.oncall.duty_log import DutyLog
from tests.core.random_rotas import DAY, rotas, without_deadline
from tests.core.rota_times import at

HOUR = 3600.0
WEEKLY = Layer((("ana",), ("ben",)), 1, "week", Handover(time(9), 0), date(2026, 1, 5))
BILLING = Rota("billing", "UTC", (WEEKLY,))
SWAPPED = Rota("billing", "UTC", (replace(WEEKLY, turns=(("ben",), ("ana",))),))
MONDAY, NEXT_MONDAY = at("2026-01-05T09:00"), at("2026-01-12T09:00")
START = at("2026-01-07T12:00")


def recorded(*rounds: tuple[Rota | None, float, float]) -> DutyLog:
    """Return a log after rounds of a rota, the instant it came into force, and now."""
    log = DutyLog()
    for rota, since, now in rounds:
        log.round({} if rota is None else {rota.name: rota}, since, now)
    return log


def lines(log: DutyLog) -> list[tuple[str, float, float | None]]:
    """Return the records as people, start and end."""
    return [
        ("+".join(one.people), one.started_at, one.ended_at)
        for one in sorted(log.records.values(), key=lambda one: one.started_at)
    ]


def test_swapped_members_leave_the_past_as_it_was() -> None:
    """After `members` are swapped, the days before show who was on call then."""
    reload = at("2026-01-08T10:00")
    log = recorded((BILLING, START, START), (SWAPPED, reload, reload))
    history = log.of("billing", START, NEXT_MONDAY)
    schedule = final_schedule(history, SWAPPED, START, NEXT_MONDAY, reload)
    assert [("+".join(one.turn), one.start, one.end) for one in schedule] == [
        ("ana", START, reload),
        ("ben", reload, NEXT_MONDAY),
    ]


def test_late_round_records_the_handover_at_its_instant() -> None:
    """A loop that wakes a second late, or a day, records the instant of the handover."""
    late = NEXT_MONDAY + DAY
    log = recorded((BILLING, START, START), (BILLING, START, late))
    assert lines(log) == [("ana", START, NEXT_MONDAY), ("ben", NEXT_MONDAY, None)]
    assert not any(one.reconstructed for one in log.records.values())


def test_second_replica_records_nothing_new() -> None:
    """What one replica recorded, another finds recorded; its own start changes nothing."""
    log = recorded((BILLING, START, START), (BILLING, START, NEXT_MONDAY))
    for since in (START, NEXT_MONDAY - 1.0, NEXT_MONDAY, NEXT_MONDAY + 1.0):
        update = log.round({"billing": BILLING}, since, NEXT_MONDAY + 2.0)
        assert (update.records, update.changes) == ((), ())


def test_change_is_reported_once_with_the_people_before() -> None:
    """Shift messages follow from the round that records a handover, and only from it."""
    log = recorded((BILLING, START, START))
    (change,) = log.round({"billing": BILLING}, START, NEXT_MONDAY).changes
    assert (change.at, change.before, change.people) == (NEXT_MONDAY, ("ana",), ("ben",))
    assert log.round({"billing": BILLING}, START, NEXT_MONDAY + 1.0).changes == ()


def test_restart_with_another_file_keeps_the_planned_end_of_the_shift() -> None:
    """A gateway that was down over a handover knows from the record when the shift ended.

    What followed is calculated from the file that the restart loaded, and marked.
    """
    restart = at("2026-01-14T10:00")
    log = recorded((BILLING, START, START), (SWAPPED, restart, restart))
    # ben/ana swapped: by the new file ana has the week from the 12th on.
    assert lines(log) == [("ana", START, None)]
    other = replace(BILLING, layers=(replace(WEEKLY, turns=(("cho",),)),))
    log = recorded((BILLING, START, START), (other, restart, restart))
    assert lines(log) == [("ana", START, NEXT_MONDAY), ("cho", NEXT_MONDAY, None)]
    assert [one.reconstructed for one in log.records.values()] == [False, True]


def test_restart_within_a_shift_with_another_file_ends_it_at_the_restart() -> None:
    """Until the restart the earlier file was in force, so its shift is not reconstructed."""
    restart = at("2026-01-09T10:00")
    log = recorded((BILLING, START, START), (SWAPPED, restart, restart))
    assert lines(log) == [("ana", START, restart), ("ben", restart, None)]
    assert not any(one.reconstructed for one in log.records.values())


def test_removed_rota_ends_and_nobody_is_on_call_until_it_returns() -> None:
    """A rota that was out of routes.yaml for a day had nobody on call on that day."""
    removed, back = START + DAY, START + 2 * DAY
    log = recorded((BILLING, START, START), (None, removed, removed), (BILLING, back, back))
    schedule = final_schedule(
        log.of("billing", START, back + 1), BILLING, START, back + 1, back + 2
    )
    assert [("+".join(one.turn), one.start) for one in schedule] == [
        ("ana", START),
        ("", removed),
        ("ana", back),
    ]


def test_two_reloads_at_one_instant_leave_one_record() -> None:
    """A record that began at the very instant of the next change is replaced by it."""
    reload = START + HOUR
    log = recorded((BILLING, START, START), (SWAPPED, reload, reload), (BILLING, reload, reload))
    assert log.people(BILLING, reload + 1.0, reload + 2.0) == ("ana",)


def test_clock_that_steps_back_changes_no_record() -> None:
    """E25: What is recorded stays, although it lies in the future of the clock for a while."""
    log = recorded((BILLING, START, START), (BILLING, START, NEXT_MONDAY))
    before = lines(log)
    log.round({"billing": BILLING}, START, NEXT_MONDAY - HOUR)
    assert lines(log) == before


def test_before_the_first_record_the_schedule_is_shown_as_such() -> None:
    """An upgrade begins the record; what was before is calculated, and says so."""
    log = recorded((BILLING, START, START))
    now = START + HOUR
    schedule = final_schedule(log.of("billing", MONDAY, now), BILLING, MONDAY, now, now)
    assert [("+".join(one.turn), one.source) for one in schedule] == [("ana", ShiftSource.SCHEDULE)]
    later = final_schedule(log.of("billing", START, now), BILLING, START, now, now)
    assert [("+".join(one.turn), one.source) for one in later] == [("ana", ShiftSource.RECORDED)]


def test_overdue_record_does_not_hide_a_handover() -> None:
    """While the database cannot be written, the schedule counts from the planned end on."""
    log = recorded((BILLING, START, START))
    now = NEXT_MONDAY + HOUR
    schedule = final_schedule(log.of("billing", START, now), BILLING, START, now, now)
    assert [("+".join(one.turn), one.start) for one in schedule] == [
        ("ana", START),
        ("ben", NEXT_MONDAY),
    ]


def test_rota_that_is_gone_shows_its_past_and_nobody_after() -> None:
    """The past of a rota can be read after it was removed from routes.yaml."""
    log = recorded((BILLING, START, START), (None, START + DAY, START + DAY))
    end = START + 2 * DAY
    schedule = final_schedule(log.of("billing", START, end), None, START, end, START + DAY)
    assert [("+".join(one.turn), one.start) for one in schedule] == [
        ("ana", START),
        ("", START + DAY),
    ]


def test_stints_follow_people_through_records_and_schedule() -> None:
    """One person's calendar joins a recorded and a planned stretch."""
    log = recorded((BILLING, START, START))
    now = START + HOUR
    schedule = final_schedule(log.of("billing", START, now), BILLING, START, NEXT_MONDAY, now)
    assert [(one.person, one.start, one.end) for one in stints_of(schedule, NEXT_MONDAY)] == [
        ("ana", START, NEXT_MONDAY)
    ]


def test_origin_is_read_as_it_was_written() -> None:
    """A stored origin is the same part of the rota again; an unknown text gives None."""
    for origin in (Origin("layer", 0), Origin("override", 12), Origin("change", 3)):
        assert Origin.parse(str(origin)) == origin
    assert [Origin.parse(text) for text in ("", "layer", "layer x", "swap 1")] == [None] * 4


@without_deadline
@given(rotas(), rotas(), st.lists(st.floats(0, 4 * DAY), min_size=2, max_size=8), st.data())
def test_history_shows_the_rota_that_was_in_force(
    first: tuple[Rota, float],
    second: tuple[Rota, float],
    pauses: list[float],
    data: st.DataObject,
) -> None:
    """At each instant of the past the people are on call whom the rota of that time had.

    Rounds come at any time, late and twice, and a reload exchanges the rota.
    """
    (one, midnight), (other, _) = first, second
    other = replace(other, name=one.name)
    log = DutyLog()
    times = [midnight + sum(pauses[: index + 1]) for index in range(len(pauses))]
    reload_at = times[data.draw(st.integers(1, len(times) - 1))]
    for now in times:
        if now < reload_at:
            log.round({one.name: one}, times[0], now)
        else:
            if now == reload_at:  # the loop wakes at each change of the rota that is in force
                log.round({one.name: one}, times[0], now)
            log.round({one.name: other}, reload_at, now)
    now = times[-1]
    for part in data.draw(st.lists(st.floats(0, 1), max_size=20)):
        t = times[0] + part * (now - times[0])
        if t + 0.01 < now:
            in_force = one if t < reload_at else other
            assert log.people(other, t, now) == on_call(in_force, t)
    assert log.round({one.name: other}, reload_at, now) == ((), ())


@without_deadline
@given(rotas(), st.floats(0, 5 * DAY), st.floats(0, 5 * DAY))
def test_without_records_the_final_schedule_is_the_rota(
    rota_and_midnight: tuple[Rota, float], before: float, after: float
) -> None:
    """A rota without any record reads as its schedule, before now and after."""
    rota, now = rota_and_midnight
    span = now - before, now + after + 1.0
    merged = final_schedule(DutyHistory(), rota, *span, now)
    assert merged == shifts(rota, *span)


def test_records_that_only_touch_the_span_are_clipped() -> None:
    """A record that began before the span is shown from the beginning of the span."""
    record = DutyRecord("billing", ("cho",), START, START + DAY, also=("dee",), origin="override 2")
    history = DutyHistory((record,), START)
    (shift,) = final_schedule(history, None, START + HOUR, START + 2 * HOUR, START + DAY)
    assert (shift.turn, shift.also, shift.by) == (("cho",), ("dee",), Origin("override", 1))
    assert (shift.start, shift.end) == (START + HOUR, START + 2 * HOUR)


def test_time_without_a_rota_has_nobody_after_the_rota_came_back() -> None:
    """Between the removal of a rota and its return nobody was on call, by either question."""
    removed, back = START + DAY, START + 2 * DAY
    log = recorded((BILLING, START, START), (None, removed, removed), (BILLING, back, back))
    between, now = removed + HOUR, back + DAY
    history = log.of("billing", START, now)
    assert duty_at(history, BILLING, between, now).people == ()
    assert duty_at(history, BILLING, back, now).people == ("ana",)
    (shift,) = final_schedule(history, BILLING, between, between + HOUR, now)
    assert shift.people == ()
