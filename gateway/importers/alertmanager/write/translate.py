"""Translation of a whole alertmanager.yml to routes.yaml."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath

from gateway.config.grammar.parsed import ParsedSection
from gateway.config.load import Config, load
from gateway.config.source.problem import listed as row
from gateway.core.plan.plan import Repeats
from gateway.core.time.timestamps import format_duration
from gateway.importers.alertmanager.read.rules import join_keys
from gateway.importers.alertmanager.read.secrets import secrets
from gateway.importers.alertmanager.read.source_config import SourceConfig
from gateway.importers.alertmanager.write.notes import NoteKind, Notes
from gateway.importers.alertmanager.write.source_text import copy_source_lines
from gateway.importers.alertmanager.write.timing import LateRepeat, late_repeats
from gateway.importers.alertmanager.write.write_receivers import channels, receivers
from gateway.importers.alertmanager.write.write_routing import inhibit_rules, route, time_intervals
from gateway.importers.emit import (
    Block,
    Items,
    Remark,
    escape_references,
    lines,
    point_lines,
    remark_lines,
)

ALERTMANAGER_REPEATS = f"repeats: {Repeats.ON_TICKS}"
"""What gives Alertmanager's times of repeats."""

SHORTEST = 0.001
"""What a `resolve_timeout` of zero becomes, in seconds."""

_TRANSLATED_KEYS = ("proxy_url", "basic_auth", "authorization", "bearer_token", "bearer_token_file")
"""What of a global `http_config` has a counterpart."""

_FAMILIES = ("smtp", "opsgenie", "victorops", "telegram", "wechat", "webex", "jira", "rocketchat",
             "mattermost")  # fmt: skip

_LOST_FAMILIES = dict.fromkeys(
    ("opsgenie", "victorops", "wechat", "jira"), "see the receivers that use them"
)
"""Families of integrations that are not translated."""

_FIXED_URLS = ("telegram_api_url", "webex_api_url")
"""Addresses of services that Apprise knows itself."""


@dataclass(frozen=True, slots=True)
class Translation:
    """The new file, and the notes about it."""

    source_config: SourceConfig
    text: str
    notes: Notes
    repeats: tuple[LateRepeat, ...]

    @property
    def environment(self) -> Mapping[str, str]:
        """Placeholders for all variables, which the new file loads with."""
        return {one.name: one.placeholder for one in self.notes.variables}

    def loaded(self, text: str) -> Config:
        """Return the new file as the gateway reads it, with placeholders for secrets.

        Raises ConfigError where it would be refused.
        """
        return load(text, env=self.environment, read_file=_placeholder)


def translate(source_config: SourceConfig) -> Translation:
    """Write the routes.yaml that behaves as the alertmanager.yml does."""
    entry, notes = source_config.entry, Notes(source_config.file, secrets(source_config.entry))
    parts: list[tuple[str, list[str]]] = []
    parts.append(("where alerts come from", list(lines(_sources()))))
    accounts = channels(entry, notes)
    if accounts.entries:
        parts.append(("the accounts, each once", list(lines(Block([("channels", accounts)])))))
    general = _general(source_config, notes)
    if general.entries:
        parts.append(("", list(lines(general))))
    repeats = tuple(late_repeats(source_config.root))
    if repeats:
        parts.append(
            ("so that repeats come when they do in Alertmanager:", [f"# {ALERTMANAGER_REPEATS}"])
        )
    receiver_lines = lines(Block([("receivers", receivers(source_config, notes))]))
    parts.append(("who is notified", list(receiver_lines)))
    for key in ("route", "inhibit_rules", "mute_time_intervals", "time_intervals"):
        if key in entry:
            lines_written = list(lines(Block([(key, _part(source_config, key, notes))])))
            parts.append(
                (
                    _HEADINGS[key],
                    copy_source_lines(source_config, key, lines_written) or lines_written,
                )
            )
    text = "\n".join([*_head(source_config, notes, repeats), *_body(parts)]) + "\n"
    return Translation(source_config, text, notes, repeats)


def _placeholder(path: Path) -> bytes:
    return b"https://example.com/placeholder"


_HEADINGS = {
    "route": "which alerts go where",
    "inhibit_rules": "which firing alerts suppress which others",
    "mute_time_intervals": "",
    "time_intervals": "named periods of time",
}


