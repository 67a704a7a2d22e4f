"""Titles of severities through the whole flow: the subjects of the shipped routes.yaml."""

import pytest

from tests.config.texts import CHECKOUT
from tests.flow.world import HOUR, MINUTE, ROUTES, World, alert

SHIPPED = (CHECKOUT / "routes.yaml").read_text(encoding="utf-8")
ADMIN, ON_CALL, ALERTS = "admin@example.com", "billing-oncall@example.com", "alerts@example.com"

PEOPLE = {"ana@example.com", "ben@example.com"}


async def mails(world: World, seconds: float) -> list[tuple[str, str]]:
    """Address and subject of the mails in the next seconds, but for those of the escalation."""
    messages = await world.advance(seconds)
    return [
        (one.to.partition(":")[2], one.message.parts["subject"])
        for one in messages
        if one.to.startswith("email:")
        and one.message.reason in ("first", "repeat", "resolved")
        and one.to.partition(":")[2] not in PEOPLE
    ]


@pytest.mark.parametrize(
    ("severity", "team", "addresses", "subject", "repeat"),
    [
        ("critical", "billing", {ADMIN, ON_CALL}, "🚨 CRITICAL BILLING ALERT", 2 * HOUR),
        ("warning", "billing", {ADMIN, ALERTS}, "⚠️ BILLING WARNING", 4 * HOUR),
        ("info", "billing", {ALERTS}, "ℹ️ Billing Info", 12 * HOUR),
        ("warning", "platform", {"platform-oncall@example.com"}, "⚠️ PLATFORM WARNING", 4 * HOUR),
    ],
)
async def test_shipped_routes_mail_whom_the_severity_names_under_its_title(
    database_url: str, severity: str, team: str, addresses: set[str], subject: str, repeat: float
) -> None:
    """The subject is the title and the alert's name; a repeat comes after the severity's time."""
    world = World(database_url, SHIPPED)
    await world.start()
    await world.post(alert("RefundsSlow", severity, team=team))
    first = await mails(world, 2 * MINUTE)
    assert {address for address, _ in first} == addresses
    assert {text for _, text in first} == {f"{subject}: RefundsSlow"}
    assert (await mails(world, repeat - 3 * MINUTE)) == []
    later = await mails(world, 5 * MINUTE)
    assert {text for _, text in later} == {f"{subject}: RefundsSlow (still firing, #1001)"}
    await world.close()


async def test_title_whose_label_is_missing_leaves_the_usual_subject(database_url: str) -> None:
    """A title never stops a message, and never says half of it."""
    text = ROUTES.replace("critical: {", 'critical: {title: "🚨 {{ labels.region }} DOWN", ')
    world = World(database_url, text)
    await world.start()
    await world.post(alert())
    first = await mails(world, MINUTE)
    assert first
    assert all(subject.startswith("[critical] DoubleChargeDetected") for _, subject in first)
    await world.close()


async def test_resolved_mail_has_no_title(database_url: str) -> None:
    """A red siren over a resolved incident would be a lie."""
    text = ROUTES.replace("critical: {", 'critical: {title: "🚨 CRITICAL", ')
    world = World(database_url, text)
    await world.start()
    await world.post(alert())
    await world.advance(MINUTE)
    await world.post(alert(ends_at=world.now))
    subjects = [subject for _, subject in await mails(world, 10 * MINUTE)]
    assert subjects
    assert all(subject.startswith("[resolved] DoubleCharge") for subject in subjects)
    await world.close()
