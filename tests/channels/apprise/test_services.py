"""The services that docs/apprise.md names: their URLs are read, and their requests are ours."""

import re
from io import BytesIO
from typing import Any

import pytest
import requests
from requests.adapters import BaseAdapter

from gateway.channels.apprise import channel as module
from gateway.channels.apprise.requests_shim import Exchange, begin
from gateway.core.plan.accounts import Secret
from gateway.core.plan.plan import Target
from gateway.core.plan.service_url import service_url
from tests.channels.messages import message
from tests.shared_data import CHECKOUT

SERVICES = {
    "workflows://prod-01.westeurope.logic.azure.com:443/643e69f83c8944438d68119179a10a64/"
    "test-signature/": "prod-01.westeurope.logic.azure.com",
    f"discord://{'1' * 19}/{'t' * 68}": "discord.com",
    "tgram://123456789:abcdefg_hijklmnop/12315544/": "api.telegram.org",
    "matrixs://user:test-password@matrix.example.com/#billing": "matrix.example.com",
    f"mmosts://mattermost.example.com/{'a' * 24}": "mattermost.example.com",
    f"rockets://{'a' * 24}/{'b' * 24}@rocketchat.example.com": "rocketchat.example.com",
    f"wxteams://{'a' * 80}": "api.ciscospark.com",
    "gchat://test-space/test-key/test-token": "chat.googleapis.com",
    f"pover://{'u' * 30}@{'a' * 30}": "api.pushover.net",
    "signals://signal.example.com/+4930123456/+4915112345678": "signal.example.com",
    "gotifys://gotify.example.com/abcdefghijklmn": "gotify.example.com",
    "opsgenie://a6k4ABnck26hDh8AA3EDHoOVdDEUlw3nty": "api.opsgenie.com",
    f"splunk://database@{'a' * 8}-1111-1111-1111-{'a' * 12}": "alert.victorops.com",
    "jsons://hooks.example.com/path": "hooks.example.com",
}
"""URLs with values of the right form, and the host that a message goes to."""


class AnyVendor(BaseAdapter):
    """Accepts every request, as each of the services would."""

    def __init__(self) -> None:
        super().__init__()
        self.hosts: list[str] = []

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        """Return a success that has what any of the plugins reads."""
        self.hosts.append(str(request.url).split("/")[2].partition(":")[0])
        response = requests.Response()
        response.status_code = 200 if "discord" not in self.hosts[-1] else 204
        if "victorops" in self.hosts[-1] or "logic.azure" in self.hosts[-1]:
            response.status_code = 200
        body = b'{"ok": true, "access_token": "t", "user_id": "u", "home_server": "h",'
        body += b' "room_id": "!r:h", "event_id": "e", "joined_rooms": [], "success": true,'
        body += b' "versions": ["v1.11"], "result": "success", "requestId": "r",'
        body += b' "m.homeserver": {"base_url": "https://matrix.example.com"}}'
        text = b"ok" if "mattermost" in self.hosts[-1] else body
        response.raw = BytesIO(text)
        response.request = request
        response.url = str(request.url)
        return response

    def close(self) -> None:
        """Do nothing."""


@pytest.mark.parametrize("url", SERVICES, ids=lambda url: url.partition(":")[0])
def test_documented_service_is_reached_by_the_gateways_client(url: str) -> None:
    """A page whose URLs do not work wastes somebody's evening."""
    service = module._service(service_url(url))
    assert service is not None
    vendor = AnyVendor()
    exchange: Exchange = begin(vendor)  # type: ignore[arg-type]
    accepted = service.notify(body="text", title="title", notify_type="failure", body_format="text")
    assert vendor.hosts
    assert set(vendor.hosts) == {SERVICES[url]}
    assert exchange.failure is None
    assert accepted


async def test_service_that_signs_in_does_so_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Matrix limits sign-ins; after a failure the next message signs in anew."""
    url = next(one for one in SERVICES if one.startswith("matrixs"))
    channel = module.Apprise({"${M}": Secret(url)})
    vendor = AnyVendor()
    monkeypatch.setattr(channel, "_transport", vendor)
    target = Target("apprise", "${M}")
    await channel.send(message(), target, None)
    first = len(vendor.hosts)
    await channel.send(message(), target, None)
    assert len(vendor.hosts) - first == 1
    await channel.close()


def test_each_service_of_the_page_is_tried() -> None:
    """The page and this list name the same schemes."""
    page = (CHECKOUT / "docs" / "apprise.md").read_text(encoding="utf-8")
    rows = re.findall(r"\| `([a-z]+)://", page)
    assert sorted(rows) == sorted(url.partition(":")[0] for url in SERVICES)
