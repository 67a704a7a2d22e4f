"""`rotas:`, made of one schedule after the other."""

from gateway.importers.emit import Block
from gateway.importers.oncall.model.schedule import ScheduleRecord
from gateway.importers.oncall.read.notes import NoteKind, Notes
from gateway.importers.oncall.write.calendar_rotas import CalendarRotas
from gateway.importers.oncall.write.gaps import cover_each_other
from gateway.importers.oncall.write.names import Ids
from gateway.importers.oncall.write.rota_text import rota_block
from gateway.importers.oncall.write.rotas import RotaDraft, rotas_of


class RotaSections:
    """Collects the rotas, and their ids by the keys of the schedules that they are made of."""

    def __init__(self, people: dict[str, str], notes: Notes, as_of: float) -> None:
        """Take the ids of people by their keys; rotas count from `as_of` on (unix seconds UTC)."""
        self._people = people
        self._notes = notes
        self._as_of = as_of
        self._new_ids = Ids()
        self.block = Block()
        self.ids: dict[str, list[str]] = {}
        self.calendars = CalendarRotas(notes)

    def add(self, schedule: ScheduleRecord) -> None:
        """Add the rotas of a schedule; note one without any, and what differs."""
        if schedule.calendar is not None:
            id_ = self._new_id(schedule)
            self.block.add(id_, self.calendars.block(id_, schedule, schedule.calendar))
            return
        drafts = rotas_of(schedule, self._people, self._as_of)
        drafts = [one for one in drafts if one.rota.layers]
        if not drafts:
            message = f'schedule "{schedule.name}" has nobody on call from now on; it is omitted'
            self._notes.add(NoteKind.LOST, schedule.position, message)
            return
        covered = cover_each_other([draft.rota for draft in drafts], self._as_of)
        for draft in drafts:
            self.block.add(self._new_id(schedule), rota_block(draft.rota, gaps_allowed=covered))
            self._note_moved(draft)
        if len(drafts) > 1:
            names = ", ".join(self.ids[schedule.key])
            message = (
                f'schedule "{schedule.name}" has several people on call at once: it becomes the '
                f"rotas {names}, which each step that notified it names"
            )
            self._notes.add(NoteKind.CHANGED, schedule.position, message)

    def _new_id(self, schedule: ScheduleRecord) -> str:
        id_ = self._new_ids.new(schedule.name, schedule.key)
        self.ids.setdefault(schedule.key, []).append(id_)
        return id_

    def _note_moved(self, draft: RotaDraft) -> None:
        for rotation in draft.moved:
            message = (
                f'rotation "{rotation.name}" is on the clock of {rotation.zone} and its rota on '
                f"that of {draft.rota.zone}: its handovers move when one of the clocks changes"
            )
            self._notes.add(NoteKind.CHANGED, rotation.position, message)
