"""Scheduled reports in a whole gateway: when they come, how often, and what they say."""

import asyncio

from gateway.core.actor import verified_person
from gateway.core.incidents.message import Message
from gateway.core.incidents.retry import Failure, SendError
from gateway.core.plan.plan import Target
from tests.flow.world import DAY, HOUR, MINUTE, ROUTES, START, Delivered, World, alert

REPORTS = ROUTES.replace(
    "receivers:\n",
    "reports:\n"
    "  daily: {receiver: leads, timezone: Europe/Berlin}\n"
    "  health: {kind: weekly, receiver: leads, timezone: Europe/Berlin}\n"
    "receivers:\n"
    "  - name: leads\n"
    "    email: [{to: admin@example.com}]\n"
    '    slack: [{channel: "#billing-alerts"}]\n'
    '    pagerduty: [{routing_key: "${PAGERDUTY_BILLING_KEY}"}]\n',
    1,
)
THURSDAY = 1_795_071_600.0 - START  # 2026-11-19T08:00 in Berlin
MONDAY = THURSDAY + 4 * DAY


async def started(url: str, routes: str = REPORTS) -> World:
    world = World(url, routes)
    await world.start()
    await world.advance(0.0)
    return world


def reports(delivered: list[Delivered]) -> list[Delivered]:
    return [one for one in delivered if one.kind == "report"]


def text_of(delivered: list[Delivered]) -> str:
    (mail,) = [one for one in reports(delivered) if one.channel == "email"]
    assert mail.message.failed_template is None
    return mail.message.parts["text"]


async def test_report_is_sent_when_it_is_due_to_each_reader_once(database_url: str) -> None:
    """At 08:00 the mail and the Slack channel get one; PagerDuty cannot show one."""
    world = await started(database_url)
    messages = reports(await world.advance(2 * DAY))
    days = [round(one.at - THURSDAY) for one in messages]
    assert days == [0, 0, DAY, DAY]
    assert {one.to for one in messages} == {"email:admin@example.com", "slack:#billing-alerts"}
    await world.close()


async def test_daily_report_says_what_happened_in_its_time(database_url: str) -> None:
    """Incidents, response times, what is open, and what could not be delivered, with links."""
    world = await started(database_url)
    await world.advance(THURSDAY + HOUR)
    world.failing = failing_mail_to_the_rota
    await world.post(alert(), alert("SlowInvoices", "warning"))
    await world.advance(2 * MINUTE)
    await world.ack(1001, "ana")
    text = text_of(await world.advance(DAY))
    for part in (
        "Daily report: 2 incidents, 1 missed",
        "Thu 19 Nov 2026, 08:00 CET to Fri 20 Nov 2026, 08:00 CET",
        "incidents: 2 (0 before)",
        "critical: 1, 1 acknowledged after 2 min, 2 min (90 %) (target: 15m)",
        "warning: 1, 0 acknowledged, 1 missed (target: 1h)",
        "#1001 [critical] DoubleChargeDetected",
        "Ana has acknowledged it",
        "e-mail billing-oncall@example.com: 1",
        "DoubleChargeDetected: ",
        "All incidents: http://gateway.example.com/",
    ):
        assert part in text
    await world.close()


def failing_mail_to_the_rota(name: str, message: Message, target: Target) -> SendError | None:
    if target.address == "billing-oncall@example.com" and message.incident == 1001:
        return SendError(Failure.BAD_RECIPIENT, "no such address")
    return None


async def test_weekly_report_compares_people_with_the_week_before(database_url: str) -> None:
    """Interruptions of each person, their time on call, and the figures of the week before."""
    world = await started(database_url)
    await world.advance(THURSDAY)
    await world.post(alert())
    await world.advance(MONDAY - THURSDAY - MINUTE)
    weekly = [one for one in await world.advance(2 * MINUTE) if "Weekly" in str(one.message.parts)]
    assert sorted(one.channel for one in weekly) == ["email", "slack"]
    text = text_of(weekly)
    assert "Mon 16 Nov 2026, 08:00 CET to Mon 23 Nov 2026, 08:00 CET" in text
    assert "Ana: " in text
    assert "(0 before)" in text
    assert "on call for 7 days" in text
    assert "billing: 1 incident (0 before), 1 missed (0 before)" in text
    await world.close()


async def test_replicas_send_each_report_once(database_url: str) -> None:
    """Promise 11: replicas that read the same facts at once queue one report."""
    world = World(database_url, REPORTS)
    await world.start()
    await world.start("second")
    await world.advance(THURSDAY - MINUTE)
    world.now = START + THURSDAY
    await asyncio.gather(*(engine.reports.check_once() for engine in world.replicas))
    assert len(reports(await world.advance(HOUR))) == 2
    await world.close()


async def test_report_that_was_due_while_no_gateway_ran_is_sent_late(database_url: str) -> None:
    """Within twelve hours it is sent with the figures of its own time, later it is left out."""
    world = await started(database_url)
    await world.kill(world.engine)
    world.now = START + THURSDAY + 3 * HOUR
    await world.start()
    late = reports(await world.advance(MINUTE))
    assert len(late) == 2
    assert "to Thu 19 Nov 2026, 08:00 CET" in text_of(late)
    await world.kill(world.engine)
    world.now = START + THURSDAY + DAY + 13 * HOUR
    await world.start()
    assert reports(await world.advance(MINUTE)) == []
    assert len(reports(await world.advance(12 * HOUR))) == 2
    await world.close()


async def test_new_report_waits_for_its_next_time(database_url: str) -> None:
    """A report that a reload declares at noon does not send that of the morning."""
    world = await started(database_url, ROUTES)
    world.routes = REPORTS
    assert await world.engine.reload() == ()
    assert reports(await world.advance(HOUR)) == []
    assert len(reports(await world.advance(DAY))) == 2
    await world.close()


async def test_weekly_report_lists_what_is_still_to_do(database_url: str) -> None:
    """Open follow-up items with owner and date, the nearest first; done ones are left out."""
    world = await started(database_url)
    await world.post(alert())
    await world.advance(MINUTE)
    ana, items = verified_person("ana", "cli"), world.engine.follow_ups
    await items.add(1001, ana, "test the restore")
    await items.add(1001, ana, "alert on the retry queue", "ben", world.now + DAY)
    done = await items.add(1001, ana, "refund", "ana")
    await items.set_done(done.id, ana, done=True)
    mails = reports(await world.advance(MONDAY + MINUTE - (world.now - START)))
    texts = [one.message.parts["text"] for one in mails if one.channel == "email"]
    (text,) = [one for one in texts if "Still to do:" in one]
    _, _, section = text.partition("Still to do:")
    lines = [line.strip() for line in section.strip().splitlines()[:2]]
    overdue = "#1001 alert on the retry queue, Ben, overdue since Thu 19 Nov, 12:07 CET"
    assert lines[0] == overdue
    assert lines[1] == "#1001 test the restore"
    assert "refund" not in section
    await world.close()
