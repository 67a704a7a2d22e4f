"""Endpoint of the teams."""

from collections import Counter

from gateway.core.matching.text import write_matcher
from gateway.flow.engine import Engine
from gateway.store.queries import lists
from gateway.web.api_v1 import requests
from gateway.web.api_v1.models.teams import Team, Teams
from gateway.web.api_v1.serialize import person


async def list_teams(engine: Engine, query: requests.NoQuery) -> Teams:
    """List the teams with their people, rotas and open incidents."""
    plan, open_incidents = engine.plan, Counter[str]()
    for team, _, _, count, _ in await engine.store.read(lists.open_counts):
        open_incidents[team] += count
    return Teams(
        teams=[
            Team(
                id=team.id,
                name=team.name,
                matchers=[write_matcher(matcher) for matcher in team.matchers],
                members=[person(plan, one) for one in team.members],
                leads=[person(plan, one) for one in team.leads],
                rotas=list(team.rotas),
                announce=team.announce,
                open_incidents=open_incidents[team.id],
            )
            for team in plan.teams.values()
        ],
        open_incidents_without_team=open_incidents[""],
    )
