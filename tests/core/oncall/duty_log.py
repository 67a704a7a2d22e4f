"""A log of duty in memory, which saves what `record_duty` decides as the store does."""

from collections.abc import Mapping

from gateway.core.oncall.final_schedule import DutyHistory, final_schedule
from gateway.core.oncall.history import DutyRecord, DutyUpdate, record_duty
from gateway.core.oncall.rota import Rota


class DutyLog:
    """Duty records by rota and start."""

    def __init__(self) -> None:
        self.records: dict[tuple[str, float], DutyRecord] = {}

    def round(self, rotas: Mapping[str, Rota], in_force_since: float, now: float) -> DutyUpdate:
        """Record once; return what was saved."""
        latest = {one.rota: one for one in self.records.values() if one.ended_at is None}
        update = record_duty(latest, rotas, in_force_since, now)
        self.records |= {(one.rota, one.started_at): one for one in update.records}
        return update

    def of(self, rota: str, start: float, end: float) -> DutyHistory:
        """Return the records of a rota that touch a time span."""
        own = sorted((one for one in self.records.values() if one.rota == rota), key=_start)
        touching = [
            one
            for one in own
            if one.started_at < end and (one.ended_at is None or one.ended_at > start)
        ]
        return DutyHistory(tuple(touching), own[0].started_at if own else None)

    def people(self, rota: Rota, t: float, now: float) -> tuple[str, ...]:
        """Return who is on call at `t` by the final schedule."""
        (shift,) = final_schedule(self.of(rota.name, t, t + 1.0), rota, t, t + 0.001, now)
        return shift.people


def _start(record: DutyRecord) -> float:
    return record.started_at
