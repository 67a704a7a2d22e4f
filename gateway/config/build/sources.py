"""Sources, built from the parsed file."""

from collections.abc import Mapping
from dataclasses import replace

from gateway.config.build.accounts import Secrets, basic_list, secret_list
from gateway.config.grammar.parsed import ParsedSection, ParsedValue
from gateway.config.grammar.sources import SOURCE_TYPES
from gateway.config.source.problem import Findings, SourcePosition, shorten
from gateway.core.alerts.own_alerts import SOURCE as OWN_SOURCE
from gateway.core.plan.accounts import SourceSettings
from gateway.core.plan.source_types import SOURCE_SPECS
from gateway.core.text.nearest import nearest

BUILT_IN = ("alertmanager", "prometheus")
"""Sources that exist, open to everyone, only while routes.yaml has no ``sources:``.

The contract with existing files: a type added later is never built in, because it would be open
to everyone.
"""

PLAIN_KEYS = ("hmac_timestamp_header", "resolve_timeout", "allow_test")
"""Keys of a source whose values are stored as they are."""


def sources(
    entries: Mapping[str, ParsedValue] | None,
    position: SourcePosition,
    secrets: Secrets,
    findings: Findings,
) -> Mapping[str, SourceSettings]:
    """Build the declared sources, or the open built-in ones without ``sources:``.

    `entries` is None when the file has no ``sources:``; `position` is where warnings then point.
    """
    if entries is None:
        for name in BUILT_IN:
            findings.warn(position, _open_source(name))
        return {name: SourceSettings(name, name) for name in BUILT_IN}
    if not entries:
        error_text = "sources: declares no source, so every alert is refused with 404; "
        error_text += 'declare one, such as alertmanager: {bearer: "${ALERTMANAGER_TOKEN}"}'
        findings.warn(position, error_text)
    sources_by_name = {}
    for name, item in entries.items():
        entry: ParsedSection = item.value
        if name == OWN_SOURCE:
            message = "is the source of the gateway's own alerts; use another name"
            findings.error(item.position, f'source "{name}" {message}')
        type_ = entry.get("type", name)
        if entry.lacks("type") and type_ not in SOURCE_TYPES:
            near = nearest(name, SOURCE_TYPES)
            message = f'source "{shorten(name)}": "type" is missing'
            findings.error(item.position, message, suggestion=near, allowed=SOURCE_TYPES)
        source = _source(name, type_, entry, secrets)
        if source.open and entry.valid:
            findings.warn(item.position, _open_source(name))
        sources_by_name[name] = source
    return sources_by_name


def _source(name: str, type_: str, entry: ParsedSection, secrets: Secrets) -> SourceSettings:
    spec = SOURCE_SPECS.get(type_)
    settings = SourceSettings(
        name=name,
        type=type_,
        bearer=secret_list(entry, "bearer", secrets),
        basic=basic_list(entry, secrets),
        hmac=secret_list(entry, "hmac", secrets),
        hmac_headers=tuple(item.value for item in entry.list_of("hmac_header")),
        url_token=secret_list(entry, "url_token", secrets),
        labels={label: item.value for label, item in entry.map_of("labels").items()},
        **{key: entry.get(key) for key in PLAIN_KEYS if key in entry},
    )
    if spec is None:  # its type is missing or unknown, which is noted
        return settings
    return replace(
        settings,
        hmac_headers=settings.hmac_headers or spec.hmac_headers,
        max_bytes=entry.get("max_bytes", spec.max_bytes),
    )


def _open_source(name: str) -> str:
    return (
        f'source "{shorten(name)}" is open: anyone who reaches the gateway may post to /webhook/'
        f'{shorten(name)}; give it a token: bearer: "${{{_variable(name)}_TOKEN}}"'
    )


def _variable(name: str) -> str:
    return "".join(one if one.isascii() and one.isalnum() else "_" for one in name).upper()
