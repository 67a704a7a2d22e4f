"""What Alertmanager's own tests take for good is translated, loads, and does the same."""

import json
from typing import Any

from tests.conformance.test_vectors import conformance
from tests.importers.alertmanager.texts import imported, loaded, proven


def test_every_good_file_of_alertmanagers_tests_is_translated() -> None:
    """Whatever integrations it has: receivers keep their names, and alerts go where they went."""
    vectors = json.loads((conformance() / "vectors" / "config_validation.json").read_text("utf-8"))
    good: list[Any] = [
        case
        for case in vectors["cases"]
        if case["kind"] == "config.load" and "ok" in case["expect"]
    ]
    assert len(good) > 20
    for case in good:
        translation = imported(case["input"]["yaml"])
        proof = proven(translation, sample_count=50)
        assert proof.difference == "", case["id"]
        assert loaded(translation).plan.receivers, case["id"]
