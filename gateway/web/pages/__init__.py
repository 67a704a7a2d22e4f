"""Pages for people: plain HTML from the templates in this folder, without scripts.

Everything is escaped where it is printed. Values of labels are cleaned of direction marks too,
because they would reverse the page's own text. Links are made only of URLs that `safe_url` allows.
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

# The browser applies only this style sheet, and sends forms only to the gateway.
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
    """Return a template of this folder as a response that no cache stores and no frame shows."""
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
    """Return a page with a title and sentences.

    `up` is the relative path to the root. The page links to incident `number`, or with `home` to
    the list of incidents.
    """
    context = {"title": title, "sentences": sentences, "tone": tone, "number": number, "up": up}
    context["home"] = home
    return page("message.html", context, status=status, headers=headers)
