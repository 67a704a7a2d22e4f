"""Pages for people: plain HTML from the templates in this folder, no script, nothing from outside.

Everything is escaped where it is printed. What a label says is cleaned of direction marks too, for
they would turn the page's own words around. A link is only made of what `safe_url` lets through.
"""

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from gateway.core.text.escape import one_line, safe_url
from gateway.render.view.clean import clean, cut
from gateway.render.view.times import clock_time, duration

FOLDER = Path(__file__).parent
STYLE = (FOLDER / "style.css").read_text(encoding="utf-8")

# The browser only takes this one style sheet, and sends forms to nobody but us.
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
SAFE_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters.update(
        clean=clean, cut=cut, duration=duration, one_line=one_line, safe_url=safe_url
    )
    environment.globals["style"] = STYLE
    environment.globals["clock"] = clock_time
    return environment


_pages = _environment()


def page(
    template: str,
    context: Mapping[str, Any],
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> web.Response:
    """A template of this folder as an answer that no cache keeps and no frame shows."""
    return web.Response(
        text=_pages.get_template(template).render(context),
        status=status,
        headers={**SAFE_HEADERS, **(headers or {})},
        content_type="text/html",
        charset="utf-8",
    )


def message_page(
    title: str,
    *sentences: str,
    status: int,
    up: str = "",
    tone: str = "test",
    number: int | None = None,
    home: bool = False,
    headers: Mapping[str, str] | None = None,
) -> web.Response:
    """A page that only says something. `up` leads to the root; `number` is an incident's; with
    `home` it leads on to the list, for who may read it."""
    context = {"title": title, "sentences": sentences, "tone": tone, "number": number, "up": up}
    context["home"] = home
    return page("message.html", context, status=status, headers=headers)
