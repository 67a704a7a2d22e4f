"""Sources, built from the parsed file."""

from collections.abc import Mapping
from dataclasses import replace

from gateway.config.build.accounts import Secrets, basic_list, secret_list
from gateway.config.build.json_mapping import json_mapping
from gateway.config.build.mail_rules import mail_rules
from gateway.config.build.presets import with_changes
from gateway.config.build.providers import PACKAGE, has_module
from gateway.config.grammar.parsed import ParsedSection, ParsedValue
from gateway.config.grammar.secret_types import secret_of
from gateway.config.grammar.sources import KEYS_OF_TYPES, SOURCE_TYPES
from gateway.config.source.problem import Findings, SourcePosition, shorten
from gateway.core.alerts.own_alerts import SOURCE as OWN_SOURCE
from gateway.core.plan.accounts import SourceSettings
from gateway.core.plan.heartbeat import HEARTBEAT_SOURCE
from gateway.core.plan.json_mapping import JsonMapping
from gateway.core.plan.source_types import SOURCE_SPECS
from gateway.core.text.nearest import nearest

BUILT_IN = ("alertmanager", "prometheus")
"""Sources that exist, open to everyone, only while routes.yaml has no ``sources:``.

The contract with existing files: a type added later is never built in, because it would be open
to everyone.
"""

RESERVED: Mapping[str, str] = {
    OWN_SOURCE: "the gateway's own alerts",
    HEARTBEAT_SOURCE: "the alerts about heartbeats",
}
"""Names that no declared source may have, because the gateway makes these alerts itself."""

SHORTEST_EXPECTED = 60.0
"""Seconds. A shorter `expect_every` would fire between two posts that are a little late."""

SNS = "sns"

PLAIN_KEYS = ("hmac_timestamp_header", "allow_test", "expect_every", "max_per_minute")
"""Keys of a source whose values are stored as they are."""


class SourceBuilder:
    """Builds the sources of a file; notes what is wrong with them."""

    def __init__(self, secrets: Secrets, severity_label: str, findings: Findings) -> None:
        self._secrets = secrets
        self._severity_label = severity_label
        self._findings = findings

    def build(
        self, entries: Mapping[str, ParsedValue] | None, position: SourcePosition
    ) -> Mapping[str, SourceSettings]:
        """Build the declared sources, or the open built-in ones without ``sources:``.

        `entries` is None when the file has no ``sources:``; `position` is where warnings then
        point.
        """
        if entries is None:
            for name in BUILT_IN:
                self._findings.warn(position, _open_source(name))
            return {name: SourceSettings(name, name) for name in BUILT_IN}
        if not entries:
            error_text = "sources: declares no source, so every alert is refused with 404; "
            error_text += 'declare one, such as alertmanager: {bearer: "${ALERTMANAGER_TOKEN}"}'
            self._findings.warn(position, error_text)
        return {name: self._source(name, item) for name, item in entries.items()}

    def _source(self, name: str, item: ParsedValue) -> SourceSettings:
        entry: ParsedSection = item.value
        if name in RESERVED:
            message = f'source "{name}" is the source of {RESERVED[name]}; use another name'
            self._findings.error(item.position, message)
        type_ = entry.get("type", name)
        if entry.lacks("type") and type_ not in SOURCE_TYPES:
            near = nearest(name, SOURCE_TYPES)
            message = f'source "{shorten(name)}": "type" is missing'
            self._findings.error(item.position, message, suggestion=near, allowed=SOURCE_TYPES)
        settings = SourceSettings(
            name=name,
            type=type_,
            bearer=secret_list(entry, "bearer", self._secrets),
            basic=basic_list(entry, self._secrets),
            hmac=secret_list(entry, "hmac", self._secrets),
            hmac_headers=tuple(item.value for item in entry.list_of("hmac_header")),
            url_token=secret_list(entry, "url_token", self._secrets),
            api_key=self._secrets.add(secret_of(entry.fields.get("api_key"))),
            labels={label: item.value for label, item in entry.map_of("labels").items()},
            severity_label=self._severity_label,
            levels={level: item.value for level, item in entry.map_of("levels").items()},
            **{key: entry.get(key) for key in PLAIN_KEYS if key in entry},
        )
        if "rules" in entry:
            settings = replace(settings, mail_rules=mail_rules(entry))
        if "tags" in entry:
            settings = replace(settings, tags=tuple(one.value for one in entry.list_of("tags")))
        if settings.expect_every is not None and settings.expect_every < SHORTEST_EXPECTED:
            message = "expect_every: shorter than the delays of a sender: write 1m or more"
            self._findings.error(entry.position_of("expect_every"), message)
        settings = replace(settings, topics=tuple(one.value for one in entry.list_of("topics")))
        if type_ == SNS:
            self._check_sns(name, entry)
        if settings.open and entry.valid:
            self._findings.warn(item.position, _open_source(name))
        spec = SOURCE_SPECS.get(type_)
        if spec is None:  # its type is missing or unknown, which is noted
            return settings
        self._refuse_keys_of_other_types(type_, entry)
        if type_ == "json" or spec.has_preset:
            settings = replace(settings, mapping=self._mapping(name, entry))
        return replace(
            settings,
            hmac_headers=settings.hmac_headers or spec.hmac_headers,
            max_bytes=entry.get("max_bytes", spec.max_bytes),
            resolve_timeout=entry.get("resolve_timeout", spec.resolve_timeout),
        )

    def _check_sns(self, name: str, entry: ParsedSection) -> None:
        if entry.lacks("topics"):
            message = f'source "{shorten(name)}": "topics" is missing: the ARNs that may post'
            self._findings.error(entry.position, message)
        for key in ("bearer", "basic", "hmac", "url_token"):
            if key in entry:
                message = f"{key}: SNS signs with Amazon's certificate and sends nothing else"
                self._findings.error(entry.position_of(key), message)
        if not has_module("cryptography"):
            message = "type sns needs the library cryptography, which is not installed: "
            message += f'pip install "{PACKAGE}[sns]"'
            self._findings.error(entry.position, message)

    def _mapping(self, name: str, entry: ParsedSection) -> JsonMapping | None:
        type_ = entry.get("type", name)
        if SOURCE_SPECS[type_].has_preset:
            return json_mapping(with_changes(type_, entry.get("mapping")), self._findings)
        if "mapping" not in entry:
            if entry.lacks("mapping"):
                message = f'source "{shorten(name)}": "mapping" is missing'
                self._findings.error(entry.position, message)
            return None
        mapping = json_mapping(entry.get("mapping"), self._findings)
        if entry.valid and mapping.status is None and "resolve_timeout" not in entry:
            message = f'nothing ends the alerts of source "{shorten(name)}": give its mapping a '
            message += "status with resolved values, or the source a resolve_timeout"
            self._findings.warn(entry.position_of("mapping"), message)
        return mapping

    def _refuse_keys_of_other_types(self, type_: str, entry: ParsedSection) -> None:
        for key, types in KEYS_OF_TYPES.items():
            if key in entry and type_ not in types:
                message = f'"{key}" belongs to sources of type {", ".join(types)}, not {type_}'
                self._findings.error(entry.position_of(key), message)


def _open_source(name: str) -> str:
    return (
        f'source "{shorten(name)}" is open: anyone who reaches the gateway may post to /webhook/'
        f'{shorten(name)}; give it a token: bearer: "${{{_variable(name)}_TOKEN}}"'
    )


def _variable(name: str) -> str:
    return "".join(one if one.isascii() and one.isalnum() else "_" for one in name).upper()
