"""Suppression as the pages show it: the reason of a suppressed incident, and its end."""

from pathlib import Path

from gateway.core.matching.matcher import Matcher
from gateway.flow.silences.silences import SilenceRequest
from tests.flow.world import HOUR, MINUTE, alert
from tests.web.pages.test_ack_pages import text_of
from tests.web.real import served, token


async def test_inhibited_incident_shows_its_reason_on_every_page(tmp_path: Path) -> None:
    """Promise 2: an inhibited incident does not ask for an acknowledgement, and names its cause."""
    async with served(tmp_path) as (world, client):
        await world.post(alert("BillingDatabaseDown"), alert("SlowRenewals", "warning"))
        await world.advance(10 * MINUTE)
        assert "Not notifying: inhibited by" in await text_of(client, "GET", "/")
        for page in ("/incidents/1002", f"/ack/{token(world, number=1002)}"):
            assert "Unacknowledged. Not notifying: inhibited by" in await text_of(
                client, "GET", page
            )
        for page in ("/incidents/1001", f"/ack/{token(world, number=1001)}"):
            assert "Not notifying" not in await text_of(client, "GET", page)


async def test_incident_page_names_each_matching_silence(tmp_path: Path) -> None:
    """Promise 2: the page names author, end, reason and alert count, and how to end the silence."""
    async with served(tmp_path) as (world, client):
        await world.post(*(alert("SlowRenewals", "warning", instance=one) for one in ("a", "b")))
        silences = world.engine.silences
        until, why = world.now + 2 * HOUR, "<b>disk</b> is changed"
        one = await silences.put(
            SilenceRequest((Matcher("instance", "=", "a"),), world.now, until, "ana", why)
        )
        await world.advance(MINUTE)
        page = await text_of(client, "GET", "/incidents/1001")
        assert (
            "1 of its 2 firing alerts: silenced by Ana until 13:06 UTC "
            f"(&lt;b&gt;disk&lt;/b&gt; is changed); to end it: gateway silence expire {one.id[:8]}."
            in page
        )
        await silences.expire(one.id)
        assert "silenced by Ana" not in await text_of(client, "GET", "/incidents/1001")


async def test_silenced_incident_asks_for_no_acknowledgement(tmp_path: Path) -> None:
    """The list and the page of an acknowledge link name the silence, each page once."""
    async with served(tmp_path) as (world, client):
        by_name = (Matcher("alertname", "=", "SlowRenewals"),)
        until = world.now + 2 * HOUR
        await world.engine.silences.put(SilenceRequest(by_name, world.now, until, "ana", "release"))
        await world.post(alert("SlowRenewals", "warning"))
        await world.advance(MINUTE)
        for page in ("/", f"/ack/{token(world)}"):
            assert "Not notifying: silenced by Ana until" in await text_of(client, "GET", page)
        page = await text_of(client, "GET", "/incidents/1001")
        assert "Unacknowledged. Not notifying." in page
        head = page.partition("Timeline")[0]
        assert head.lower().count("silenced by ana") == 1


async def test_silence_after_first_notice_hides_the_next_step(tmp_path: Path) -> None:
    """Notified, then silenced: no page announces a step that the silence suppresses."""
    async with served(tmp_path) as (world, client):
        await world.post(alert("DoubleChargeDetected"))
        await world.advance(MINUTE)
        assert "Ben is paged then." in await text_of(client, "GET", "/incidents/1001")
        by_name = (Matcher("alertname", "=", "DoubleChargeDetected"),)
        until = world.now + 2 * HOUR
        await world.engine.silences.put(SilenceRequest(by_name, world.now, until, "ana", "release"))
        await world.advance(MINUTE)
        assert "is paged" not in await text_of(client, "GET", "/incidents/1001")
