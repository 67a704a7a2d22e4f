"""Composition of messages: stored facts, links for one target, and its time zone."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson

from gateway.channels.contract import Channel, TakesReplies
from gateway.core.decide.facts import without_ends
from gateway.core.incidents.message import Button, Link, Message
from gateway.core.incidents.notice import (
    FIRING_KINDS,
    NoticeKind,
    NotifyReason,
    Subject,
    SubjectKind,
)
from gateway.core.incidents.outbox import Notice
from gateway.core.plan.channels import Capability, spec_of
from gateway.core.plan.plan import Plan, Target
from gateway.flow.delivery.outcome import is_urgent
from gateway.links import Links, Purpose
from gateway.metrics import Metrics
from gateway.render.request import RenderRequest
from gateway.render.service import RenderService
from gateway.render.view.declared_links import IncidentLinks, declared_links, incident_links
from gateway.render.view.links import links_from, unsafe_links_text
from gateway.render.view.runbooks import runbook_of
from gateway.render.view.severity_title import severity_title

log = logging.getLogger(__name__)


def mentions_of(
    target: Target, kind: NoticeKind, facts: Mapping[str, Any], plan: Plan
) -> tuple[str, ...]:
    """Return the ids at a channel's account of the people whom the decision of a notice pages."""
    if target.person is not None or kind not in FIRING_KINDS:
        return ()
    if not spec_of(target.channel).can(Capability.MENTIONS):
        return ()
    people = [plan.people[one] for one in facts.get("paged") or () if one in plan.people]
    return tuple(id_ for person in people if (id_ := person.mention_at(target.account)))


LINK_VALID_FOR = 48 * 3600.0
"""Seconds for which an acknowledge link is valid, from the sending of its message."""


BUTTON_VALID_FOR = 2 * 3600.0
"""Seconds for which the button of a push message acknowledges, from the sending of its message.
Servers keep messages for hours, with the button's token. Shorter: somebody who reads the message
late finds that the button does not work, and has to open the page."""

REPLY_VALID_FOR = 7 * 86400.0
"""Seconds for which a message can be replied to. Longer: an old mail still acts on an incident."""


