"""Deployments and other changes in the weekly report."""

from pathlib import Path

from gateway.core.actor import stated_actor
from gateway.flow.system_changes.system_changes import NewChange
from tests.flow.world import MINUTE, ROUTES, World, alert

REPORTS = """
teams:
  billing: {matchers: ['team="billing"'], members: [ana]}
reports:
  weekly: {receiver: everyone}
  billing: {kind: weekly, receiver: everyone, team: billing}
  daily: {receiver: everyone}
"""
CI = stated_actor("program:ci", "api")


async def test_weekly_report_counts_changes_and_the_incidents_after_them(tmp_path: Path) -> None:
    """Of all or of a team; each incident counts once, for its latest change."""
    world = World(f"sqlite:///{tmp_path}/gateway.db", ROUTES + REPORTS)
    await world.start()
    try:
        for team in ("billing", "billing", "web"):
            await world.engine.system_changes.add(NewChange("x", labels={"team": team}), CI)
        world.now += MINUTE
        await world.post(alert(), alert("PaymentFailures", "warning"))
        world.now += MINUTE
        reports = world.engine.plan.reports
        counts = {
            name: (await world.engine.reports.preview(one))["report"]["changes"]
            for name, one in reports.items()
        }
        assert counts == {
            "weekly": {"count": 3, "incidents": 2},
            "billing": {"count": 2, "incidents": 2},
            "daily": None,
        }
        await world.advance(6 * 24 * 60 * MINUTE)
        mails = [d for d in world.delivered if d.kind == "report" and d.channel == "email"]
        texts = [str(one.message.parts) for one in mails]
        assert any("3 changes; 2 incidents began within an hour after one." in one for one in texts)
    finally:
        await world.close()
