"""The routes.yaml that ships: loads on a fresh machine and routes as it promises."""

import pytest

from gateway.config.load import Config, load
from gateway.core.routing.match import match_routes
from tests.config.texts import CHECKOUT, NOW, Files

SHIPPED = CHECKOUT / "routes.yaml"


@pytest.fixture
def config() -> Config:
    """The shipped plan, in an empty environment."""
    return load(SHIPPED, env={}, now=NOW)


def notified(config: Config, **labels: str) -> list[str]:
    """The targets of the one receiver that gets an alert with these labels."""
    (route,) = match_routes(config.plan.root, labels)
    return [target.key for target in config.plan.receivers[route.receiver].targets]


def test_it_needs_no_account(config: Config) -> None:
    """The first start works without any token: all that is warned of is what is missing."""
    assert all(warning.message.startswith(("no ", 'source "')) for warning in config.warnings)
    for name in ("email", "slack", "pagerduty"):
        assert config.channels[name].options["provider"] == "console"


def test_with_all_its_tokens_nothing_is_left_to_warn_of() -> None:
    """Promise 10: with every variable set it sends, and no secret stands in the file."""
    names = (
        "ALERTMANAGER_TOKEN", "PROMETHEUS_TOKEN", "POSTMARK_TOKEN", "SLACK_TOKEN",
        "SLACK_SIGNING_SECRET", "PAGERDUTY_BILLING_KEY", "PAGERDUTY_PLATFORM_KEY",
    )  # fmt: skip
    config = load(SHIPPED, env={name: f"test-{name.lower()}" for name in names}, now=NOW)
    assert config.warnings == ()
    assert not any(source.open for source in config.sources.values())
    assert "console" not in {one.options.get("provider") for one in config.channels.values()}


def test_critical_billing_alerts_page_all_of_billing(config: Config) -> None:
    """Critical: PagerDuty, Slack and both e-mail addresses; answered in 15m, repeated after 2h."""
    assert notified(config, alertname="X", severity="critical", team="billing") == [
        "email:admin@example.com",
        "email:billing-oncall@example.com",
        "slack:#billing-alerts",
        "pagerduty:${PAGERDUTY_BILLING_KEY}",
    ]
    severity = config.plan.severities["critical"]
    assert (severity.respond_within, severity.repeat_interval) == (900.0, 7200.0)
    assert config.plan.receivers["billing-critical"].escalate == "billing"


@pytest.mark.parametrize(
    ("labels", "targets"),
    [
        (
            {"severity": "warning", "team": "billing"},
            [
                "email:admin@example.com",
                "email:alerts@example.com",
                "slack:#billing-alerts",
            ],
        ),
        ({"severity": "info", "team": "billing"}, ["email:alerts@example.com"]),
        (
            {"severity": "warning", "team": "platform", "component": "platform"},
            ["email:platform-oncall@example.com", "slack:#platform-alerts"],
        ),
        (
            {"severity": "critical", "team": "platform", "component": "billing"},
            [
                "email:platform-oncall@example.com",
                "slack:#platform-alerts",
                "pagerduty:${PAGERDUTY_PLATFORM_KEY}",
            ],
        ),
        ({"severity": "critical"}, ["email:admin@example.com"]),
        ({"alertname": "Watchdog", "severity": "none", "team": "platform"}, []),
    ],
)
def test_each_alert_goes_to_its_team(
    config: Config, labels: dict[str, str], targets: list[str]
) -> None:
    """Warnings and infos go where they are read; platform's to platform; the rest to the admin."""
    assert notified(config, **{"alertname": "X", **labels}) == targets


def test_lesser_severities_take_their_time(config: Config) -> None:
    """Warning: 1h and every 4h. Info: the next business day and every 12h."""
    warning, info = config.plan.severities["warning"], config.plan.severities["info"]
    assert (warning.respond_within, warning.repeat_interval) == (3600.0, 4 * 3600.0)
    assert (info.respond_within, info.repeat_interval) == ("next business day", 12 * 3600.0)


def test_it_is_found_by_bytes_alone() -> None:
    """Loading is pure: what is read goes through read_file."""
    files = Files({"routes.yaml": SHIPPED.read_bytes()})
    assert load(SHIPPED.relative_to(CHECKOUT), env={}, read_file=files.read).plan
