"""Resolve a signed link to an incident and a person."""

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from gateway.core.oncall.rota import on_call
from gateway.core.plan.plan import Plan
from gateway.core.text.escape import one_line
from gateway.flow.engine import Engine
from gateway.links import ExpiredLinkError, ForgedLinkError, LinkClaim, Purpose
from gateway.web.explain.names import name_of
from gateway.web.http.access import has_write_access
from gateway.web.http.origin import is_prefetch
from gateway.web.http.refusals import RefusalKind, record_refusal
from gateway.web.pages import message_page, page

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class SignedLink:
    """A valid link, and how many segments below its own page the request is."""

    claim: LinkClaim
    token: str
    below: int

    @property
    def up(self) -> str:
        """Return the relative path to the root, so that a proxy may serve us under any path."""
        return "../" * (self.below + 1)

    @property
    def here(self) -> str:
        """Return the relative path to the link's own page."""
        return "../" * self.below + self.token


def resolve_link(
    engine: Engine, request: web.Request, below: int = 0, purpose: Purpose = Purpose.ACKNOWLEDGE
) -> SignedLink | web.Response:
    """Return the link of a request, or the page that says why it is not valid."""
    up = "../" * (below + 1)
    if is_prefetch(request):
        text = "The page was requested by a prefetch. Open the link again."
        return message_page("Not prefetched", text, status=403, up=up)
    token = request.match_info["token"]
    try:
        claim = engine.links.read(purpose, token, engine.now())
    except ExpiredLinkError as expired:
        record_refusal(request, RefusalKind.EXPIRED_LINK, "expired link")
        number, is_swap = expired.claim.number, purpose is Purpose.SWAP
        hint = f"Use the newest message of the incident, or the command: gateway ack {number}"
        if is_swap:
            hint = "One of the shifts is over. The swap is listed by: gateway swap list --ended"
        return message_page(
            "This link has expired",
            "Links in messages are valid for a limited time, so that an old one cannot be misused.",
            hint,
            status=410,
            up=up,
            number=None if is_swap else number,
        )
    except ForgedLinkError:
        record_refusal(request, RefusalKind.FORGED_LINK, "link with an invalid signature")
        text = (
            "It is incomplete or was changed. Some mail programs break long links in two: copy the "
            "whole link from the message, or use a newer message."
        )
        return message_page("This link is not valid", text, status=404, up=up)
    return SignedLink(claim, token, below)


def incident_gone(seen_by: SignedLink) -> web.Response:
    """Return the page of a link whose incident is past its retention."""
    text = "It was resolved long ago and is past its retention."
    title = f"There is no incident #{seen_by.claim.number}"
    return message_page(title, text, status=404, up=seen_by.up)


def person_in_form(form: Mapping[str, str], plan: Plan) -> str:
    """Return the person chosen in the form: a configured one, or any name if none is configured."""
    name = one_line(form.get("person", ""), LONGEST_NAME)
    return name if not plan.people or name in plan.people else ""


def people_choices(plan: Plan, now: float) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return groups of (id, name) for the form, people on call first."""
    on_call_now = dict.fromkeys(one for rota in plan.rotas.values() for one in on_call(rota, now))
    others = [one for one in plan.people if one not in on_call_now]
    groups = (
        ("On call now", [one for one in on_call_now if one in plan.people]),
        ("Everybody", others),
    )
    return [
        (title, sorted(((one, name_of(plan, one)) for one in ids), key=lambda pair: pair[1]))
        for title, ids in groups
        if ids
    ]


async def head_only(request: web.Request) -> web.StreamResponse:
    """Answer HEAD without reading anything: mail scanners send it."""
    return page("empty.html", {})


LINK_LIFETIME = 3600.0
"""Seconds for which the signed links of pages are valid."""


def signed_link(request: web.Request, engine: Engine, number: int, now: float) -> str:
    """Return a signed link to act on an incident, relative to the root.

    It is valid for LINK_LIFETIME. Empty for a request without write access.
    """
    if not has_write_access(request):
        return ""
    return f"ack/{engine.links.token(Purpose.ACKNOWLEDGE, number, '', now + LINK_LIFETIME)}"


def link_to_silence(request: web.Request, engine: Engine, number: int, now: float) -> str:
    """Return a signed link to silence an incident and end that; empty as in `signed_link`."""
    link = signed_link(request, engine, number, now)
    return f"{link}/silence" if link else ""