class Composer:
    """Composes messages, at each attempt again, so that a corrected template counts at once."""

    def __init__(
        self,
        plan: Callable[[], Plan],
        renderer: Callable[[], RenderService],
        links: Links,
        now: Callable[[], float],
        metrics: Metrics,
    ) -> None:
        """`plan` and `renderer` return those in force: a reload replaces them."""
        self._metrics = metrics
        self._plan = plan
        self._renderer = renderer
        self._links = links
        self._now = now

    async def compose(self, notice: Notice, kind: NoticeKind, channel: Channel) -> Message:
        """Return the message of a notice that is sent as `kind`."""
        facts = orjson.loads(notice.facts)
        if not notice.target.send_resolved:
            facts = without_ends(facts)
        facts["external_url"] = self._links.external_url
        if kind is NoticeKind.DIGEST:
            facts["digest"] = self._digest_lines(notice, facts.get("digest", ()))
        if kind is NoticeKind.REPORT:
            self._link_incidents(facts.get("report"))
        if kind is NoticeKind.LATE and not facts.get("note"):
            name = channel.spec.label
            facts["note"] = f"This notification is late: {name} could not be reached before."
        if channel.spec.parts and (unsafe := unsafe_links_text(facts, links_from(facts))):
            facts["note"] = "; ".join(filter(None, [facts.get("note"), unsafe]))
        if kind in FIRING_KINDS and kind is not NoticeKind.DIGEST:
            facts["heading"] = self._heading(facts)
            facts["immediate"] = self._immediate(facts)
        reply_token = self._reply_token(notice)
        request = RenderRequest(
            notice.id,
            facts,
            notice.target,
            channel.spec.parts,
            # A channel that sends the facts themselves has the alerts' links in them.
            self._links_of(notice, facts) if channel.spec.parts else self._declared(facts),
            self._time_zone(notice),
            kind,
            notice.reason,
            bool(reply_token) and isinstance(channel, TakesReplies) and channel.takes_replies,
        )
        message = await self._renderer().render(request, rank=notice.rank)
        mentions = mentions_of(notice.target, kind, facts, self._plan())
        return replace(
            message,
            reduced=notice.refused,
            mentions=mentions,
            reply_token=reply_token,
            callback_url=self._links.callbacks(notice.target.account),
            urgent=is_urgent(self._plan(), notice, kind),
            button=self._button(notice, kind, channel),
        )

    def _button(self, notice: Notice, kind: NoticeKind, channel: Channel) -> Button | None:
        """Return the button that acknowledges as the person whose message it is."""
        person = notice.target.person
        if notice.incident is None or not person or kind not in FIRING_KINDS:
            return None
        if not channel.spec.can(Capability.PRESSED_BUTTONS):
            return None
        expires_at = self._now() + BUTTON_VALID_FOR
        token = self._links.token(Purpose.PUSH, notice.incident, person, expires_at)
        return Button(self._links.push(), token)

    def _heading(self, facts: Mapping[str, Any]) -> str:
        """Return the severity's title; empty without one, or (logged) where it cannot be used."""
        title = severity_title(facts, self._plan())
        if title.problem:
            number, name = facts.get("incident"), facts.get("severity")
            log.warning("incident #%s: no title of severity %s: %s", number, name, title.problem)
        return title.text

    def _immediate(self, facts: Mapping[str, Any]) -> str:
        """Return what the runbook says to do at once; empty without such a section."""
        page = runbook_of(facts, self._plan(), self._links.external_url).page
        return page.immediate if page is not None else ""

    def _reply_token(self, notice: Notice) -> str:
        """Return the token of a reply; empty where a reply would be nobody's, or about nothing."""
        person = notice.target.person
        if notice.incident is None or not person or notice.target.copies:
            return ""
        expires_at = self._now() + REPLY_VALID_FOR
        return self._links.reply_token(notice.incident, person, expires_at)

    def _links_of(self, notice: Notice, facts: Mapping[str, Any]) -> list[Link]:
        links = self._links_to_read(facts)
        if notice.kind is NoticeKind.DIGEST:
            links.append(Link("list", "All incidents", self._links.incidents()))
        if notice.subject is not None:
            links += self._swap_links(notice, notice.subject)
            if notice.subject.kind is SubjectKind.REPORT:
                links.append(Link("list", "All incidents", self._links.incidents()))
            links.append(Link("oncall", "Who is on call", self._links.on_call()))
        if notice.incident is None:
            return links
        number, person = notice.incident, notice.target.person or ""
        links.append(Link("incident", f"Incident #{number}", self._links.incident(number)))
        url = self._acknowledge_url(notice, number)
        if facts.get("status") == "resolved":
            links.append(Link("rate", "Was it useful?", url))
        elif _is_offered_to(person, facts):
            links += [Link("accept", "Accept", url), Link("decline", "Decline", url)]
        elif facts.get("status") == "firing":
            links.append(Link("acknowledge", "Acknowledge", url))
        elif facts.get("status") == "acknowledged":
            ack = facts.get("ack")
            holder = ack.get("by") if isinstance(ack, Mapping) else None
            if not person or person != holder:
                links.append(Link("take", "Take over", url))
            links.append(Link("undo", "Undo", url))
        return links

    def _links_to_read(self, facts: Mapping[str, Any]) -> list[Link]:
        """Return the links of the alerts and of routes.yaml; log and count what is left out."""
        return self._usable(incident_links(facts, self._plan(), self._links.external_url), facts)

    def _declared(self, facts: Mapping[str, Any]) -> list[Link]:
        return self._usable(declared_links(facts, self._plan()), facts)

    def _usable(self, result: IncidentLinks, facts: Mapping[str, Any]) -> list[Link]:
        for problem in result.problems:
            self._metrics.count_dropped_link()
            log.warning("incident #%s: left out the %s", facts.get("incident"), problem)
        return result.links

    def _swap_links(self, notice: Notice, subject: Subject) -> list[Link]:
        """Return the links to answer a swap, which are signed here, never stored."""
        person = notice.target.person
        if notice.reason is not NotifyReason.SWAP_ASKED or person is None:
            return []
        url = self._links.swap(int(subject.id), person, self._now() + LINK_VALID_FOR)
        return [Link("accept_swap", "Accept", url), Link("decline_swap", "Decline", url)]

    def _acknowledge_url(self, notice: Notice, number: int) -> str:
        expires_at = self._now() + LINK_VALID_FOR
        return self._links.acknowledge(number, notice.target.person or "", expires_at)

    def _link_incidents(self, report: object) -> None:
        """Give the incidents that a report lists, and those of follow-up items, their links."""
        for key in ("open", "follow_ups"):
            listed = report.get(key) if isinstance(report, dict) else None
            for one in listed if isinstance(listed, list) else ():
                if isinstance(one, dict) and isinstance(one.get("number"), int):
                    one["url"] = self._links.incident(one["number"])

    def _digest_lines(
        self, notice: Notice, lines: Sequence[Mapping[str, Any]]
    ) -> list[dict[str, Any]]:
        """Return the lines of a digest with their links, which are signed here, never stored."""
        linked = []
        for line in lines:
            number = line.get("incident")
            links: dict[str, Any] = {}
            if isinstance(number, int):
                about = line.get("about")  # only the first lines have it
                links["url"] = self._links.incident(number)
                links["links"] = [
                    {"role": one.role, "text": one.text, "url": one.url}
                    for one in (self._links_to_read({**about, "incident": number}) if about else ())
                ]
                if line.get("status") == "firing":
                    links["acknowledge"] = self._acknowledge_url(notice, number)
            linked.append({**line, **links})
        return linked

    def _time_zone(self, notice: Notice) -> str:
        plan = self._plan()
        person = plan.people.get(notice.target.person or "")
        return person.timezone if person else plan.business_hours.zone


def _is_offered_to(person: str, facts: Mapping[str, Any]) -> bool:
    """Return whether the incident is handed over to a person, who has not accepted yet."""
    offered_to = facts.get("offered_to")
    return bool(person) and isinstance(offered_to, Mapping) and offered_to.get("id") == person