def _part(source_config: SourceConfig, key: str, notes: Notes) -> Block | Items:
    entry = source_config.entry
    if key == "route":
        return route(entry.get("route"), notes)
    if key == "inhibit_rules":
        return inhibit_rules(source_config.inhibition, notes)
    return time_intervals(entry.list_of(key), source_config.intervals, notes)


def _sources() -> Block:
    variables = {"alertmanager": "ALERTMANAGER_TOKEN", "prometheus": "PROMETHEUS_TOKEN"}
    sources = Block()
    for name, variable in variables.items():
        sources.add(name, Block([("bearer", f"${{{variable}:-}}")]))
    return Block([("sources", sources)])


def _general(source_config: SourceConfig, notes: Notes) -> Block:
    """Return `global:`, with remarks about other settings for the whole file."""
    entry = source_config.entry
    general: ParsedSection = entry.get("global") or ParsedSection(entry.position, {})
    block = Block()
    if "resolve_timeout" in general:
        item = general.fields["resolve_timeout"]
        inner = Block()
        if not item.value:
            message = "resolve_timeout: is not zero here, but as short as can be"
            inner.entries.append(notes.add_difference(item.position, message))
        timeout = escape_references(item.raw) if item.value else format_duration(SHORTEST)
        inner.add("resolve_timeout", timeout)
        block.add("global", inner)
    for family in _FAMILIES:
        keys = [key for key in general.fields if key.startswith(f"{family}_")]
        if _is_used(family, entry):
            keys = [key for key in keys if key in _FIXED_URLS]
        if keys:
            reason = _LOST_FAMILIES.get(family, "no receiver uses them")
            block.entries.append(
                notes.add_lost(general.position_of(keys[0]), f"{join_keys(keys)}: {reason}")
            )
    config: ParsedSection | None = general.get("http_config")
    lost_keys = (
        [key for key in config.fields if key not in _TRANSLATED_KEYS] if config is not None else []
    )
    if lost_keys:
        reason = "only proxy_url is kept, and by webhooks a bearer token and basic_auth; the "
        reason += "environment's proxies are not used"
        message = f"http_config: {join_keys(lost_keys)}: {reason}"
        block.entries.append(notes.add_lost(general.position_of("http_config"), message))
    for key, reason in (("templates", "are Go's; the gateway's own are Jinja, in templates/"),
                     ("tracing", "does not exist here")):  # fmt: skip
        if key in entry and (key == "tracing" or entry.list_of(key)):
            block.entries.append(notes.add_lost(entry.position_of(key), f"{key}: {reason}"))
    return block


def _is_used(family: str, file: ParsedSection) -> bool:
    """Return whether something of the new file is made of a family of settings."""
    if family in _LOST_FAMILIES:
        return False
    key = f"{'email' if family == 'smtp' else family}_configs"
    return any(item.value.list_of(key) for item in file.list_of("receivers"))


def _head(
    source_config: SourceConfig, notes: Notes, repeats: tuple[LateRepeat, ...]
) -> Iterator[str]:
    name = PurePath(source_config.file).name
    yield from remark_lines(
        Remark(f"Made of {name} by `gateway import`. Line numbers in remarks are those of {name}.")
    )
    if notes.variables:
        yield "#"
        yield "# Put into the environment (the values are not in this file):"
        width = max(len(one.name) for one in notes.variables)
        for one in notes.variables:
            location = f" (line {one.line})" if one.line else ""
            yield from point_lines(f"{one.name:<{width}}  {one.meaning}{location}")
    for kind in NoteKind:
        groups = notes.alike(kind)
        if groups:
            yield "#"
            yield f"# {kind.capitalize()}:"
        for note, numbers in groups:
            word = "line" if len(numbers) == 1 else "lines"
            location = f"{word} {row(map(str, numbers))}"
            yield from point_lines(f"{location}: {note.problem.message}")
    if repeats:
        yield "#"
        yield "# Repeats that come sooner here than in Alertmanager, as asked for:"
        for late in repeats:
            yield from point_lines(f"line {late.line}: {late}")


def _body(parts: list[tuple[str, list[str]]]) -> Iterator[str]:
    for heading, lines_written in parts:
        yield ""
        if heading:
            yield f"# {heading}"
        yield from lines_written
