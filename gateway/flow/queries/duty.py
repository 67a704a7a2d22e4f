"""Who was, is and will be on call: duty records and the rotas in force, read together."""

from collections.abc import Mapping

from gateway.core.oncall.final_schedule import DutyHistory, duty_at, final_schedule
from gateway.core.oncall.rota import OnCall, Rota, Shift
from gateway.store import Tx
from gateway.store.state import duty


class DutyReader:
    """Answers from one transaction at one `now`. It reads the records of each rota once."""

    def __init__(self, tx: Tx, rotas: Mapping[str, Rota], now: float) -> None:
        self._tx = tx
        self._rotas = rotas
        self._now = now
        self._histories: dict[str, tuple[float, DutyHistory]] = {}  # with their first instant

    def names(self) -> list[str]:
        """Return the rotas in force, then those that only have records."""
        return list(dict.fromkeys([*self._rotas, *duty.rotas(self._tx)]))

    def shifts(self, name: str, start: float, end: float) -> list[Shift]:
        """Return the final schedule of a rota in [start, end)."""
        history = self._history(name, start)
        return final_schedule(history, self._rotas.get(name), start, end, self._now)

    def at(self, name: str, t: float) -> OnCall:
        """Return who is on call in a rota at `t`."""
        return duty_at(self._history(name, t), self._rotas.get(name), t, self._now)

    def _history(self, name: str, start: float) -> DutyHistory:
        """Return the records from `start` on.

        All are read when records before those that are known are asked for, so at most two reads
        are needed.
        """
        known = self._histories.get(name)
        if known is not None and known[0] <= start:
            return known[1]
        # The present shift may be asked for its beginning, so `now` is always included.
        first = min(start, self._now) if known is None else 0.0
        end = max(self._now, first) + 1.0
        history = duty.history(self._tx, name, first, end)
        self._histories[name] = first, history
        return history
