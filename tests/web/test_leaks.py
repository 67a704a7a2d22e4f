"""What anyone may read holds no value of the configuration and no word of a vendor (promise 10)."""

from pathlib import Path

import pytest

from gateway.config.load import ConfigError, load
from gateway.config.source.problem import Problem, mask
from gateway.flow.engine import Health
from tests.flow.world import ROUTES
from tests.web.conftest import Client
from tests.web.real import served
from tests.web.world import FakeEngine

SECRET = "test-secret-value-of-a-reference"
BAD = """
route: {receiver: "${WHO}", group_wait: 30s}
receivers: [{name: all, fallback: "${WHO}"}]
"""
TOKEN = {"Authorization": "Bearer test-api-token"}
BEYOND = {"listen": "0.0.0.0:9095", "external_url": "https://alerts.example.com"}


def broken() -> ConfigError:
    """The faults of a file whose values come from references."""
    with pytest.raises(ConfigError) as caught:
        load(BAD, env={"WHO": SECRET})
    return caught.value


def test_the_log_has_the_reference_and_not_its_value() -> None:
    """The log line keeps the place of the fault and its reason."""
    error = broken()
    assert SECRET in "".join(map(str, error.problems))  # `gateway check` shows it to its caller
    answer = "".join(map(str, error.masked()))
    assert SECRET not in answer
    assert "${WHO}" in answer
    assert len(error.masked()) == len(error.problems)


def test_a_value_that_was_cut_short_is_masked_too() -> None:
    """Long values are shortened in errors; their beginning is as secret."""
    value = "test-" + "x" * 200
    shown = f'"{value[:79]}…" is no duration'
    problem = mask(Problem("routes.yaml", 1, 1, "a", value[:79] + "…", shown), {value: "${A}"})
    assert problem.message == '"${A}" is no duration'
    assert problem.text == "${A}"


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/-/healthy", "/-/ready"])
async def test_health_says_where_a_fault_is_and_not_what_stands_there(
    tmp_path: Path, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Open endpoints name file, line and field of a fault in routes.yaml."""
    async with served(tmp_path) as (world, client):
        await _break(world, client)
        text = await (await client.get(path)).text()
        assert SECRET not in text
        assert "routes.yaml:2:" in text
        assert "gateway check" in text
    assert SECRET not in caplog.text
    assert "unknown receiver" in caplog.text


async def _break(world: object, client: Client) -> None:
    """Let the next reload find faults whose text holds values."""
    error = broken()

    def fails() -> None:
        raise error

    engine = world.engine  # type: ignore[attr-defined]
    engine._dependencies.load = fails
    answer = await client.post("/-/reload", headers=TOKEN)
    assert answer.status == 422


async def test_the_whole_text_needs_the_token(tmp_path: Path) -> None:
    """By GATEWAY_PUBLIC_READS anyone reads where the fault is; the text needs the token."""
    env = {**BEYOND, "public_reads": "1", "api_token": "test-api-token"}
    async with served(tmp_path, **env) as (world, client):
        await _break(world, client)
        for page in ("/api/v1/status", "/"):
            assert SECRET not in await (await client.get(page)).text()
            assert SECRET in await (await client.get(page, headers=TOKEN)).text()


async def test_open_pages_hold_no_value_of_a_reference(tmp_path: Path) -> None:
    """Neither health, metrics, the description of the API nor the status of API v2."""
    routes = ROUTES.replace("fallback: everyone", f"fallback: everyone # {SECRET}")
    async with served(tmp_path, routes) as (world, client):
        await _break(world, client)
        for path in ("/metrics", "/api/v1/openapi.json", "/api/v2/status", "/api/v2/receivers"):
            answer = await client.get(path)
            assert answer.status == 200
            assert SECRET not in await answer.text()


async def test_health_does_not_repeat_what_a_vendor_said(
    client: Client, engine: FakeEngine
) -> None:
    """A vendor's answer may quote a token or an internal name."""
    engine.health = [Health("channel webhook", False, f"for 200 s: {SECRET}", "for 200 s")]
    text = await (await client.get("/readyz")).text()
    assert "for 200 s" in text
    assert SECRET not in text
