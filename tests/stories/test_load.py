"""Files for `gateway test`: what is wrong with one, where, and what to write instead."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.config.source.problem import ConfigError
from gateway.stories.load import load_tests
from tests.stories.files import BILLING, config, loaded, problems, story


def test_times_are_on_the_wall_clock_of_business_hours(tmp_path: Path) -> None:
    """A step's time is since the start of its story, or on the clock."""
    text = story("{at: 90s}", "{at: 2026-11-20 03:00}").replace(
        "    story", "    at: 2026-11-20 02:30\n    story"
    )
    (test,) = loaded(tmp_path, text).tests
    times = [datetime.fromtimestamp(step.at, UTC).isoformat() for step in test.story]
    assert times == ["2026-11-20T02:31:30+00:00", "2026-11-20T03:00:00+00:00"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "1:1: the file is empty: it needs tests:"),
        ("tests: [{name: x}]", "1:9: write one of alert, alerts and story; written: none"),
        (
            "tests: [{name: x, expect: {muted: true}, story: [{at: 0s}]}]",
            "1:27: expect belongs to an alert; a story has its own in each step",
        ),
        (
            story("{at: 0s, fire: {alertname: X}}"),
            '4:18: unknown key "fire" in step',
        ),
        (story("{at: soon}"), '4:14: at: "soon" is not a time'),
        (
            story("{at: 5m}", "{at: 4m}"),
            "5:14: a step must not be before the one above it",
        ),
        (
            story("{at: 0s, expect: [{receiver: biling}]}"),
            '4:38: routes.yaml has no receiver "biling"',
        ),
        (
            story("{at: 0s, expect_some: [{reason: escalated}]}"),
            '4:41: reason: "escalated" is not known',
        ),
        (story("{at: 0s, fails: {slck: timeout}}"), '4:32: routes.yaml has no account "slck"'),
        (
            story("{at: 0s, override: {rota: payments, for: 1h}}"),
            '4:35: routes.yaml has no rota "payments"',
        ),
        (
            story("{at: 0s, expect: [{at_most: 1}]}"),
            "4:27: at_most belongs to expect_some: expect lists every message",
        ),
    ],
)
def test_invalid_file_is_refused_with_its_position(
    tmp_path: Path, text: str, expected: str
) -> None:
    """Each fault has its line and column, and says what to write."""
    (differing,) = problems(tmp_path, text)
    assert differing.startswith(expected)


def test_mistyped_name_gets_the_nearest_one(tmp_path: Path) -> None:
    """A name that routes.yaml does not have is an error with a suggestion."""
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, story("{at: 0s, expect_some: [{person: anna}]}"))
    assert 'did you mean "ana"?' in str(caught.value)


def test_missing_file_is_an_error_with_its_name(tmp_path: Path) -> None:
    """The error says which file cannot be read."""
    with pytest.raises(ConfigError, match=r"none\.yaml:1:1: the file cannot be read"):
        load_tests(tmp_path / "none.yaml", config)


def test_alert_with_annotations_is_a_section(tmp_path: Path) -> None:
    """Labels alone are enough; `labels` and `annotations` may be written, too."""
    text = story(
        f"{{at: 0s, fires: [{BILLING}, {{labels: {BILLING}, annotations: {{summary: Twice}}}}]}}"
    )
    (test,) = loaded(tmp_path, text).tests
    (event,) = test.story[0].events
    assert [dict(one.annotations) for one in event.alerts] == [{}, {"summary": "Twice"}]  # type: ignore[union-attr]
