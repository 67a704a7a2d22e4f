"""Which tests run on one worker."""

import pytest

from tests.plugins.groups import CHUNK, Scopes, is_grouped


@pytest.mark.parametrize(
    ("file", "grouped"),
    [
        ("tests/test_benchmarks.py", True),
        ("tests/processes/test_crash.py", True),
        ("tests/docs/test_language.py", True),
        ("tests/test_links.py", False),
    ],
)
def test_files_that_share_programs_are_grouped(file: str, grouped: bool) -> None:
    """Tests of a file with a marker for programs share what its fixtures started."""
    assert is_grouped(file) is grouped


def test_tests_of_a_grouped_file_share_a_scope() -> None:
    """A scope is sent to one worker as a whole; a parameter may contain any character."""
    ids = ["tests/test_benchmarks.py::test_one", "tests/test_benchmarks.py::test_two[a::b@c]"]
    scopes = Scopes()
    assert {scopes.scope_of(one) for one in ids} == {"tests/test_benchmarks.py"}


def test_tests_of_other_files_are_sent_in_chunks() -> None:
    """A chunk has tests of one file, and a test stays in its chunk."""
    ids = [f"tests/test_links.py::test_one[{number}::b]" for number in range(CHUNK + 1)]
    scopes = Scopes()
    names = [scopes.scope_of(one) for one in ids]
    assert names[:CHUNK] == [names[0]] * CHUNK
    assert names[CHUNK] != names[0]
    assert scopes.scope_of("tests/test_files.py::test_one") not in names
    assert [scopes.scope_of(one) for one in ids] == names


def test_groups_hold_in_this_run(request: pytest.FixtureRequest) -> None:
    """The hook is in use: pytest knows no other scheduler before it."""
    hook = request.config.pluginmanager.hook
    if not hasattr(hook, "pytest_xdist_make_scheduler"):
        pytest.skip("pytest-xdist is not loaded")
    modules = [one.plugin_name for one in hook.pytest_xdist_make_scheduler.get_hookimpls()]
    assert "tests.plugins.groups" in modules
