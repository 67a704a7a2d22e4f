"""The links of an alert are normal, safe, or named as left out."""

import pytest

from gateway.render.view.links import links_from, unsafe_links_text


def facts(**annotations: str) -> dict[str, object]:
    return {"common_annotations": annotations, "alerts": [{"annotations": annotations}]}


def test_a_link_is_normalised_for_every_channel() -> None:
    """E50: PagerDuty refuses an event for `HTTPS://`; scheme and host are lower-case everywhere."""
    links = links_from(facts(runbook_url="HTTPS://Runbooks.Example.com/Billing"))
    assert [link.url for link in links] == ["https://runbooks.example.com/Billing"]


@pytest.mark.parametrize(
    "value",
    ["javascript:alert(1)", "//example.com/x", "https://a@b.example/", "https://", "see wiki"],
)
def test_an_unsafe_link_is_named(value: str) -> None:
    """E17: the message says that a link was left out, and which."""
    alert = facts(runbook_url=value)
    assert links_from(alert) == []
    assert (
        unsafe_links_text(alert, []) == "left out the link runbook_url: no safe http or https URL"
    )


def test_prose_is_not_taken_for_a_link() -> None:
    """An annotation `runbook` with prose, or an empty one, gives no link."""
    alert = facts(runbook="restart the ledger", dashboard_url=" ")
    assert unsafe_links_text(alert, links_from(alert)) == ""


def test_another_safe_link_of_the_role_is_enough() -> None:
    """The reader has a runbook: nothing is missing."""
    alert = facts(runbook_url="nowhere", runbook="https://runbooks.example.com/")
    assert unsafe_links_text(alert, links_from(alert)) == ""


def test_several_links_are_named_in_one_sentence() -> None:
    """Runbook, dashboard and source alike."""
    alert = facts(runbook_url="ftp://example.com", dashboard_url="x")
    alert["alerts"] = [{"generator_url": "file:///etc/passwd"}]
    assert unsafe_links_text(alert, links_from(alert)).startswith(
        "left out the links runbook_url, dashboard_url, source:"
    )
