"""Complete routes.yaml files in docs/examples, loaded and proven as a reader would."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.config.load import Config, load
from gateway.core.oncall.rota import on_call
from gateway.core.proof.build import build_proof
from gateway.core.proof.findings import Proof
from tests.cli.console import gateway
from tests.docs.pages import DOCS, links, page_text
from tests.docs.test_snippets import AnyEnvironment

EXAMPLES = DOCS / "examples"
FILES = sorted(EXAMPLES.glob("*.yaml"))
EIGHT_WEEKS = 8 * 7 * 86400.0
AROUND_THE_CLOCK = ["team-of-two", "follow-the-sun", "no-phone-budget"]

STARTS = ("2026-03-01", "2026-10-01", "2026-12-01", "2027-03-01")
"""Days from which eight weeks are proven. All but December have changes of the clocks in them."""


def at(text: str) -> float:
    """Return unix seconds of a time in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def load_example(name: str, now: float = at("2026-12-01")) -> Config:
    """Load an example with every token in the environment."""
    text = (EXAMPLES / f"{name}.yaml").read_text(encoding="utf-8")
    return load(text, env=AnyEnvironment(), read_file=lambda path: b"test-content-0000", now=now)


def proof_of(name: str, start: str) -> Proof:
    """Return the proof of an example for eight weeks from a day on."""
    now = at(start)
    return build_proof(load_example(name, now).plan, now, now + EIGHT_WEEKS)


def people_at(name: str, time: str) -> tuple[str, ...]:
    """Return who is on call in the rota billing of an example at a time in UTC."""
    return on_call(load_example(name).plan.rotas["billing"], at(time))


def test_every_example_is_described() -> None:
    """The page of the examples links to each file, and to no other."""
    linked = {link for link in links(EXAMPLES / "index.md") if link.endswith(".yaml")}
    assert linked == {path.name for path in FILES}
    assert len(FILES) >= 3


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_example_without_any_token_loads_with_warnings_about_tokens_only(path: Path) -> None:
    """`gateway check` of a fresh copy finds no error, and warns of what needs a token."""
    result = gateway("check", str(path))
    assert result.exit_code == 0, result.output
    warnings = [line for line in result.output.splitlines() if line.startswith("warning:")]
    allowed = ("is open: anyone", "printed on the console, not sent", "nobody is on call for")
    assert [one for one in warnings if not any(text in one for text in allowed)] == []
    assert path.stem == "business-hours" or "nobody is on call" not in result.output


@pytest.mark.parametrize("name", AROUND_THE_CLOCK)
def test_an_example_with_tokens_has_no_warning(name: str) -> None:
    """With its tokens set, an example around the clock has nothing to correct."""
    assert load_example(name).warnings == ()


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("name", AROUND_THE_CLOCK)
def test_an_example_around_the_clock_has_no_finding(name: str, start: str) -> None:
    """At each minute an urgent alert reaches somebody, also when the clocks change."""
    assert proof_of(name, start).findings == ()


@pytest.mark.parametrize("start", STARTS)
def test_business_hours_leave_nights_to_the_night_service(start: str) -> None:
    """No page is lost, and the hours without anybody on call are allowed."""
    proof = proof_of("business-hours", start)
    assert proof.ok
    assert proof.findings == ()
    assert all(share.nights == 0.0 for share in proof.shares)
    assert all(share.holidays == 0.0 for share in proof.shares)


@pytest.mark.parametrize(
    ("time", "people"),
    [
        ("2026-12-02 07:59", ("cho",)),
        ("2026-12-02 08:00", ("ben",)),
        ("2026-12-02 16:00", ("dee",)),
        ("2026-12-03 00:00", ("cho",)),
        ("2026-07-01 06:59", ("cho",)),
        ("2026-07-01 07:00", ("ben",)),
    ],
)
def test_follow_the_sun_changes_people_on_the_wall_clock(
    time: str, people: tuple[str, ...]
) -> None:
    """Seoul hands over to Berlin at 09:00 in Berlin, in winter and in summer."""
    assert people_at("follow-the-sun", time) == people


@pytest.mark.parametrize(
    ("time", "has_somebody"),
    [
        ("2026-12-23 15:59", True),
        ("2026-12-23 16:00", False),
        ("2026-12-24 11:00", False),
        ("2026-12-25 11:00", False),
        ("2026-12-28 11:00", True),
    ],
)
def test_business_hours_have_nobody_on_call_on_holidays(time: str, has_somebody: bool) -> None:
    """Days of the company's own and public holidays are no working days."""
    assert bool(people_at("business-hours", time)) is has_somebody


def test_a_critical_alert_at_night_goes_to_the_night_service_at_once() -> None:
    """Steps without anybody on call are not waited for."""
    path = str(EXAMPLES / "business-hours.yaml")
    night, day = (
        gateway("route", "--config", path, "severity=critical", "team=billing", "--at", time)
        for time in ("2026-12-03 03:00", "2026-12-03 11:00")
    )
    assert "3. after 0s: email admin@example.com; pagerduty" in night.output
    assert "3. after 30m: email admin@example.com; pagerduty" in day.output


def test_urgent_alert_wakes_by_push_and_other_ones_by_mail() -> None:
    """Without a phone budget, a push rings at once, and a mail follows for a phone that is off."""
    config = load_example("no-phone-budget")
    for person in config.plan.people.values():
        urgent = [(rule.by, rule.after) for rule in person.urgent_rules]
        assert urgent == [("push", 0.0), ("email", 300.0)]
        assert [rule.by for rule in person.other_rules] == ["email"]
    assert config.channels["email"].options["provider"] == "smtp"


def test_the_handbook_names_every_example() -> None:
    """The admin's page leads to the examples."""
    assert "../examples/index.md" in page_text("handbook/admin.md")
