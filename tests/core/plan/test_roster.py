"""The roster: whom changes of rotas count as reachable."""

from dataclasses import replace

from gateway.core.plan.roster import roster_of
from tests.config.texts import REST, loaded

PEOPLE = """
channels: {email: {provider: console, from: alerts@example.com}, slack: {provider: console}}
people:
  ana: {name: Ana, email: ana@example.com}
  ben: {name: Ben, email: ben@example.com, slack: U012BEN}
"""


def test_person_whose_contacts_are_all_unusable_is_not_reachable() -> None:
    """A change that leaves only such a person on call is rejected like one that leaves nobody."""
    plan = loaded(PEOPLE + REST).plan
    assert roster_of(plan).reachable == {"ana", "ben"}
    broken = {f"email:{one}@example.com": "Hard bounce" for one in ("ana", "ben")}
    assert roster_of(replace(plan, unusable_contacts=broken)).reachable == {"ben"}
