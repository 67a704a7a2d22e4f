"""A gateway in virtual time whose people are reached by text message."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from gateway.core.incidents.incident import Incident
from gateway.core.incidents.timeline import TimelineEntry
from gateway.store.state import timeline
from tests.fakes.twilio_posts import (
    AUTH_TOKEN,
    call_state,
    inbound_text,
    message_state,
    post,
    pressed_key,
)
from tests.flow.world import ROUTES, World
from tests.web.real import Client, served

ANA, BEN = "+4915112345678", "+4915112345679"
ANA_SMS, BEN_SMS = f"sms:{ANA}", f"sms:{BEN}"
ROUTES_WITH_SMS = (
    ROUTES.replace(
        "channels:",
        "channels:\n"
        f"  sms: {{account_sid: AC{32 * '0'}, token: test-twilio-auth-token,"
        f' from: "+4930123456", callbacks: {{signing_secret: {AUTH_TOKEN}}}}}',
        1,
    )
    .replace(
        "email: ana@example.com, slack: U0ANA",
        f'email: ana@example.com, sms: "{ANA}", '
        "notify: {urgent: [{by: sms}, {by: email, after: 10m}]}",
    )
    .replace("email: ben@example.com", f'sms: "{BEN}"')
)


@dataclass
class Phones:
    """The gateway, and how Twilio posts to it."""

    world: World
    client: Client

    @property
    def base(self) -> str:
        """The public URL."""
        return self.world.engine.links.external_url

    def notice_to(self, target: str) -> int:
        """Return the id of the first message to a target."""
        return next(one.notice for one in self.world.delivered if one.to == target)

    def sent_to(self, target: str) -> list[str]:
        """Return the reasons of the messages to a target."""
        return [one.reason for one in self.world.delivered if one.to == target]

    async def state(
        self,
        state: str,
        to: str = ANA,
        *,
        code: str = "",
        notice: int | None = None,
        sid: str = "SM1",
    ) -> int:
        """Post a message's state, and let the gateway go on; return the answer's status."""
        number = self.notice_to(f"sms:{to}") if notice is None else notice
        path = f"/callbacks/sms/status?notice={number}"
        form = message_state(state, to, code=code, sid=sid)
        answer = await post(self.client, path, form, base=self.base)
        await self.world.advance(1.0)
        return answer.status

    async def text(
        self, text: str, sender: str = ANA, *, sid: str = "SM2", opt_out: str = ""
    ) -> str:
        """Post a text message, and return what is answered by text message."""
        form = inbound_text(text, sender, sid=sid, opt_out=opt_out)
        answer = await post(self.client, "/callbacks/sms/message", form, base=self.base)
        assert (answer.status, answer.content_type) == (200, "text/xml")
        document = ElementTree.fromstring(await answer.text())
        await self.world.advance(1.0)
        return "".join(one.text or "" for one in document.iter("Message"))

    async def call(self, state: str, to: str = ANA, *, code: str = "", sid: str = "CA1") -> int:
        """Post a call's state, and let the gateway go on; return the answer's status."""
        path = f"/callbacks/voice/status?notice={self.notice_to(f'voice:{to}')}"
        form = call_state(state, to, code=code, sid=sid)
        answer = await post(self.client, path, form, base=self.base)
        await self.world.advance(1.0)
        return answer.status

    async def press(
        self, key: str, to: str = ANA, *, sid: str = "CA1", notice: int | None = None
    ) -> ElementTree.Element:
        """Press a key in a call, and return the document that it goes on with."""
        number = self.notice_to(f"voice:{to}") if notice is None else notice
        path = f"/callbacks/voice/keys?notice={number}"
        answer = await post(self.client, path, pressed_key(key, to, sid=sid), base=self.base)
        assert (answer.status, answer.content_type) == (200, "text/xml")
        await self.world.advance(1.0)
        return ElementTree.fromstring(await answer.text())

    async def incident(self, number: int = 1001) -> Incident:
        return await self.world.incident(number)

    async def entries(self, number: int = 1001) -> list[TimelineEntry]:
        """Return the timeline of an incident."""
        return await self.world.engine.store.read(lambda tx: timeline.entries(tx, number))


@asynccontextmanager
async def phones(folder: Path, routes: str = ROUTES_WITH_SMS) -> AsyncIterator[Phones]:
    """Yield a gateway that nothing has happened in."""
    async with served(folder, routes) as (world, client):
        yield Phones(world, client)
