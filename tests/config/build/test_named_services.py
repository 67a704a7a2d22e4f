"""Services that an account of Apprise gives names."""

from gateway.core.plan.target_name import target_name
from tests.config.texts import faults, loaded

ENV = {"TEAMS": "jsons://teams.example.com/test-secret", "ANA": "jsons://ana.example.com/x"}
ROUTES = """
channels: {apprise: {services: {teams: "${TEAMS}", ana-phone: "${ANA}"}}}
people: {ana: {name: Ana, contacts: {push: {account: apprise, service: ana-phone}}}}
receivers: [{name: a, apprise: [{service: teams}, {service: teams, account: apprise}]}]
route: {receiver: a}
"""


def test_name_stands_for_the_url_and_is_shown() -> None:
    """Targets and contacts carry the reference of the URL, as those that name it themselves."""
    config = loaded(ROUTES, ENV)
    (target,) = config.plan.receivers["a"].targets
    assert (target.address, target_name(target)) == ("${TEAMS}", "Apprise (teams)")
    assert config.plan.people["ana"].contacts["push"].address == "${ANA}"
    assert config.secrets["${TEAMS}"].reveal() == ENV["TEAMS"]
    assert "test-secret" not in repr(config.channels["apprise"])


def test_unknown_name_is_an_error_with_the_nearest() -> None:
    """A page to nowhere must not be loaded."""
    text = ROUTES.replace("{service: teams}", "{service: tems}").replace("ana-phone}}", "bob}}")
    problems = faults(text, ENV)
    assert [one.suggestion for one in problems] == [None, "teams"]
    assert all("has no services: of that name" in one.message for one in problems)


def test_account_with_an_error_is_reported_once() -> None:
    """A missing variable is one mistake, and not one more for each use."""
    problems = faults(ROUTES, {"ANA": ENV["ANA"]})
    assert len(problems) == 1
    assert "TEAMS" in problems[0].message
