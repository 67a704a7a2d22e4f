"""Public pages and logs, without configuration values and vendors' texts (promise 10)."""

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
    """Return the error of a file whose values come from references."""
    with pytest.raises(ConfigError) as caught:
        load(BAD, env={"WHO": SECRET})
    return caught.value


def test_log_has_the_reference_instead_of_its_value() -> None:
    """The log line of a fault names the reference and never its value."""
    error = broken()
    assert SECRET in "".join(map(str, error.problems))  # `gateway check` shows it to its caller
    answer = "".join(map(str, error.masked()))
    assert SECRET not in answer
    assert "${WHO}" in answer
    assert len(error.masked()) == len(error.problems)


def test_shortened_value_is_masked() -> None:
    """The beginning of a secret, left by shortening, is masked like the whole value."""
    value = "test-" + "x" * 200
    shown = f'"{value[:79]}…" is no duration'
    problem = mask(Problem("routes.yaml", 1, 1, "a", value[:79] + "…", shown), {value: "${A}"})
    assert problem.message == '"${A}" is no duration'
    assert problem.text == "${A}"


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/-/healthy", "/-/ready"])
async def test_health_names_the_position_of_a_fault_without_values(
    tmp_path: Path, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Open endpoints name file and line of a fault in routes.yaml, and none of its values."""
    async with served(tmp_path) as (world, client):
        await _break(world, client)
        text = await (await client.get(path)).text()
        assert SECRET not in text
        assert "routes.yaml:2:" in text
        assert "gateway check" in text
    assert SECRET not in caplog.text
    assert "unknown receiver" in caplog.text


async def _break(world: object, client: Client) -> None:
    """Reload a file whose faults quote values."""
    error = broken()

    def fails() -> None:
        raise error

    engine = world.engine  # type: ignore[attr-defined]
    engine._dependencies.load = fails
    answer = await client.post("/-/reload", headers=TOKEN)
    assert answer.status == 422


async def test_text_of_a_fault_requires_the_token(tmp_path: Path) -> None:
    """With GATEWAY_PUBLIC_READS anyone reads a fault's position; its text requires the token."""
    env = {**BEYOND, "public_reads": "1", "api_token": "test-api-token"}
    async with served(tmp_path, **env) as (world, client):
        await _break(world, client)
        for page in ("/api/v1/status", "/"):
            assert SECRET not in await (await client.get(page)).text()
            assert SECRET in await (await client.get(page, headers=TOKEN)).text()


async def test_open_endpoints_show_no_configuration_value(tmp_path: Path) -> None:
    """Metrics, OpenAPI document and API v2 show no value after a failed reload."""
    routes = ROUTES.replace("fallback: everyone", f"fallback: everyone # {SECRET}")
    async with served(tmp_path, routes) as (world, client):
        await _break(world, client)
        for path in ("/metrics", "/api/v1/openapi.json", "/api/v2/status", "/api/v2/receivers"):
            answer = await client.get(path)
            assert answer.status == 200
            assert SECRET not in await answer.text()


async def test_health_omits_the_text_of_a_vendor(client: Client, engine: FakeEngine) -> None:
    """Health omits a vendor's answer, which may quote a token or an internal name."""
    engine.health = [Health("channel webhook", f"for 200 s: {SECRET}", "for 200 s", ok=False)]
    text = await (await client.get("/readyz")).text()
    assert "for 200 s" in text
    assert SECRET not in text
