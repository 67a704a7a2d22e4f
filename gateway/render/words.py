"""Rendering: a notice's facts and its target in, finished words out. It never fails.

Every template runs in a sandbox with a bounded amount of work (see `budget`), so rendering is
safe on the event loop. What is computed from the facts, and the sentences that all channels share,
are made once for all targets that live in the same zone.
"""

from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Template, TemplateError

from gateway.core.escape import one_line, slack_escape
from gateway.core.message import Link, Message
from gateway.core.notice import Facts, Kind, Reason
from gateway.core.plan import Target
from gateway.render.budget import check_size
from gateway.render.compiled import Compiled
from gateway.render.failure import TemplateFailure, failure_of
from gateway.render.links import shown
from gateway.render.lookup import SENTENCES, SUFFIX, Lookup
from gateway.render.plain import bare_names, plain_parts
from gateway.render.sandbox import Words
from gateway.render.view import standing_of, target_view, view_of

LINES: Mapping[str, int] = {"subject": 130, "title": 150, "summary": 1024}
"""Parts of one line, and how many characters they may have.

Slack's header takes 150, PagerDuty's summary 1024 (see the vendors' API references).
"""

_REMEMBERED = 8  # facts of a thousand alerts are a megabyte: few
UNRANKED = 1000


_ANSWERED = ("acknowledged", "resolved", "digest")
"""States and kinds of notices in which nobody is asked to acknowledge."""


class Renderer:
    """Turns facts into words.

    `template_dirs` are the admin's folders, first wins; the shipped templates stand behind them.
    Files are read when first needed and then kept: a reload makes a new Renderer. Thread-safe.
    `compiled` is code that was kept from before, for a command that must start quickly.
    """

    def __init__(
        self,
        template_dirs: Sequence[Path],
        external_url: str = "",
        compiled: Compiled | None = None,
    ) -> None:
        self.lookup = Lookup(template_dirs)
        self.external_url = external_url
        loader = self.lookup.loader
        of = compiled.of if compiled else lambda _: None
        self.plain = Words(loader, escaping=None, html=False, compiled=of("plain"))
        self.slack = Words(loader, escaping=slack_escape, html=False, compiled=of("slack"))
        self.html = Words(loader, escaping=None, html=True, compiled=of("html"))
        self._templates: dict[tuple[int, str], Template | TemplateFailure] = {}
        self._shared: dict[tuple[Any, ...], tuple[Facts, dict[str, Any]]] = {}

    def render(
        self,
        notice_id: int,
        facts: Facts,
        target: Target,
        parts: Sequence[str],
        links: Sequence[Link],
        zone: str = "UTC",
        *,
        kind: Kind | None = None,
        reason: Reason | None = None,
    ) -> Message:
        """The words of one notice for one target, the channel's `parts` by name.

        `kind` and `reason` are the notice's; where they are not given the facts' own count. `zone`
        is the IANA name of the zone that times are printed in. Only safe links are kept. When any
        template fails, all parts are built-in plain words and `failed_template` names it.
        """
        kind = kind or _known(Kind, facts.get("kind"), Kind.FIRING)
        reason = reason or _known(Reason, facts.get("reason"), Reason.FIRST)
        if not parts:
            return _wordless(notice_id, facts, kind, reason)
        safe = shown(links, answered=kind in _ANSWERED or facts.get("status") in _ANSWERED)
        failed: TemplateFailure | None = None
        try:
            names = self.names(facts, target, safe, zone, kind, reason)
            failed = names.get("failed")
            made = {} if failed else self._parts(names, target.channel, parts, kind)
        except TemplateFailure as failure:
            failed = failure
        except Exception as error:  # Promise 7: whatever is wrong with the facts, words go out
            names = bare_names(facts, kind.value)
            failed = TemplateFailure("the facts", None, f"{type(error).__name__}: {error}")
        if failed is not None:
            made = plain_parts(names, target.channel, parts, safe, failed.sentence)
        severity = names.get("severity") or ""
        rank = names.get("rank")
        return Message(
            notice_id=notice_id,
            incident=_number(facts.get("incident")),
            kind=kind,
            reason=reason,
            status=names.get("status") or "firing",
            severity=severity,
            rank=UNRANKED if rank is None else rank,
            dedup_key=dedup_key(facts),
            parts={part: _fitted(part, text) for part, text in made.items()},
            links=safe,
            facts=facts,
            failed_template=failed.template if failed else None,
        )

    def names(
        self,
        facts: Facts,
        target: Target,
        links: Sequence[Link],
        zone: str,
        kind: Kind,
        reason: Reason,
    ) -> dict[str, Any]:
        """What a template for this target may use; ``failed`` when a shared sentence failed."""
        you = target.person is not None
        key = (facts.get("incident"), facts.get("at"), kind, reason, zone, you)
        known = self._shared.get(key)
        # The key finds them fast, the comparison makes sure (one notice's note may differ).
        if known is not None and (known[0] is facts or known[0] == facts):
            names = known[1]
        else:
            names = {**self.plain.globals, **view_of(facts, kind, reason)}
            names.update(you=you, zone=zone, external_url=self.external_url)
            self._add_sentences(names)
            self._remember(key, facts, names)
        return {**names, **target_view(target, links)}

    def render_template(self, name: str, words: Words, names: dict[str, Any]) -> str:
        """The output of one template file. Raises TemplateFailure."""
        template = self.template(name, words)
        words.meter.start(names["zone"], names["at"])
        try:
            # Straight to the compiled function: Template.render would copy the names twice. They
            # hold Jinja's own globals, for a shared context looks nowhere else.
            context = template.new_context(names, shared=True)
            text = "".join(template.root_render_func(context))
            check_size(len(text))
        except Exception as error:
            raise failure_of(name, template, error) from error
        return text

    def words_for(self, channel: str, part: str) -> Words:
        """The environment whose escaping suits a part."""
        if part == "html":
            return self.html
        return self.slack if channel == "slack" else self.plain

    def _parts(
        self, names: dict[str, Any], channel: str, parts: Sequence[str], kind: Kind
    ) -> dict[str, str]:
        return {
            part: self.render_template(
                self.lookup.name_of(channel, part, kind), self.words_for(channel, part), names
            )
            for part in parts
        }

    def _remember(self, key: tuple[Any, ...], facts: Facts, names: dict[str, Any]) -> None:
        if len(self._shared) >= _REMEMBERED:
            self._shared = dict(list(self._shared.items())[1 - _REMEMBERED :])
        self._shared[key] = (facts, names)

    def _add_sentences(self, names: dict[str, Any]) -> None:
        for sentence in SENTENCES:
            names[sentence] = ""
        for sentence in SENTENCES:
            try:
                text = self.render_template(f"shared/{sentence}{SUFFIX}", self.plain, names)
            except TemplateFailure as failure:
                names["failed"] = failure
                return
            names[sentence] = one_line(text, 600)

    def template(self, name: str, words: Words) -> Template:
        """The compiled template, from memory after the first time. Raises TemplateFailure."""
        key = (id(words), name)
        known = self._templates.get(key)
        if known is None:
            try:
                known = words.get_template(name)
            except (TemplateError, OSError, ValueError, RecursionError) as error:
                known = failure_of(name, None, error)
            self._templates[key] = known
        if isinstance(known, TemplateFailure):
            raise known
        return known


