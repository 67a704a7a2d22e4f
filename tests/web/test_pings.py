"""Pings over HTTP, with a whole gateway behind them."""

from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from gateway.core.heartbeats.schedule import HeartbeatStatus
from gateway.flow.heartbeats.heartbeats import HeartbeatView
from gateway.store import StoreUnavailableError
from tests.flow.heartbeats.test_heartbeats import JOBS
from tests.flow.world import ROUTES, World
from tests.web.real import served

RUN = "7f1a0a9e-5a1c-4a55-8f0e-2f8f3c1d2b6a"


async def view(world: World) -> HeartbeatView:
    (one,) = await world.engine.heartbeats.views()
    return one


async def path(world: World) -> str:
    return urlsplit((await view(world)).url).path


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
async def test_ping_by_any_method_is_stored(tmp_path: Path, method: str) -> None:
    """curl, wget --spider and scripts use what they like."""
    async with served(tmp_path, ROUTES + JOBS, api_token="test-api-token") as (world, client):
        answer = await client.request(method, await path(world))
        assert answer.status == 200
        assert await answer.text() == ("" if method == "HEAD" else "OK")
        assert (await view(world)).state.last_ping == world.now


@pytest.mark.parametrize(
    ("signal", "status", "exit_status"),
    [
        ("/0", HeartbeatStatus.UP, 0),
        ("/fail", HeartbeatStatus.DOWN, None),
        ("/3", HeartbeatStatus.DOWN, 3),
        ("/255", HeartbeatStatus.DOWN, 255),
    ],
)
async def test_end_of_the_path_says_how_the_job_ended(
    tmp_path: Path, signal: str, status: HeartbeatStatus, exit_status: int | None
) -> None:
    """`curl …/$?` is enough for a script."""
    async with served(tmp_path, ROUTES + JOBS) as (world, client):
        assert (await client.get(await path(world) + signal)).status == 200
        seen = await view(world)
        assert (seen.status, seen.state.exit_status) == (status, exit_status)


@pytest.mark.parametrize("signal", ["/256", "/-1", "/success", "/x", "/1e3", "?rid=one", "?rid="])
async def test_malformed_ping_is_refused_and_not_stored(tmp_path: Path, signal: str) -> None:
    """A typing error must not look like a success."""
    async with served(tmp_path, ROUTES + JOBS) as (world, client):
        assert (await client.get(await path(world) + signal)).status == 400
        assert (await view(world)).status is HeartbeatStatus.NEW


async def test_run_is_timed_from_start_to_end(tmp_path: Path) -> None:
    """The ids of runs keep overlapping ones apart."""
    async with served(tmp_path, ROUTES + JOBS) as (world, client):
        where = await path(world)
        await client.get(f"{where}/start?rid={RUN}")
        assert (await view(world)).state.started_at == world.now
        world.now += 42.0
        await client.get(f"{where}?rid={RUN.upper()}")
        assert (await view(world)).state.last_duration == 42.0


async def test_unknown_urls_are_answered_alike(tmp_path: Path) -> None:
    """A stranger cannot find out which names exist or were revoked."""
    async with served(tmp_path, ROUTES + JOBS) as (world, client):
        where = await path(world)
        other = world.engine.links.token("heartbeat", 1, "no-such-job", 2.0**32 - 1)  # type: ignore[arg-type]
        revoked = world.engine.links.token("heartbeat", 7, "renewal-cron", 2.0**32 - 1)  # type: ignore[arg-type]
        answers = set()
        for token in ("renewal-cron", other, revoked, where[6:-1], "x" * 3000):
            answer = await client.get(f"/ping/{token}")
            answers.add((answer.status, await answer.text()))
        assert len(answers) == 1
        assert answers.pop()[0] == 404


async def test_body_is_kept_up_to_its_limit_and_made_safe(tmp_path: Path) -> None:
    """The first 10 kB stay, without colours and with invisible characters as escapes."""
    async with served(tmp_path, ROUTES + JOBS) as (world, client):
        where = await path(world)
        body = b"\x1b[31mno route\x1b[0m\r\n\x00\xff" + b"x" * 50_000
        assert (await client.post(f"{where}/fail", data=body)).status == 200
        output = (await world.engine.heartbeats.outputs())["renewal-cron"]
        assert output.startswith("no route\n\\x00�xxx")
        assert len(output) < 10_000
        assert (await client.post(where, data=BytesIO(b"x" * 2_000_000))).status == 413


async def test_ping_that_cannot_be_stored_is_answered_503(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sender is asked to try again."""
    async with served(tmp_path, ROUTES + JOBS) as (world, client):
        where = await path(world)

        async def fail(work: object) -> None:
            raise StoreUnavailableError("the disk is full")

        monkeypatch.setattr(world.engine.store, "write", fail)
        answer = await client.get(where)
        assert (answer.status, answer.headers["Retry-After"]) == (503, "5")


async def test_job_in_an_endless_loop_is_slowed_down(tmp_path: Path) -> None:
    """One job cannot keep the writer busy; another minute gives it pings again."""
    async with served(tmp_path, ROUTES + JOBS) as (world, client):
        where = await path(world)
        statuses = [(await client.get(where)).status for _ in range(62)]
        assert statuses == [200] * 60 + [503] * 2
        world.now += 60.0
        assert (await client.get(where)).status == 200


async def test_page_and_api_show_the_url_only_to_those_who_may_write(tmp_path: Path) -> None:
    """A reader sees the state and the output, and cannot ping for the job."""
    env = {"api_token": "test-api-token", "public_reads": "1"}
    async with served(tmp_path, ROUTES + JOBS, **env) as (world, client):
        where = await path(world)
        await client.post(f"{where}/3", data="<b>no route</b>")
        page = await (await client.get("/heartbeats")).text()
        assert "renewal-cron" in page
        assert "&lt;b&gt;no route" in page
        assert "DOWN" in page
        assert where not in page
        (one,) = (await (await client.get("/api/v1/heartbeats")).json())["heartbeats"]
        assert (one["status"], one["exit_status"], one["url"]) == ("down", 3, None)
        headers = {"Authorization": "Bearer test-api-token"}
        (one,) = (await (await client.get("/api/v1/heartbeats", headers=headers)).json())[
            "heartbeats"
        ]
        assert urlsplit(one["url"]).path == where
        assert where in await (await client.get("/heartbeats", headers=headers)).text()
