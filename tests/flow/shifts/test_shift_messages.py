"""Messages about shifts in a whole gateway: reminders, changes, handovers, announcements."""

import asyncio

from gateway.core.actor import verified_person
from gateway.core.incidents.retry import Failure, SendError
from gateway.core.oncall.add_changes import ChangeRequest
from gateway.store import outbox
from gateway.store.queries import deliveries
from gateway.web.explain.person import explain_person
from tests.flow.world import DAY, HOUR, MINUTE, ROUTES, START, Delivered, World, alert

HANDOVER = 1_795_420_800.0  # Monday 2026-11-23T08:00:00Z, from Ben to Ana
ROTATING = ROUTES.replace("members: [ana]", "members: [ana, ben]")
ANNOUNCED = ROTATING.replace(
    "    timezone: Europe/Berlin\n", "    timezone: Europe/Berlin\n    announce: quiet\n"
)
SHIFTS = {"handover", "reminder", "shifts-changed", "on-call", "swap"}


async def started(url: str, routes: str = ROTATING) -> World:
    world = World(url, routes)
    await world.start()
    await world.advance(0.0)
    return world


def about_shifts(delivered: list[Delivered]) -> list[tuple[str, str]]:
    """Return recipient and kind of the messages about shifts."""
    return [(one.to, one.kind) for one in delivered if one.kind in SHIFTS]


async def override(world: World, person: str, start: float, end: float) -> None:
    """Let a person take over, as Ana would from the command line."""
    request = ChangeRequest(rota="billing", person=person, start=start, end=end)
    await world.engine.changes.add([request], verified_person("ana", "cli"), "ill", anyway=True)


async def test_first_start_announces_nothing(database_url: str) -> None:
    """A gateway that begins to announce shifts notifies nobody of those that they have."""
    world = await started(database_url)
    assert about_shifts(world.delivered) == []
    await world.close()


async def test_person_is_reminded_a_day_before_the_shift(database_url: str) -> None:
    """The next on call gets one message a day ahead, by one contact."""
    world = await started(database_url)
    messages = await world.advance(HANDOVER - DAY - START + MINUTE)
    (reminder,) = [one for one in messages if one.kind == "reminder"]
    assert abs(reminder.at - (HANDOVER - DAY - START)) < 1.0
    assert "begins Mon 23 Nov" in str(reminder.message.parts)
    await world.close()


async def test_handover_notifies_both_sides_and_the_channel(database_url: str) -> None:
    """Both people get the state of the incidents, and the channel who is on call."""
    world = await started(database_url, ANNOUNCED)
    await world.advance(HANDOVER - START - HOUR)
    await world.post(alert())
    await world.advance(HOUR - MINUTE)
    messages = await world.advance(2 * MINUTE)
    shifts = about_shifts(messages)
    assert sorted(kind for _, kind in shifts) == ["handover", "handover", "on-call"]
    texts = {one.to: str(one.message.parts) for one in messages if one.kind == "handover"}
    assert len(texts) == 2
    assert all("DoubleChargeDetected" in text for text in texts.values())
    assert any("has ended" in text for text in texts.values())
    assert ("slack:#billing-alerts", "on-call") in shifts
    await world.close()


OFFICE = ROTATING.replace(
    "    timezone: Europe/Berlin\n",
    "    timezone: Europe/Berlin\n    announce: quiet\n    gaps: allowed\n",
).replace(
    "start: 2026-01-05}]",
    'start: 2026-01-05, restrictions: [{weekdays: [mon-fri], from: "09:00", to: "17:00"}]}]',
)


async def test_nights_of_an_office_rota_are_no_handovers(database_url: str) -> None:
    """Ben goes home and comes back; only the change of the week is handed over."""
    world = await started(database_url, OFFICE)
    assert about_shifts(await world.advance(2 * DAY)) == []
    messages = await world.advance(5 * DAY)
    handovers = [one for one in messages if one.kind == "handover"]
    assert [one.to for one in handovers] == ["email:ben@example.com", "slack:U0ANA"]
    assert "has ended" in str(handovers[0].message.parts)
    assert abs(handovers[1].at - (HANDOVER - START)) < 1.0
    await world.close()