def _wordless(notice_id: int, facts: Facts, kind: Kind, reason: Reason) -> Message:
    """The message for a channel that sends the facts themselves."""
    status, severity, rank = standing_of(facts, kind)
    return Message(
        notice_id=notice_id,
        incident=_number(facts.get("incident")),
        kind=kind,
        reason=reason,
        status=status,
        severity=severity,
        rank=UNRANKED if rank is None else rank,
        dedup_key=dedup_key(facts),
        parts={},
        links=(),
        facts=facts,
    )


def dedup_key(facts: Facts) -> str:
    """The key that all notices of one incident share, at most 255 characters.

    Made of the incident's number, its group and its beginning: numbers may start again when a
    database is made anew, and a vendor remembers.
    """
    origin = f"{facts.get('group_key')}|{facts.get('opened_at')}"
    digest = sha256(origin.encode("utf-8", "surrogatepass")).hexdigest()[:20]
    return f"gateway-{_number(facts.get('incident'))}-{digest}"


def _fitted(part: str, text: str) -> str:
    limit = LINES.get(part)
    if limit is None:
        return text.strip("\n") + "\n" if text.strip() else ""
    line = one_line(text)
    if len(line) <= limit:
        return line
    return _whole_entities(one_line(line, limit))


def _whole_entities(text: str) -> str:
    """Without a torn "&am…" at the end, where Slack's escapes were cut through."""
    start = text.rfind("&", max(0, len(text) - 6))
    return text if start < 0 or ";" in text[start:] else text[:start].rstrip() + "…"


def _known(enum: Callable[[Any], Any], value: object, otherwise: Any) -> Any:
    try:
        return enum(value)
    except ValueError:
        return otherwise


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
