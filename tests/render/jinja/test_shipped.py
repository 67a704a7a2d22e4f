"""The digests by which the program knows the templates that it ships."""

from pathlib import Path

from gateway.render.jinja.lookup import Lookup
from gateway.render.shipped import digests_of, is_unchanged
from gateway.render.shipped_digests import DIGESTS


def test_the_digests_are_those_of_the_shipped_templates() -> None:
    """After a change to a shipped template, run `make docs`: else it costs a process."""
    lookup = Lookup([])
    assert digests_of(lookup.folders[-1], list(lookup.files())) == DIGESTS, "run: make docs"


def test_one_own_template_is_not_unchanged(tmp_path: Path) -> None:
    """Promise 7: an untested template runs where it can be stopped."""
    assert is_unchanged(Lookup([tmp_path]))
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "extra.j2").write_text("x")
    assert not is_unchanged(Lookup([tmp_path]))
