"""Whose shifts change, and who is reminded."""

from datetime import date, time

from hypothesis import given
from hypothesis import strategies as st

from gateway.core.oncall.announced import AHEAD, REMIND, Announced, Remind, ShiftNews, shift_news
from gateway.core.oncall.rota import Handover, Layer, Restriction, Rota, Stint
from gateway.core.oncall.shift_changes import PersonChange, Stretch, shift_changes
from gateway.core.oncall.types import Override
from tests.core.turns import one_each

HOUR, DAY = 3600.0, 86400.0
START = date(2026, 1, 5)
NOW = 1_795_000_000.0  # 2026-11-18T11:06:40Z, a Wednesday


def rota(*members: str, changes: tuple[Override, ...] = ()) -> Rota:
    layer = Layer(one_each(members), 1, "week", Handover(time(9), 0), date(2026, 1, 5))
    return Rota("billing", "UTC", (layer,), (), changes)


def known(news: ShiftNews) -> dict[str, Announced]:
    return {one.rota: one for one in news.saved}


def test_equal_schedules_change_nobody() -> None:
    """The same hours in other pieces are no change."""
    before = [Stint("ana", 0.0, 10.0)]
    after = [Stint("ana", 0.0, 4.0), Stint("ana", 4.0, 10.0)]
    assert shift_changes(before, after, 0.0, 10.0) == {}


def test_replaced_hours_are_lost_by_one_and_gained_by_the_other() -> None:
    """Only the hours that differ are listed, for both people."""
    before = [Stint("ana", 0.0, 10.0)]
    after = [Stint("ana", 0.0, 3.0), Stint("ben", 3.0, 5.0), Stint("ana", 5.0, 10.0)]
    assert shift_changes(before, after, 0.0, 10.0) == {
        "ana": PersonChange((Stretch(3.0, 5.0),), ()),
        "ben": PersonChange((), (Stretch(3.0, 5.0),)),
    }


spans = st.tuples(st.integers(0, 40), st.integers(1, 10)).map(lambda x: (x[0], x[0] + x[1]))
schedules = st.lists(st.tuples(st.sampled_from(["ana", "ben"]), spans), max_size=6).map(
    lambda items: [Stint(person, float(a), float(b)) for person, (a, b) in items]
)


@given(schedules, schedules)
def test_changes_equal_those_of_each_minute(before: list[Stint], after: list[Stint]) -> None:
    """The stretches hold exactly the instants at which a person is on call in one schedule only."""
    changes = shift_changes(before, after, 5.0, 45.0)

    def on(stints: list[Stint], person: str, at: float) -> bool:
        return any(s.person == person and s.start <= at < s.end for s in stints)

    for person in ("ana", "ben"):
        change = changes.get(person, PersonChange((), ()))
        for minute in range(50):
            at = minute + 0.5
            inside = 5 <= at < 45
            was, is_ = on(before, person, at), on(after, person, at)
            lost = any(a <= at < b for a, b in change.before)
            gained = any(a <= at < b for a, b in change.after)
            assert lost == (inside and was and not is_)
            assert gained == (inside and is_ and not was)


def test_first_round_announces_nothing() -> None:
    """A gateway that starts to announce does not notify everybody of all their shifts."""
    news = shift_news({}, {"billing": rota("ana", "ben")}, {}, "a", NOW)
    assert news.changes == {}
    assert [one.rota for one in news.saved] == ["billing"]


def test_passing_time_announces_nothing_and_extends() -> None:
    """Shifts that come into sight as time passes are no change."""
    rotas = {"billing": rota("ana", "ben")}
    news = shift_news({}, rotas, {}, "a", NOW)
    later = shift_news(known(news), rotas, {}, "a", NOW + 3 * DAY)
    assert later.changes == {}
    assert later.saved[0].until == NOW + 3 * DAY + AHEAD