async def test_handover_notifies_after_a_gap_that_is_not_allowed(database_url: str) -> None:
    """Without `gaps: allowed` each evening is news: nobody is on call."""
    world = await started(database_url, OFFICE.replace("    gaps: allowed\n", ""))
    messages = await world.advance(2 * DAY)
    assert len([one for one in messages if one.kind == "handover"]) == 4
    await world.close()


async def test_override_notifies_each_person_once(database_url: str) -> None:
    """A change at run time is announced to both with before and after, in one message each."""
    world = await started(database_url)
    await override(world, "ana", START + 2 * DAY, START + 3 * DAY)
    messages = await world.advance(MINUTE)
    assert sorted(about_shifts(messages)) == [
        ("email:ben@example.com", "shifts-changed"),
        ("slack:U0ANA", "shifts-changed"),
    ]
    assert "no longer: " in next(str(m.message.parts) for m in messages if "ben" in m.to)
    assert "new: " in next(str(m.message.parts) for m in messages if "ANA" in m.to)
    for message in messages:
        assert "by Ana: override 1, Ana instead of anyone (ill)" in str(message.message.parts)
    assert about_shifts(await world.advance(HOUR)) == []
    await world.close()


async def test_reload_that_changes_shifts_notifies_the_people(database_url: str) -> None:
    """An edited file that gives a person other shifts notifies them."""
    world = await started(database_url)
    world.routes = ROTATING.replace("members: [ana, ben]", "members: [ben]")
    assert await world.engine.reload() == ()
    messages = await world.advance(MINUTE)
    assert {kind for _, kind in about_shifts(messages)} == {"shifts-changed"}
    assert {to for to, _ in about_shifts(messages)} == {"slack:U0ANA", "email:ben@example.com"}
    assert all("routes.yaml was changed" in str(one.message.parts) for one in messages)
    await world.close()


async def test_removed_override_says_who_removed_it(database_url: str) -> None:
    """The message names the last change of these hours, not the one that it undid."""
    world = await started(database_url)
    await override(world, "ana", START + 2 * DAY, START + 3 * DAY)
    await world.advance(HOUR)
    await world.engine.changes.remove([1], verified_person("ben", "cli"), "well again")
    texts = [str(one.message.parts) for one in await world.advance(MINUTE)]
    assert len(texts) == 2
    assert all("by Ben: override 1 is void, Ana instead of anyone" in text for text in texts)
    assert not any("by Ana" in text for text in texts)
    await world.close()


async def test_two_replicas_send_each_message_once(database_url: str) -> None:
    """Promise 11: replicas that see the same handover and change send one message each."""
    world = await started(database_url)
    await world.start()
    await override(world, "ana", START + 2 * DAY, START + 3 * DAY)
    await world.advance(8 * DAY)
    shifts = about_shifts(world.delivered)
    assert shifts.count(("email:ben@example.com", "shifts-changed")) == 1
    assert len([one for one in shifts if one[1] == "handover"]) == 3 * 2
    await world.close()


async def test_kill_between_change_and_message_loses_neither(database_url: str) -> None:
    """A replica dies after an override is stored: the next start notifies both people."""
    world = await started(database_url)
    await override(world, "ana", START + 2 * DAY, START + 3 * DAY)
    await world.kill(world.engine)
    await world.start()
    messages = await world.advance(MINUTE)
    assert len(about_shifts(messages)) == 2
    await world.close()


async def test_kill_before_sending_sends_after_the_restart(database_url: str) -> None:
    """Notices are stored with what was announced: a restart sends them, once."""
    world = await started(database_url)
    await override(world, "ana", START + 2 * DAY, START + 3 * DAY)
    await world.engine.shifts.check_once()
    await world.kill(world.engine)
    await world.start()
    assert len(about_shifts(await world.advance(HOUR))) == 2
    await world.close()


async def test_messages_of_one_person_stay_in_order(database_url: str) -> None:
    """Promise 4: a later change waits while the message about an earlier one cannot be sent."""
    world = await started(database_url)
    world.break_channel("email", lambda: SendError(Failure.SERVER_ERROR, "503"))
    await override(world, "ana", START + 2 * DAY, START + 3 * DAY)
    await world.advance(MINUTE)
    await override(world, "ana", START + 3 * DAY, START + 4 * DAY)
    await world.advance(MINUTE)
    world.mend("email")
    messages = [one for one in await world.advance(HOUR) if one.to == "email:ben@example.com"]
    assert [one.kind for one in messages] == ["shifts-changed", "shifts-changed"]
    assert messages[0].notice < messages[1].notice
    await world.close()


