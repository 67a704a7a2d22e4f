"""Schedules that are read from calendars: their URLs stay out of the file, as secrets."""

import re

from gateway.importers.emit import Block
from gateway.importers.oncall.model.schedule import CalendarRecord, ScheduleRecord
from gateway.importers.oncall.read.notes import NoteKind, Notes


class CalendarRotas:
    """Makes the rotas of calendars, and lists the variables with their URLs."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self.variables: list[tuple[str, str]] = []
        self.environment: dict[str, str] = {}

    def block(self, id_: str, schedule: ScheduleRecord, calendar: CalendarRecord) -> Block:
        """Return a rota that reads the calendars of a schedule."""
        block = Block([("timezone", schedule.zone)])
        for key, url in (("ical", calendar.url), ("ical_overrides", calendar.overrides_url)):
            if url:
                name = self._variable(f"{id_}_{key}_URL")
                meaning = f'the URL of the calendar of "{schedule.name}" ({key}), see the export'
                self.variables.append((name, meaning))
                self.environment[name] = "https://example.com/placeholder.ics"
                block.add(key, f"${{{name}}}")
        message = (
            f'schedule "{schedule.name}" is read from a calendar: its people must be found by '
            "name, id or e-mail address in the events; gateway calendar shows what is read"
        )
        self._notes.add(NoteKind.DECIDE, schedule.position, message)
        return block

    def _variable(self, name: str) -> str:
        """Return the name of a variable that is not in use."""
        name = re.sub("[^A-Z0-9]+", "_", name.upper()).strip("_")
        name = unique = name if name[0].isalpha() else f"CALENDAR_{name}"
        number = 1
        while unique in self.environment:
            number += 1
            unique = f"{name}_{number}"
        return unique
