"""Lists of silences cost what is in them: nothing is compiled, nothing is held twice."""

import json
from pathlib import Path

import pytest
import re2

from gateway.core.matching import matcher
from gateway.core.matching.matcher import Matcher
from gateway.flow.silences.silences import SilenceRequest
from tests.flow.world import HOUR
from tests.web.real import served

SEVERAL = 5


@pytest.mark.parametrize("path", ["/api/v2/silences?filter=team%3Dbilling", "/api/v1/silences"])
async def test_listing_compiles_no_pattern(
    path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each silence has patterns of its own: compiling them took longer than all the rest."""
    expected = _written(path)
    async with served(tmp_path) as (world, client):
        for number in range(SEVERAL):
            matchers = [
                Matcher("team", "=", "billing"),
                Matcher("instance", "=~", f"db-{number}-.*"),
            ]
            ends_at = world.now + HOUR + number
            await world.engine.silences.put(
                SilenceRequest(matchers, world.now, ends_at, "ana", "new disks")
            )
        matcher._pattern_test.cache_clear()
        monkeypatch.setattr(re2, "compile", lambda *_: pytest.fail("a pattern was compiled"))
        answer = await client.get(path)
        body = await answer.read()
    assert answer.status == 200
    matches = json.loads(body)
    if "v1" in path:
        (matches,) = matches.values()
    assert [len(one["matchers"]) for one in matches] == [2] * SEVERAL
    assert [one["matchers"][1] for one in matches] == expected


def _written(path: str) -> list[object]:
    every = [Matcher("instance", "=~", f"db-{number}-.*") for number in range(SEVERAL)]
    return [str(one) if "v1" in path else one.to_json() for one in every]
