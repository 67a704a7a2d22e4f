"""Warnings about teams: groups that mix teams, and teams that match nothing."""

import pytest

from tests.config.texts import warning_texts

HEAD = (
    "channels: {email: {provider: console}}\n"
    "receivers: [{name: all, email: [{to: admin@example.com}]}]\n"
    "teams: {billing: {matchers: ['team=\"billing\"']}, search: {matchers: ['team=\"search\"']}}\n"
)
MIXED = (
    "group_by lacks team, by which teams: match: one incident can hold alerts of several teams, "
    "and counts for the team of its worst one; add team to group_by"
)


def test_group_by_without_the_label_of_teams_is_warned_of_once() -> None:
    """Routes that inherit group_by are not reported again."""
    text = HEAD + (
        "route:\n  receiver: all\n  group_by: [alertname]\n"
        "  routes: [{receiver: all, matchers: ['severity=\"critical\"']}, {receiver: all}]\n"
    )
    assert [one for one in warning_texts(text) if "group_by" in one] == [
        f"routes.yaml:6:13: {MIXED}"
    ]


def test_default_group_of_all_alerts_is_warned_of_at_the_route() -> None:
    """Without any group_by all alerts of a route are one group."""
    text = HEAD + "route:\n  receiver: all\n"
    assert warning_texts(text) == [f"routes.yaml:5:3: {MIXED}"]


@pytest.mark.parametrize(
    "route",
    [
        "{receiver: all, group_by: [alertname, team]}",
        "{receiver: all, group_by: ['...']}",
    ],
)
def test_groups_of_one_team_are_not_warned_of(route: str) -> None:
    """The label is in group_by, or each alert has a group of its own."""
    assert warning_texts(f"{HEAD}route: {route}\n") == []


def test_route_of_one_team_is_not_warned_of() -> None:
    """A route that only takes one team's alerts cannot mix them."""
    text = HEAD + (
        "route:\n  receiver: all\n  group_by: [team]\n"
        "  routes: [{receiver: all, group_by: [alertname], matchers: ['team=\"billing\"']}]\n"
    )
    assert warning_texts(text) == []


def test_team_below_one_without_matchers_is_warned_of() -> None:
    """The first match wins, so a team that matches everything comes last."""
    text = (
        "channels: {email: {provider: console}}\n"
        "receivers: [{name: all, email: [{to: admin@example.com}]}]\n"
        "teams:\n  everyone: {matchers: []}\n  search: {matchers: ['team=\"search\"']}\n"
        "route: {receiver: all, group_by: [team]}\n"
    )
    assert warning_texts(text) == [
        'routes.yaml:5:3: team "everyone" above matches every alert: it gets no incident'
    ]


def test_receiver_that_only_announces_is_used() -> None:
    """A team's announce: counts as a use of the receiver."""
    text = (
        "channels: {email: {provider: console}}\n"
        "receivers:\n  - {name: all, email: [{to: admin@example.com}]}\n"
        "  - {name: channel, email: [{to: billing@example.com}]}\n"
        "teams: {billing: {matchers: ['team=\"billing\"'], announce: channel}}\n"
        "route: {receiver: all, group_by: [team]}\n"
    )
    assert warning_texts(text) == []
