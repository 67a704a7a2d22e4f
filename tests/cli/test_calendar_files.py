"""Commands that work without a gateway read the files of calendars, and no URL."""

import json
from pathlib import Path

import pytest

from tests.cli.console import gateway

pytestmark = pytest.mark.process

ROUTES = """\
people:
  ana: {name: Ana, email: ana@example.com}
channels: {email: {provider: console}}
rotas:
  billing: {timezone: Europe/Berlin, ical: billing.ics}
  other: {ical: "${CALENDAR}"}
receivers: [{name: nobody}]
route: {receiver: nobody}
"""
SHIFTS = """BEGIN:VCALENDAR
BEGIN:VEVENT
UID:1
DTSTART;TZID=Europe/Berlin:20261116T090000
DTEND;TZID=Europe/Berlin:20261123T090000
SUMMARY:Ana
END:VEVENT
BEGIN:VEVENT
UID:2
DTSTART;TZID=Europe/Berlin:20261123T090000
DTEND;TZID=Europe/Berlin:20261130T090000
SUMMARY:Anna
END:VEVENT
END:VCALENDAR
"""
ESCALATION = """\
escalations: {pages: [{notify: ["rota:billing"]}]}
receivers: [{name: pages, escalate: pages}]"""
URL = "https://calendar.example.com/private-token/basic.ics"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "billing.ics").write_text(SHIFTS)
    path = tmp_path / "routes.yaml"
    path.write_text(ROUTES)
    return path


def test_check_reads_files_and_says_that_urls_are_not_read(file: Path) -> None:
    """Names that mean nobody are warnings; the URL is not shown."""
    result = gateway("check", str(file), CALENDAR=URL)
    assert result.exit_code == 0
    assert 'billing.ics: the event "Anna" names nobody under people:; did you mean ana?' in (
        result.stdout
    )
    assert "calendar ${CALENDAR}: a URL is read by a running gateway only" in result.stdout
    assert "on call for billing: Ana until Mon 23 Nov, 09:00 CET, then nobody" in result.stdout
    assert "on call for other: unknown" in result.stdout
    assert "private-token" not in result.output
    answer = json.loads(gateway("check", str(file), "--json", CALENDAR=URL).stdout)
    assert len(answer["calendar_warnings"]) == len(answer["calendar_notes"]) == 1


def test_check_of_a_missing_file_is_an_error(file: Path) -> None:
    """Exit status 1 and the name as routes.yaml has it."""
    (file.parent / "billing.ics").unlink()
    result = gateway("check", str(file), CALENDAR=URL)
    assert result.exit_code == 1
    assert "calendar billing.ics: the file cannot be read: No such file" in result.stdout


def test_oncall_prints_the_events_of_a_file_and_where_it_is_unknown(file: Path) -> None:
    """Ten weeks from today are known."""
    result = gateway("oncall", "--config", str(file), "--from", "now", "--to", "+80d", CALENDAR=URL)
    billing = [line.split() for line in result.stdout.splitlines() if line.startswith("billing")]
    assert [line[-3] if "layer" in line else line[-1] for line in billing] == [
        "Ana",
        "nobody",
        "unknown",
    ]


def test_future_of_an_alert_knows_who_is_on_call_by_a_file(file: Path) -> None:
    """Virtual time has the events of calendar files, too."""
    file.write_text(
        ROUTES.replace("receivers: [{name: nobody}]", ESCALATION).replace(
            "route: {receiver: nobody}", "route: {receiver: pages}"
        )
    )
    result = gateway("explain", "--if", "alertname=X", "--config", str(file), CALENDAR=URL)
    assert result.exit_code == 0, result.output
    assert "escalated: step 1: Ana" in result.stdout
