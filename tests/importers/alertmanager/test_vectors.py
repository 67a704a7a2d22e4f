"""All files that Alertmanager's own tests accept are translated, load, and do the same."""

import json
from typing import Any

from tests.conformance.test_vectors import conformance
from tests.importers.alertmanager.texts import imported, loaded, proven


def test_every_good_file_of_alertmanagers_tests_is_translated() -> None:
    """With any integrations: receivers keep their names, and alerts their routes."""
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
