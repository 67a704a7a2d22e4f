"""The whole path of an alert with debug logs, searched for secrets."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from tests.processes.conftest import MakeGateway
from tests.processes.database import rows
from tests.processes.harness import request, wait_for
from tests.processes.payloads import acknowledge_link, alert, resolved
from tests.processes.routes import ENV, SEVERAL
from tests.processes.vendors import Vendors

pytestmark = pytest.mark.process

KEY = "test-signing-key-of-the-links"
API_TOKEN = "test-api-token-of-the-gateway"
SOURCE_TOKEN = "test-alertmanager-bearer"
HEARTBEAT = "test-heartbeat-secret-path"
HOOK = "test-secret-in-the-hook-address"
HOOK_BEARER = "test-bearer-of-the-hook"
ROUTES = (
    SEVERAL.replace(
        'webhook: [{url: "<webhook>/hook"}]',
        'webhook: [{url: "<webhook>/${HOOK}", bearer: "${HOOK_BEARER}"}]',
    )
    + '\nsources:\n  alertmanager: {type: alertmanager, bearer: "${SOURCE_TOKEN}"}\n'
)
SECRETS = {
    **ENV,
    "key": KEY,
    "API token": API_TOKEN,
    "source's token": SOURCE_TOKEN,
    "heartbeat": HEARTBEAT,
    "hook": HOOK,
    "hook's bearer": HOOK_BEARER,
}
PAGES = ("/", "/incidents/1001", "/healthz", "/readyz", "/metrics", "/api/v1/openapi.json")


def paths(openapi: Mapping[str, Any]) -> list[str]:
    """Return every path to request: the pages, and all of the API's own document."""
    paths = [path for path, operations in openapi["paths"].items() if "get" in operations]
    assert len(paths) > 5, paths
    return [*PAGES, *(re.sub(r"\{[^}]*\}", "1001", path) for path in paths)]


def secrets_in(text: str | bytes) -> set[str]:
    """Return the names of the secrets in a text."""
    raw = text.encode() if isinstance(text, str) else text
    return {name for name, value in SECRETS.items() if value.encode() in raw}


def test_no_secret_is_in_logs_database_or_pages(
    make_gateway: MakeGateway, vendors: Vendors
) -> None:
    """Promise 10: no secret is in the log, the database's files, an answer or a page."""
    gateway = make_gateway(
        ROUTES,
        GATEWAY_LOG_LEVEL="debug",
        GATEWAY_SECRET_KEY=KEY,
        GATEWAY_API_TOKEN=API_TOKEN,
        GATEWAY_HEARTBEAT_URL=f"{vendors.urls['webhook']}/{HEARTBEAT}",
        HOOK=HOOK,
        HOOK_BEARER=HOOK_BEARER,
        SOURCE_TOKEN=SOURCE_TOKEN,
    )
    gateway.credentials = {"Authorization": f"Bearer {SOURCE_TOKEN}"}
    # Each vendor also fails once, with the error that quotes most of the request.
    vendors.behave(
        "postmark", {"status": 401, "json": {"ErrorCode": 10, "Message": ENV["POSTMARK_TOKEN"]}}
    )
    vendors.behave("slack", {"status": 200, "json": {"ok": False, "error": ENV["SLACK_TOKEN"]}})
    vendors.behave("pagerduty", {"status": 503, "body": ENV["PAGERDUTY_BILLING_KEY"]})
    vendors.behave("webhook", {"drop": "before"}, {"status": 500, "body": HOOK})
    gateway.start()
    gateway.accept(alert("DoubleCharge"))
    gateway.accept(alert("Other"))
    wait_for("mail", lambda: vendors.accepted("postmark"))
    link = acknowledge_link(vendors.accepted("postmark")[0]["json"])
    request(gateway.url + link.removeprefix("http://gateway.example.com"))
    gateway.acknowledge(link, "ana")
    request(f"{gateway.url}/webhook/alertmanager", "POST", b"{", {"Authorization": "Bearer wrong"})
    request(
        f"{gateway.url}/webhook/alertmanager",
        "POST",
        f'{{"token": "{SOURCE_TOKEN}"'.encode(),
        {**gateway.credentials, "Content-Type": "application/json"},
    )
    request(f"{gateway.url}/-/reload", "POST", b"", {"Authorization": f"Bearer {API_TOKEN}"})
    gateway.write_routes(ROUTES.replace("sources:", "sorces:"))
    request(f"{gateway.url}/-/reload", "POST", b"", {"Authorization": f"Bearer {API_TOKEN}"})
    gateway.accept(resolved(alert("DoubleCharge")))
    wait_for("Slack and PagerDuty have theirs", lambda: vendors.accepted("pagerduty"))
    _, openapi = gateway.get("/api/v1/openapi.json")
    seen = 0
    for path in paths(openapi):
        for headers in ({}, {"Authorization": f"Bearer {API_TOKEN}"}):
            status, answer_headers, body = request(gateway.url + path, headers=headers)
            seen += status == 200
            assert not secrets_in(body), path
            assert not secrets_in(str(answer_headers)), path
    assert seen > 10
    assert rows(gateway, "SELECT count(*) FROM attempts WHERE outcome <> 'accepted'") != [(0,)]
    assert gateway.stop() == 0
    assert not secrets_in(gateway.log())
    token = link.rpartition("/")[2]
    assert token not in gateway.log(), "a reader of the log could acknowledge"
    assert '"level":"WARNING"' in gateway.log(), "the log has what happened"
    files = list(gateway.home.glob("gateway.db*"))
    assert any(b"DoubleCharge" in file.read_bytes() for file in files), "it would be seen"
    for file in files:
        assert not secrets_in(file.read_bytes()), file.name
        assert token.encode() not in file.read_bytes(), file.name
