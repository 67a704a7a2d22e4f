"""What routes.yaml says of the gateway's own alerts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

NO_LABELS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class OwnAlertSettings:
    """The section `gateway_alerts:`: labels of all own alerts, and where their runbooks are."""

    labels: Mapping[str, str] = field(default_factory=lambda: NO_LABELS)
    runbooks: str = ""  # the URL of the folder; empty: only the page's name is shown
