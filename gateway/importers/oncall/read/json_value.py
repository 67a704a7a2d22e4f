"""JSON values that know their position, read with checks of their types."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from gateway.core.errors import GatewayError
from gateway.core.oncall.types import FIRST_YEAR
from gateway.core.time.wallclock import load_zone
from gateway.importers.oncall.model.position import Position

_LONGEST_SHOWN = 60
_LARGEST = 10**9
"""A number beyond it is no length, delay or index; times with it would overflow."""

_LAST_YEAR = 2199
"""The first year that routes.yaml does not take, less one."""


class ExportError(GatewayError):
    """An export cannot be read: where, what is wrong, what to do."""

    def __init__(self, position: Position, message: str) -> None:
        super().__init__(f"{position}: {message}")
        self.position = position
        self.message = message


@dataclass(frozen=True, slots=True)
class Json:
    """A value of a JSON document and its position. Readers raise ExportError for a wrong type."""

    value: Any
    position: Position

    def __contains__(self, key: str) -> bool:
        return isinstance(self.value, dict) and self.value.get(key) is not None

    def at(self, key: str) -> "Json":
        """Return the value of a key; null where the key is absent. It must be in an object."""
        if not isinstance(self.value, dict):
            raise self.error(f"an object with {key} is expected, not {self._shown()}")
        path = f"{self.position.path}.{key}" if self.position.path else key
        return Json(self.value.get(key), Position(self.position.file, path))

    def items(self, key: str) -> Iterator["Json"]:
        """Yield the items of a list; none where it is absent."""
        listed = self.at(key)
        if listed.value is None:
            return
        if not isinstance(listed.value, list):
            raise listed.error(f"a list is expected, not {listed._shown()}")
        for index, item in enumerate(listed.value):
            yield Json(item, Position(self.position.file, f"{listed.position.path}[{index}]"))

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text; `default` where it is absent. Raises ExportError if there is none."""
        one = self.at(key)
        if one.value is None and default is not None:
            return default
        if isinstance(one.value, int) and not isinstance(one.value, bool):
            return str(one.value)
        if not isinstance(one.value, str):
            raise one.error(f"a text is expected, not {one._shown()}")
        return one.value

    def number(self, key: str, default: int | None = None) -> int:
        """Return a whole number; `default` where it is absent."""
        one = self.at(key)
        if one.value is None and default is not None:
            return default
        return one.as_number()

    def as_number(self) -> int:
        """Return this value as a whole number."""
        value = self.value
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.error(f"a whole number is expected, not {self._shown()}")
        if abs(value) > _LARGEST:
            raise self.error(f"the number {value} is too large")
        return value

    def numbers(self, key: str) -> Iterator[int]:
        """Yield the whole numbers of a list; none where it is absent."""
        for one in self.items(key):
            yield one.as_number()

    def flag(self, key: str, *, default: bool) -> bool:
        """Return true or false; `default` where it is absent."""
        one = self.at(key)
        if one.value is None:
            return default
        if not isinstance(one.value, bool):
            raise one.error(f"true or false is expected, not {one._shown()}")
        return one.value

    def moment(self, key: str) -> datetime:
        """Return a time, with its offset or without one."""
        return self.at(key).as_moment()

    def as_moment(self) -> datetime:
        """Return this value as a time, with its offset or without one."""
        try:
            moment = datetime.fromisoformat(self.value)
        except (ValueError, TypeError):
            message = f"a time such as 2026-12-01T09:00:00Z is expected, not {self._shown()}"
            raise self.error(message) from None
        if not FIRST_YEAR < moment.year < _LAST_YEAR:
            raise self.error(f"the year {moment.year} is too far away")
        return moment

    def instant(self, key: str) -> float:
        """Return a time that has an offset, in unix seconds UTC."""
        return self.at(key).as_instant()

    def as_instant(self) -> float:
        """Return this value as a time that has an offset, in unix seconds UTC."""
        moment = self.as_moment()
        if moment.tzinfo is None:
            raise self.error(f"the time {moment.isoformat()} has no offset; Z is expected")
        return moment.timestamp()

    def clock(self, key: str) -> time:
        """Return a time of day."""
        one = self.at(key)
        try:
            return time.fromisoformat(self.text(key))
        except ValueError:
            raise one.error(f"a time of day such as 09:00 is expected, not {one._shown()}"
                            ) from None  # fmt: skip

    def zone(self, key: str, default: str | None = None) -> str:
        """Return the name of an IANA time zone."""
        name = self.text(key, default)
        try:
            load_zone(name)
        except ValueError as error:
            raise self.at(key).error(str(error)) from None
        return name

    def error(self, message: str) -> ExportError:
        """Return the error that this value is wrong."""
        return ExportError(self.position, message)

    def _shown(self) -> str:
        if self.value is None:
            return "nothing"
        text = repr(self.value)
        return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
