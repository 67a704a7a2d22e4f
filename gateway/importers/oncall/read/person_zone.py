"""Time zones of people, without which the import goes on."""

from collections.abc import Mapping

from gateway.core.time.wallclock import load_zone
from gateway.importers.oncall.read.json_value import Json
from gateway.importers.oncall.read.notes import NoteKind, Notes

_NO_NAMES: Mapping[str, str] = {}


def person_zone(entry: Json, key: str, notes: Notes, names: Mapping[str, str] = _NO_NAMES) -> str:
    """Return the IANA name of a person's zone; "" where there is none.

    `names` are IANA names by those of the product. An unknown name is noted: it changes only how
    times are shown to that person, while a schedule without a clock could not be read.
    """
    name = entry.text(key, "")
    if not name:
        return ""
    zone = names.get(name, name)
    try:
        load_zone(zone)
    except ValueError as error:
        message = f"{error}; this person's times are shown in UTC until you add timezone:"
        notes.add(NoteKind.LOST, entry.at(key).position, message)
        return ""
    return zone
