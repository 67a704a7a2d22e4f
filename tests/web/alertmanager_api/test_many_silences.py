"""Cost of long lists of silences: no pattern is compiled."""

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
    """Listing compiles no pattern, because each silence has its own and compiling dominated."""
    expected = _serialized_matchers(path)
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
    listed = json.loads(body)
    if "v1" in path:
        (listed,) = listed.values()
    assert [len(one["matchers"]) for one in listed] == [2] * SEVERAL
    assert [one["matchers"][1] for one in listed] == expected


def _serialized_matchers(path: str) -> list[object]:
    matchers = [Matcher("instance", "=~", f"db-{number}-.*") for number in range(SEVERAL)]
    return [str(one) if "v1" in path else one.to_json() for one in matchers]
