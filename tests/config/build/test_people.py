"""People and their contacts as the core gets them from the file."""

import pytest

from gateway.core.plan.accounts import Secret
from gateway.core.plan.person import Contact
from gateway.core.plan.recipients import person_targets
from tests.config.texts import REST, faults, loaded, warning_texts

ANA = (
    "channels: {email: {provider: console}, slack: {provider: console}}\n"
    "people:\n"
    "  ana:\n"
    "    email: ana@example.com\n"
    "    slack: U012ANA\n"
    "    contacts:\n"
    '      pager: {account: pagerduty, routing_key: "${PAGERDUTY_ANA_KEY}"}\n'
    "      private: {account: email, to: ana@home.example.com}\n"
)
ENV = {"PAGERDUTY_ANA_KEY": "test-ana-routing-key"}


def test_contacts_are_the_short_ones_and_then_those_of_the_file() -> None:
    """`email:` and `slack:` are contacts of those names, tried before the declared ones."""
    ana = loaded(ANA + REST, ENV).plan.people["ana"]
    assert list(ana.contacts.values()) == [
        Contact("slack", "slack", "U012ANA", "slack"),
        Contact("email", "email", "ana@example.com", "email"),
        Contact("pager", "pagerduty", "${PAGERDUTY_ANA_KEY}", "pagerduty"),
        Contact("private", "email", "ana@home.example.com", "email"),
    ]


def test_secret_contact_is_stored_by_its_reference() -> None:
    """Promise 10: the plan has the name of the variable, and the key is among the secrets."""
    config = loaded(ANA + REST, ENV)
    assert config.secrets["${PAGERDUTY_ANA_KEY}"] == Secret("test-ana-routing-key")
    assert "test-ana-routing-key" not in repr(config.plan)


def test_by_names_contacts_in_its_own_order() -> None:
    """A step's `by` chooses contacts; those that the person lacks are left out."""
    plan = loaded(ANA + REST, ENV).plan
    targets = person_targets(plan, plan.people["ana"], ("pager", "phone", "email"))
    keys = [target.key for target in targets]
    assert keys == ["pagerduty:${PAGERDUTY_ANA_KEY}", "email:ana@example.com"]


def test_contact_may_be_named_as_its_account() -> None:
    """Without `account:` the name of the contact is the account."""
    text = ANA.replace("pager: {account: pagerduty, ", "pagerduty: {") + REST
    contact = loaded(text, ENV).plan.people["ana"].contacts["pagerduty"]
    assert (contact.channel, contact.account) == ("pagerduty", "pagerduty")


def test_receivers_target_that_is_a_persons_key_is_that_person() -> None:
    """The PagerDuty key of a person reaches the person, whichever part of the file names it."""
    receivers = "receivers: [{name: all, pagerduty: [{routing_key: '${PAGERDUTY_ANA_KEY}'}]}]\n"
    config = loaded(ANA + receivers + "route: {receiver: all}\n", ENV)
    (target,) = config.plan.receivers["all"].targets
    assert target.person == "ana"


def test_empty_key_of_a_contact_is_warned_of() -> None:
    """A contact whose variable is empty is no silent hole."""
    text = ANA.replace("ANA_KEY}", "ANA_KEY:-}") + REST
    assert warning_texts(text) == [
        "routes.yaml:7:48: no PAGERDUTY_ANA_KEY: PagerDuty messages are printed on the console, "
        "not sent"
    ]


def test_person_whom_no_contact_reaches_is_warned_of() -> None:
    """Without an account for any contact nothing can be sent to a person."""
    text = "people: {ana: {email: ana@example.com}}" + REST
    assert warning_texts(text) == [
        'routes.yaml:1:10: "ana" cannot be notified: there is no account for email; declare one '
        "under channels:"
    ]


@pytest.mark.parametrize(
    ("severities", "urgent"),
    [
        ("{critical: {rank: 1}, warning: {rank: 2}}", [True, False, True]),
        ("{critical: {rank: 1}, warning: {rank: 2, urgent: true}}", [True, True, True]),
        ("{critical: {rank: 1, urgent: false}, warning: {rank: 2}}", [False, False, True]),
    ],
)
def test_most_severe_one_is_urgent_unless_the_file_says_otherwise(
    severities: str, urgent: list[bool]
) -> None:
    """`urgent:` wins over the default; a severity that the file does not know is urgent."""
    plan = loaded(f"severities: {severities}" + REST).plan
    assert [plan.is_urgent(rank) for rank in (1, 2, 1000)] == urgent


def test_urgent_severity_below_one_that_is_not_is_refused() -> None:
    """Ranks order by severity, so what is urgent is the most severe part of them."""
    text = "severities: {critical: {rank: 1, urgent: false}, warning: {rank: 2, urgent: true}}"
    (fault,) = faults(text + REST)
    assert str(fault) == (
        'routes.yaml:1:77: urgent: "warning" is urgent, and the more severe "critical" is not; '
        "make that one urgent, too, or change the ranks"
    )
