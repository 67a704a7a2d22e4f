"""Slack's users, and the people of routes.yaml whom they are."""

from gateway.core.actor import Actor, verified_person
from gateway.core.plan.channels import SLACK
from gateway.core.plan.person import Person
from gateway.core.plan.plan import Plan
from gateway.core.text.escape import one_line, slack_escape


def person_of(plan: Plan, account: str, user: str) -> Person | None:
    """Return the person with a Slack id at an account; None for nobody."""
    return next((one for one in plan.people.values() if one.has_address(account, user)), None)


def actor_of(person: Person) -> Actor:
    """Return the actor of a request that Slack signed: it proves who it is."""
    return verified_person(person.id, SLACK.name)


def how_to_be_known(account: str, user: str) -> str:
    """Return the answer to an unknown user: what an admin must write, as mrkdwn."""
    id_ = slack_escape(one_line(user, 40)).replace("`", "'")
    key = f"slack: {id_}"
    if account != SLACK.name:
        key = f"contacts: {{slack: {{account: {account}, channel: {id_}}}}}"
    return (
        f"The gateway does not know who you are: nobody in routes.yaml has your Slack id {id_}. "
        f"Ask an admin to write `{key}` under your name in `people:`, and to reload the file."
    )


def is_anyone_known(plan: Plan, account: str) -> bool:
    """Return whether anybody has an id at the account; where nobody has, anyone may act."""
    return any(one.mention_at(account) for one in plan.people.values())


def stated_user(user: str) -> Actor:
    """Return the actor of a user whom no person is: the id, as Slack proves it."""
    return verified_person(f"slack:{user}", SLACK.name)
