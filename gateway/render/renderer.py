"""Rendering of a notice's facts for a target. It never fails.

Every template runs in a sandbox with a step budget (see `budget`). The budget does not bound time:
nested values can still expand without end. So the server renders only the shipped templates
itself; all others run in a worker process with limits (`service`, `worker`). Names computed from
the facts, and the sentences that all channels share, are computed once per time zone.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Template, TemplateError

from gateway.core.incidents.facts import StoredFacts
from gateway.core.incidents.message import Message
from gateway.core.incidents.notice import NoticeKind
from gateway.core.plan.channels import CHANNELS, spec_of
from gateway.core.text.escape import one_line
from gateway.core.text.markup import Markup
from gateway.render.finish import (
    Outcome,
    finish_message,
    message_without_text,
    with_safe_links,
)
from gateway.render.jinja.budget import check_size
from gateway.render.jinja.failure import TemplateRenderError, failure_of
from gateway.render.jinja.lookup import SENTENCES, SUFFIX, Lookup
from gateway.render.jinja.sandbox import TemplateEnvironment
from gateway.render.request import RenderRequest
from gateway.render.view.view import target_view, view_of

_CACHED_FACTS = 8  # facts of a thousand alerts take a megabyte


class Renderer:
    """Renders facts as text.

    `template_dirs` are the admin's folders, first wins; the shipped templates come last. A file is
    read once, when first needed: a reload makes a new Renderer. Thread-safe.
    `on_template_start` is called with the name of each template before it is rendered. A
    TemplateRenderError that it raises counts as that template's failure.
    """

    def __init__(self, template_dirs: Sequence[Path], external_url: str = "") -> None:
        self.lookup = Lookup(template_dirs)
        self.external_url = external_url
        loader = self.lookup.loader
        self.plain = TemplateEnvironment(loader, escaping=None, html=False)
        self.html = TemplateEnvironment(loader, escaping=None, html=True)
        self._by_markup: dict[Markup | None, TemplateEnvironment] = {None: self.plain}
        for spec in CHANNELS.values():
            if spec.markup is not None and spec.markup not in self._by_markup:
                self._by_markup[spec.markup] = TemplateEnvironment(
                    loader, spec.markup.escape, html=False
                )
        self.on_template_start: Callable[[str], None] | None = None
        self._templates: dict[tuple[int, str], Template | TemplateRenderError] = {}
        self._shared: dict[tuple[Any, ...], tuple[StoredFacts, dict[str, Any]]] = {}

    def render(self, request: RenderRequest) -> Message:
        """Return the message of one notice for one target.

        Unsafe links are dropped. If any template fails, all parts are built-in plain text and
        `failed_template` names it.
        """
        if not request.parts:
            return message_without_text(request)
        request = with_safe_links(request)
        return finish_message(request, self.render_parts(request))

    def render_parts(self, request: RenderRequest) -> Outcome:
        """Render the templates of the request's parts, or return the first failure."""
        try:
            names = self.names(request)
            failed: TemplateRenderError | None = names.get("failed")
            return failed or self._parts(names, request.target.channel, request.parts, request.kind)
        except TemplateRenderError as failure:
            return failure
        except Exception as error:  # Promise 7: facts of another shape must not stop the message
            return TemplateRenderError("the facts", None, f"{type(error).__name__}: {error}")

    def names(self, request: RenderRequest) -> dict[str, Any]:
        """Return the names of templates for a request.

        ``failed`` if a shared sentence failed.
        """
        facts, kind, reason, zone = request.facts, request.kind, request.reason, request.zone
        you = request.target.person is not None
        key = (facts.get("incident"), facts.get("at"), kind, reason, zone, you)
        known = self._shared.get(key)
        # The key is a fast check only: the notes of two notices may differ.
        if known is not None and (known[0] is facts or known[0] == facts):
            names = known[1]
        else:
            names = {**self.plain.globals, **view_of(facts, kind, reason)}
            names.update(you=you, zone=zone, external_url=self.external_url)
            self._add_sentences(names)
            self._cache_names(key, facts, names)
        return {
            **names,
            **target_view(request.target, request.links, takes_replies=request.takes_replies),
        }

    def render_template(
        self, name: str, environment: TemplateEnvironment, names: dict[str, Any]
    ) -> str:
        """Return the output of one template file. Raises TemplateRenderError."""
        if self.on_template_start is not None:
            self.on_template_start(name)
        template = self.template(name, environment)
        environment.meter.start(names["zone"], names["at"])
        try:
            # Template.render would copy the names twice. They include Jinja's globals, because a
            # shared context has no others.
            context = template.new_context(names, shared=True)
            text = "".join(template.root_render_func(context))
            check_size(len(text))
        except Exception as error:
            raise failure_of(name, template, error) from error
        return text

    def compile_shipped(self) -> None:
        """Compile the shipped templates now, so that no message waits for it."""
        for name in self.lookup.files():
            if self.lookup.is_shipped(name):
                folder, _, file = name.partition("/")
                self.template(name, self.environment_for(folder, file.partition(".")[0]))

    def environment_for(self, channel: str, part: str) -> TemplateEnvironment:
        """Return the environment that escapes a part as its format needs."""
        if part == "html":
            return self.html
        return self._by_markup[spec_of(channel).markup]

    def _parts(
        self, names: dict[str, Any], channel: str, parts: Sequence[str], kind: NoticeKind
    ) -> dict[str, str]:
        return {
            part: self.render_template(
                self.lookup.name_of(channel, part, kind), self.environment_for(channel, part), names
            )
            for part in parts
        }

    def _cache_names(self, key: tuple[Any, ...], facts: StoredFacts, names: dict[str, Any]) -> None:
        if len(self._shared) >= _CACHED_FACTS:
            self._shared = dict(list(self._shared.items())[1 - _CACHED_FACTS :])
        self._shared[key] = (facts, names)

    def _add_sentences(self, names: dict[str, Any]) -> None:
        for sentence in (*SENTENCES, "action"):
            names[sentence] = ""
        for sentence in SENTENCES:
            try:
                text = self.render_template(f"shared/{sentence}{SUFFIX}", self.plain, names)
            except TemplateRenderError as failure:
                names["failed"] = failure
                return
            names[sentence] = one_line(text, 600)
        names["action"] = names["asked"]  # which is its older name

    def template(self, name: str, environment: TemplateEnvironment) -> Template:
        """Return the compiled template, compiled once. Raises TemplateRenderError."""
        key = (id(environment), name)
        known = self._templates.get(key)
        if known is None:
            try:
                known = environment.get_template(name)
            except (TemplateError, OSError, ValueError, RecursionError) as error:
                known = failure_of(name, None, error)
            self._templates[key] = known
        if isinstance(known, TemplateRenderError):
            raise known
        return known
