"""Answers to arbitrary requests: a defined status and JSON."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.web.conftest import Client
from tests.web.ingest.test_fuzz import ITEMS, as_json

DEFINED = {200, 400, 401, 413, 415, 422}

BODIES = (
    st.binary(max_size=300)
    | ITEMS.map(as_json)
    | ITEMS.map(lambda items: as_json({"alerts": items}))
    | ITEMS.map(lambda items: as_json({"alerts": items})[:-3])
)
HEADS = st.fixed_dictionaries(
    {"Content-Type": st.sampled_from(["application/json", "application/json;charset=x", "a/b"])},
    optional={
        "Authorization": st.sampled_from(
            ["Bearer test-new", "Bearer ", "Basic Og==", "x", "Basic ="]
        ),
        "X-Signature": st.sampled_from(["", "00", "sha256=", "zz" * 40]),
        "Content-Encoding": st.sampled_from(["identity", "gzip", "zstd"]),
    },
)
PATHS = st.sampled_from(
    [
        "/webhook/alertmanager",
        "/api/v2/alerts",
        "/webhook/signed",
        "/webhook/bearer",
        "/webhook/small",
    ]
)


# One client serves all examples: it keeps no state that an example could see.
@settings(
    max_examples=examples(250),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(path=PATHS, body=BODIES, headers=HEADS)
async def test_any_body_and_headers_get_a_defined_answer(
    client: Client, path: str, body: bytes, headers: dict[str, str]
) -> None:
    """E34: every request gets one of the defined answers, and a refusal names its reason."""
    answer = await client.post(path, data=body, headers=headers)
    text = await answer.read()
    assert answer.status in DEFINED, (answer.status, text)
    if answer.status != 200:
        answer_json = json.loads(text)
        if path.startswith("/api/v2"):
            assert answer_json if answer.status in (400, 503) else answer_json["message"]
        else:
            assert answer_json["error"]
            assert isinstance(answer_json["detail"], list)