def test_new_rota_announces_its_shifts() -> None:
    """A person who gets shifts in a rota that did not exist is notified of them."""
    news = shift_news({}, {"billing": rota("ana")}, {}, "a", NOW)
    both = {"billing": rota("ana"), "platform": rota("dee")}
    later = shift_news(known(news), both, {}, "b", NOW)
    assert set(later.changes) == {"dee"}


def test_removed_rota_announces_what_is_lost() -> None:
    """A reload that removes a rota notifies those who had shifts in it."""
    news = shift_news({}, {"billing": rota("ana")}, {}, "a", NOW)
    later = shift_news(known(news), {}, {}, "b", NOW)
    assert later.removed == ("billing",)
    assert later.changes["ana"]["billing"].after == ()


def test_reminder_is_due_once_at_its_lead() -> None:
    """A shift is announced a day ahead, once, also if the round comes late."""
    rotas = {"billing": rota("ana", "ben")}
    remind = {"ana": Remind(DAY), "ben": Remind(DAY)}
    first = shift_news({}, rotas, remind, "a", NOW)
    handover = min(s.start for s in first.saved[0].stints if s.start > NOW)
    early = shift_news(known(first), rotas, remind, "a", handover - DAY - 1.0)
    assert early.reminders == ()
    due = shift_news(known(first), rotas, remind, "a", handover - DAY + HOUR)
    assert [one.stint.start for one in due.reminders] == [handover]
    assert shift_news(known(due), rotas, remind, "a", handover - HOUR).reminders == ()
    assert shift_news(known(first), rotas, remind, "a", handover + 1.0).reminders == ()


def daily(*members: str) -> Rota:
    """A rota whose people change every day at nine."""
    return Rota("billing", "UTC", (Layer(one_each(members), 1, "day", Handover(time(9)), START),))


def reminded(rota: Rota, remind: Remind, days: int) -> list[tuple[str, float]]:
    """Who is reminded in the next days, and how many days from now their shifts begin."""
    remind_all = dict.fromkeys(("ana", "ben", "cho", "dee"), remind)
    news = shift_news({}, {"billing": rota}, remind_all, "a", NOW)
    announced, reminders = known(news), []
    for hour in range(24 * days):
        news = shift_news(announced, {"billing": rota}, remind_all, "a", NOW + hour * HOUR)
        announced |= known(news)
        reminders += news.reminders
    return [(one.stint.person, (one.stint.start - NOW) // DAY) for one in reminders]


def test_daily_shifts_remind_nobody_unless_they_ask_for_it() -> None:
    """A reminder a day before each shift of every other day is noise."""
    assert reminded(daily("ana", "ben"), REMIND, 6) == []
    assert len(reminded(daily("ana", "ben"), Remind(DAY), 6)) == 6


def test_first_shift_after_days_off_is_reminded_of() -> None:
    """With four people each has three days off before every shift."""
    assert len(reminded(daily("ana", "ben", "cho", "dee"), REMIND, 6)) == 6


def test_weekly_shifts_of_office_hours_are_reminded_of_once() -> None:
    """Before the Monday of the own week, not before each of its days."""
    hours = Restriction((0, 1, 2, 3, 4), time(9), time(17))
    layer = Layer(
        one_each(("ana", "ben")), 1, "week", Handover(time(9), 0), START, restrictions=(hours,)
    )
    office = Rota("billing", "UTC", (layer,))
    assert [person for person, _ in reminded(office, REMIND, 14)] == ["ana", "ben"]


def test_change_inside_the_lead_reminds_nobody_twice() -> None:
    """A shift that somebody takes at short notice is announced as changed, and not reminded of."""
    remind = {"ana": Remind(DAY), "ben": Remind(DAY)}
    first = shift_news({}, {"billing": rota("ana")}, remind, "a", NOW)
    taken = Override("ben", NOW + 2 * HOUR, NOW + 5 * HOUR)
    news = shift_news(
        known(first), {"billing": rota("ana", changes=(taken,))}, remind, "a", NOW + HOUR
    )
    assert set(news.changes) == {"ana", "ben"}
    assert news.reminders == ()