async def test_replicas_that_compare_at_once_announce_a_change_once(database_url: str) -> None:
    """Promise 11: of two rounds that read the same state, only one stores its notices."""
    world = await started(database_url)
    await world.start()
    await override(world, "ana", START + 2 * DAY, START + 3 * DAY)
    await world.replicas[1].in_force.check_once()
    await asyncio.gather(*(engine.shifts.check_once() for engine in world.replicas))
    assert len(about_shifts(await world.advance(MINUTE))) == 2
    await world.close()


async def test_given_up_message_is_a_dead_letter_that_can_be_replayed(database_url: str) -> None:
    """Promise 13: nothing is dropped silently, with or without an incident."""
    world = await started(database_url)
    world.break_channel("email", lambda: SendError(Failure.BAD_RECIPIENT, "bounced"))
    await override(world, "ana", START + 2 * DAY, START + 3 * DAY)
    await world.advance(MINUTE)
    (dead,) = await world.dead()
    assert str(dead.subject) == "person:ben"
    world.mend("email")
    again = await world.engine.store.write(lambda tx: outbox.replay(tx, [dead.id], world.now))
    assert again == [dead.id]
    assert ("email:ben@example.com", "shifts-changed") in about_shifts(await world.advance(MINUTE))
    await world.close()


async def test_older_dead_letter_does_not_follow_a_newer_message(database_url: str) -> None:
    """Promise 4: after a later message of the same subject a dead one is not replayed."""
    world = await started(database_url)
    world.break_channel("email", lambda: SendError(Failure.BAD_CONTENT, "too long"))
    await override(world, "ana", START + 2 * DAY, START + 3 * DAY)
    await world.advance(MINUTE)
    (dead,) = await world.dead()
    world.mend("email")
    await override(world, "ana", START + 3 * DAY, START + 4 * DAY)
    await world.advance(MINUTE)
    again = await world.engine.store.write(lambda tx: outbox.replay(tx, [dead.id], world.now))
    assert again == []
    await world.close()


async def test_messages_to_a_person_are_listed_with_their_subject(database_url: str) -> None:
    """What a person was notified of includes messages without an incident."""
    world = await started(database_url)
    await override(world, "ana", START + 2 * DAY, START + 3 * DAY)
    await world.advance(MINUTE)
    (line,) = await world.engine.store.read(
        lambda tx: deliveries.notices_to_person(tx, "ben", START)
    )
    assert (line.incident, str(line.subject)) == (None, "person:ben")
    engine = world.engine
    person = engine.plan.people["ben"]
    answer = await engine.store.read(lambda tx: explain_person(tx, engine, person, START, "UTC"))
    assert any("Message about shifts (shifts changed)" in text for text in answer.summary)
    await world.close()


QUIET = ROTATING.replace(
    "ben: {name: Ben, email: ben@example.com}",
    'ben: {name: Ben, email: ben@example.com, quiet_hours: {from: "11:00", to: "13:00"}}',
)


async def test_message_in_quiet_hours_waits_until_they_end(database_url: str) -> None:
    """A person's quiet hours hold back a message about shifts; others get theirs at once."""
    world = await started(database_url, QUIET)
    await override(world, "ana", START + 2 * DAY, START + 3 * DAY)
    assert about_shifts(await world.advance(MINUTE)) == [("slack:U0ANA", "shifts-changed")]
    (late,) = await world.advance(2 * HOUR)
    assert (late.to, round(late.at / MINUTE)) == ("email:ben@example.com", 113)
    await world.close()


async def test_message_goes_to_the_contact_of_the_persons_own_rules(database_url: str) -> None:
    """Ana's rules for what is not urgent name e-mail, so Slack is left alone."""
    own = ROTATING.replace("slack: U0ANA}", "slack: U0ANA, notify: {other: [{by: email}]}}")
    world = await started(database_url, own)
    await override(world, "ana", START + 2 * DAY, START + 3 * DAY)
    recipients = {to for to, _ in about_shifts(await world.advance(MINUTE))}
    assert recipients == {"email:ana@example.com", "email:ben@example.com"}
    await world.close()
