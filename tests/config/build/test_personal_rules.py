"""Personal notification rules and quiet hours as the core gets them from the file."""

from datetime import time

import pytest

from gateway.core.plan.person import PersonalRule
from gateway.core.time.quiet_hours import QuietHours
from tests.config.texts import REST, faults, loaded, warning_texts

ACCOUNTS = "channels: {email: {provider: console}, slack: {provider: console}}\n"
ANA = ACCOUNTS + "people: {ana: {email: ana@example.com, slack: U012ANA, %s}}" + REST


def test_rules_are_sorted_by_their_delay() -> None:
    """The order of the file counts among equal delays only."""
    notify = "{urgent: [{by: email, after: 5m}, {by: slack}], other: [{by: email}]}"
    ana = loaded(ANA % f"notify: {notify}").plan.people["ana"]
    assert ana.urgent_rules == (PersonalRule("slack"), PersonalRule("email", 300.0))
    assert ana.other_rules == (PersonalRule("email"),)


def test_person_without_rules_has_none() -> None:
    """No list and an empty list differ: without one the step's `by` applies."""
    assert loaded(ANA % "name: Ana").plan.people["ana"].urgent_rules is None
    ana = loaded(ANA % "notify: {other: []}").plan.people["ana"]
    assert (ana.urgent_rules, ana.other_rules) == (None, ())


def test_quiet_hours_are_those_of_the_persons_zone() -> None:
    """`timezone:` says on which wall clock."""
    text = ANA % 'timezone: Asia/Kathmandu, quiet_hours: {from: "22:00", to: "07:00"}'
    hours = loaded(text).plan.people["ana"].quiet_hours
    assert hours == QuietHours("Asia/Kathmandu", time(22), time(7))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "notify: {urgent: [{by: emial}]}",
            '2:79: by: unknown contact "emial"; did you mean "email"? allowed: slack, email',
        ),
        ("notify: {urgent: [{after: 5m}]}", '2:74: notification rule: "by" is missing'),
        (
            "notify: {urgnet: []}",
            '2:65: unknown key "urgnet" in notify; did you mean "urgent"? allowed: urgent, other',
        ),
        ('quiet_hours: {from: "22:00"}', '2:69: quiet hours: "to" is missing'),
    ],
)
def test_faults_are_reported_with_what_to_write(text: str, message: str) -> None:
    """Unknown contacts and keys come with the nearest name."""
    assert [str(one) for one in faults(ANA % text)] == [f"routes.yaml:{message}"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "notify: {urgent: []}",
            "2:73: urgent: is empty, so this person is notified of nothing urgent; add a rule "
            "such as {by: slack}",
        ),
        (
            "notify: {urgent: [{by: email, after: 5m}]}",
            "2:73: urgent: nobody is notified in the first 5m; give one contact no `after`",
        ),
        (
            "notify: {other: [{by: email}, {by: email, after: 5m}]}",
            '2:91: by: "email" is in this list twice; only the first one is used',
        ),
        (
            'quiet_hours: {from: "07:00", to: "7:00"}',
            "2:89: quiet_hours: from 07:00 to 07:00 is no time at all, so nothing waits; write "
            "two different times",
        ),
    ],
)
def test_probable_mistakes_are_warned_of(text: str, message: str) -> None:
    """What loads, but leaves somebody without a notification."""
    expected = [f"routes.yaml:{message}"] if message else []
    assert warning_texts(ANA % text) == expected


def test_list_whose_contacts_have_no_account_is_warned_of() -> None:
    """A rule by e-mail notifies nobody while no e-mail account exists."""
    text = ANA.replace("email: {provider: console}, ", "") % "notify: {other: [{by: email}]}"
    assert warning_texts(text) == [
        "routes.yaml:2:72: other: no contact in it has an account, so nobody is notified"
    ]
