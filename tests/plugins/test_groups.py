"""Which tests run on one worker."""

import pytest

from tests.plugins.groups import FileGroups, is_grouped


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
    scheduler = FileGroups.__new__(FileGroups)
    ids = ["tests/test_benchmarks.py::test_one", "tests/test_benchmarks.py::test_two[a::b@c]"]
    assert {scheduler._split_scope(one) for one in ids} == {"tests/test_benchmarks.py"}
    alone = "tests/test_links.py::test_one[a::b]"
    assert scheduler._split_scope(alone) == alone


def test_groups_hold_in_this_run(request: pytest.FixtureRequest) -> None:
    """The hook is in use: pytest knows no other scheduler before it."""
    hook = request.config.pluginmanager.hook
    if not hasattr(hook, "pytest_xdist_make_scheduler"):
        pytest.skip("pytest-xdist is not loaded")
    modules = [one.plugin_name for one in hook.pytest_xdist_make_scheduler.get_hookimpls()]
    assert "tests.plugins.groups" in modules
