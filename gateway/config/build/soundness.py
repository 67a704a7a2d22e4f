"""What `gateway soundness` reads, built from the parsed file."""

from pathlib import Path

from gateway.config.grammar.parsed import ParsedSection
from gateway.core.plan.soundness_settings import SoundnessSettings


def soundness(entry: ParsedSection | None, folder: Path) -> SoundnessSettings:
    """Return the settings; files are read when the question is asked, and not here."""
    default = SoundnessSettings(folder)
    if entry is None:
        return default
    return SoundnessSettings(
        folder,
        rules=tuple(one.value for one in entry.list_of("rules")),
        invariants={
            name: tuple(alert.value for alert in alerts.value)
            for name, alerts in entry.map_of("invariants").items()
        },
        dashboards=tuple(one.value for one in entry.list_of("dashboards")),
        trace_ids=tuple(one.value for one in entry.list_of("trace_ids")) or default.trace_ids,
        user_ids=tuple(one.value for one in entry.list_of("user_ids")) or default.user_ids,
    )
