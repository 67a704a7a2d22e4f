"""Targets by labels: the address, the allow-list, and the declared target for the rest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.matching.matcher import Matcher
from gateway.core.plan.label_targets import LabelChoice, LabelTarget, parse_template
from gateway.core.plan.target import Target

ALERTS = Target("slack", "#alerts", options={"send_resolved": "false"})
BY_TEAM = LabelTarget(
    parse_template("#{{ labels.team }}-alerts"),
    ALERTS,
    (Matcher("address", "=~", "#(billing|platform)-alerts"),),
)


def test_allowed_address_is_made_of_the_label() -> None:
    """The options of the target stay, and only the address differs."""
    choice = BY_TEAM.choose({"team": "billing"})
    assert choice == LabelChoice(
        Target("slack", "#billing-alerts", options={"send_resolved": "false"}), ""
    )


@pytest.mark.parametrize(
    ("labels", "why"),
    [
        ({}, "label team is missing"),
        ({"team": ""}, "label team is missing"),
        ({"team": "hr"}, "#hr-alerts is not allowed"),
        ({"team": "billing alerts, #ceo"}, "label team cannot be part of an address"),
        ({"team": "billing\n"}, "label team cannot be part of an address"),
    ],
)
def test_anything_else_goes_to_the_declared_target_with_a_reason(
    labels: dict[str, str], why: str
) -> None:
    """Anyone may post labels, so no label can choose a channel that the file does not allow."""
    assert BY_TEAM.choose(labels) == LabelChoice(ALERTS, why)


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("#billing-alerts", "#billing-alerts"),
        ("billing@example.com", "billing@example.com"),
        ("billing@example.com,eve@example.com", "#alerts"),
        ("#billing alerts", "#alerts"),
        ("a@b@c", "#alerts"),
        ("<!here>", "#alerts"),
    ],
)
def test_label_can_be_a_whole_address(value: str, address: str) -> None:
    """Its first sign and its domain then come from the label, and the allow-list still decides."""
    target = LabelTarget(
        parse_template("{{ labels.to }}"), ALERTS, (Matcher("address", "=~", ".*"),)
    )
    assert target.choose({"to": value}).target.address == address
    mixed = LabelTarget(parse_template("#{{ labels.to }}"), ALERTS, target.allowed)
    assert mixed.choose({"to": "#billing"}).why == "label to cannot be part of an address"


def test_key_is_chosen_by_the_value_of_a_label() -> None:
    """Secrets are never made of labels: the file has one for each value."""
    otherwise = Target("pagerduty", "${PAGERDUTY_PLATFORM_KEY}")
    by_team = LabelTarget(
        parse_template("{{ labels.team }}"),
        otherwise,
        addresses={"billing": "${PAGERDUTY_BILLING_KEY}"},
    )
    assert by_team.choose({"team": "billing"}).target.address == "${PAGERDUTY_BILLING_KEY}"
    assert by_team.choose({"team": "hr"}) == LabelChoice(otherwise, "there is no key for hr")


@pytest.mark.parametrize(
    "text",
    [
        "#alerts",
        "{{ team }}",
        "#{{ labels.team | reverse }}",
        "#{{ status }}",
        "#{{ labels }}",
        "{{ labels.a }}{{",
        "{{ labels.k8s-team }}",
        "{{ .CommonLabels.team }}",
    ],
)
def test_other_templates_are_refused(text: str) -> None:
    """Promise 6: An address is no program; the error shows what can be written."""
    with pytest.raises(ValueError, match=r"labels\.team"):
        parse_template(text)


def test_labels_of_any_name_can_be_used() -> None:
    """Names with other signs are in brackets."""
    target = LabelTarget(
        parse_template("{{labels['k8s-team']}}-{{ labels.region }}@example.com"), ALERTS
    )
    assert target.labels == ("k8s-team", "region")
    chosen = target.choose({"k8s-team": "billing", "region": "eu"}).target
    assert chosen.address == "billing-eu@example.com"


def test_filter_changes_the_case_of_a_label() -> None:
    """Slack's channels have small letters, labels need not; the allow-list sees the result."""
    allowed = (Matcher("address", "=~", "#billing-alerts"),)
    target = LabelTarget(parse_template("#{{ labels.team | lower }}-alerts"), ALERTS, allowed)
    assert target.choose({"team": "Billing"}).target.address == "#billing-alerts"
    assert parse_template("{{ labels.team|upper }}").fill(lambda _: "eu") == "EU"


@given(st.dictionaries(st.just("team"), st.text()))
def test_address_is_always_allowed_or_the_declared_one(labels: dict[str, str]) -> None:
    """E48: No label value leads elsewhere."""
    allowed = {"#billing-alerts", "#platform-alerts", "#alerts"}
    assert BY_TEAM.choose(labels).target.address in allowed
