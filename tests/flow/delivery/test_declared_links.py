"""Links of routes.yaml through the whole flow: in the messages of every channel."""

import logging

import pytest

from tests.flow.world import MINUTE, ROUTES, World, alert

LINKS = """
links:
  - {title: "Logs of {{ labels.service }}", url: "https://logs.example.com/?q={{ labels.service }}"}
  - {title: Status, url: "https://status.example.com/"}
  - {title: Trace, url: "https://traces.example.com/{{ labels.trace_id }}"}
"""
LOGS = "https://logs.example.com/?q=billing%26x"


async def test_every_channel_shows_the_links_behind_runbook_and_dashboard(
    database_url: str,
) -> None:
    """E-mail, Slack, PagerDuty: one list, one order; a link without its label is left out."""
    world = World(database_url, ROUTES + LINKS)
    await world.start()
    notes = {
        "summary": "x",
        "runbook_url": "https://r.example.com/",
        "dashboard_url": "https://d.example.com/",
    }
    await world.post(alert(service="billing&x", annotations=notes))
    messages = await world.advance(MINUTE)
    assert {one.to.partition(":")[0] for one in messages} == {"email", "slack", "pagerduty"}
    for one in messages:
        roles = [link.role for link in one.message.links]
        assert roles == [
            "acknowledge",
            "runbook",
            "incident",
            "dashboard",
            "link",
            "link",
            "source",
        ]
        link, _ = [link for link in one.message.links if link.role == "link"]
        assert (link.text, link.url) == ("Logs of billing&x", LOGS)
    mail = next(one.message for one in messages if one.to.startswith("email"))
    assert f"Logs of billing&x: {LOGS}" in mail.parts["text"]
    assert LOGS in mail.parts["html"]
    await world.close()


async def test_alerts_that_do_not_share_a_label_have_no_link_by_it(database_url: str) -> None:
    """A link never shows one customer's page for several customers."""
    world = World(database_url, ROUTES + LINKS)
    await world.start()
    await world.post(alert(service="a", trace_id="t"), alert(service="b", trace_id="t"))
    messages = await world.advance(MINUTE)
    assert [[one.text for one in m.message.links if one.role == "link"] for m in messages] == [
        ["Status", "Trace"] for _ in messages
    ]
    await world.close()


async def test_link_that_is_too_long_is_omitted_with_a_warning_and_counted(
    database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The message is sent without it; the log says which link and why."""
    world = World(database_url, ROUTES + LINKS)
    await world.start()
    with caplog.at_level(logging.WARNING):
        await world.post(alert(service="é" * 900))
        messages = await world.advance(MINUTE)
    assert messages
    texts = {link.text for one in messages for link in one.message.links if link.role == "link"}
    assert texts == {"Status"}
    assert 'left out the link "Logs of {{ labels.service }}"' in caplog.text
    assert f"gateway_links_dropped_total {float(len(messages))}" in (
        world.engine.metrics.exposition().decode()
    )
    await world.close()


async def test_worst_incidents_of_a_digest_have_their_links(database_url: str) -> None:
    """A digest leads to the logs of each of its first incidents."""
    world = World(database_url, ROUTES + LINKS)
    await world.start()
    await world.post(*(alert(f"Renewals{n:03}", "warning", service="billing&x") for n in range(40)))
    messages = await world.advance(MINUTE)
    digest = next(one for one in messages if one.kind == "digest" and one.to.startswith("slack"))
    lines = digest.message.facts["digest"]
    linked = [[one["text"] for one in line["links"] if one["role"] == "link"] for line in lines]
    expected = ["Logs of billing&x", "Status"]
    assert linked == [expected if n < 20 else [] for n in range(len(lines))]
    assert f"<{LOGS.replace('&', '&amp;')}|Logs of billing&amp;x>" in digest.message.parts["text"]
    await world.close()
