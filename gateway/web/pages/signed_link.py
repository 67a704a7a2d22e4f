"""Who comes by a signed link, and who they say they are."""

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from gateway.core.oncall.rota import on_call
from gateway.core.plan.plan import Plan
from gateway.core.text.escape import one_line
from gateway.flow.engine import Engine
from gateway.links import ExpiredLinkError, ForgedLinkError, LinkClaim, Purpose
from gateway.web.explain.names import name_of
from gateway.web.http.origin import is_prefetch
from gateway.web.http.refusals import RefusalKind, record_refusal
from gateway.web.pages import message_page, page

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class SignedLink:
    """Who came by which link, and how many segments below the link's own page this one is."""

    claim: LinkClaim
    token: str
    below: int

    @property
    def up(self) -> str:
        """The way to the root: relative, so that a proxy may serve us under any path."""
        return "../" * (self.below + 1)

    @property
    def here(self) -> str:
        """The link's own page, as seen from this one."""
        return "../" * self.below + self.token


def resolve_link(engine: Engine, request: web.Request, below: int = 0) -> SignedLink | web.Response:
    """The visit, or the page that says why there is none."""
    up = "../" * (below + 1)
    if is_prefetch(request):
        said = "Opening a link ahead of time changes nothing here. Open it again."
        return message_page("Not loaded ahead", said, status=403, up=up)
    token = request.match_info["token"]
    try:
        claim = engine.links.read(Purpose.ACKNOWLEDGE, token, engine.now())
    except ExpiredLinkError as expired:
        record_refusal(request, RefusalKind.EXPIRED_LINK, "expired link")
        number = expired.claim.number
        return message_page(
            "This link has expired",
            "Links in messages work for a limited time, so that an old one cannot do harm.",
            f"Use the newest message of the incident, or the command: gateway ack {number}",
            status=410,
            up=up,
            number=number,
        )
    except ForgedLinkError:
        record_refusal(
            request, RefusalKind.FORGED_LINK, "link that was not made here, or was changed"
        )
        said = (
            "It is incomplete, or was changed on its way. Some mail programs break long links "
            "in two: copy the whole link from the message, or use a newer message."
        )
        return message_page("This link is not valid", said, status=404, up=up)
    return SignedLink(claim, token, below)


def incident_gone(seen_by: SignedLink) -> web.Response:
    """The page of an incident that is not there any more."""
    said = "It was long ago, and its records have been removed."
    title = f"There is no incident #{seen_by.claim.number}"
    return message_page(title, said, status=404, up=seen_by.up)


def person_in_form(form: Mapping[str, str], plan: Plan) -> str:
    """Who the form says it is: one of the configured people, any name only without any."""
    name = one_line(form.get("person", ""), LONGEST_NAME)
    return name if not plan.people or name in plan.people else ""


def people_choices(plan: Plan, now: float) -> list[tuple[str, list[tuple[str, str]]]]:
    """Groups of (id, name) to choose from, those on call first."""
    first = dict.fromkeys(one for rota in plan.rotas.values() for one in on_call(rota, now))
    rest = [one for one in plan.people if one not in first]
    groups = (("On call now", [one for one in first if one in plan.people]), ("Everybody", rest))
    return [
        (title, sorted(((one, name_of(plan, one)) for one in ids), key=lambda pair: pair[1]))
        for title, ids in groups
        if ids
    ]


async def head_only(request: web.Request) -> web.StreamResponse:
    """HEAD: says that there is a page, and looks at nothing."""
    return page("empty.html", {})
