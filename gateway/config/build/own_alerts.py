"""The section of the gateway's own alerts."""

from gateway.config.grammar.parsed import ParsedSection
from gateway.core.plan.own_alert_settings import OwnAlertSettings


def settings(entry: ParsedSection | None) -> OwnAlertSettings:
    """Return what the file says of the gateway's own alerts; without the section the defaults."""
    if entry is None:
        return OwnAlertSettings()
    labels = {name: item.value for name, item in entry.map_of("labels").items()}
    return OwnAlertSettings(labels, entry.get("runbooks", ""))
