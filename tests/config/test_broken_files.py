"""Files with faults: each stands in broken/, named by its fault, with what must be said of it."""

from pathlib import Path

import pytest

from gateway.config.load import ConfigError, load
from tests.config.texts import NOW, Files, faults

BROKEN = sorted((Path(__file__).parent / "broken").glob("*.yaml"))


@pytest.mark.parametrize("broken", BROKEN, ids=lambda path: path.stem)
def test_all_errors_of_a_file_are_reported_with_their_positions(broken: Path) -> None:
    """Promise 6: file, line, column, what is wrong and what to write, for all faults at once."""
    with pytest.raises(ConfigError) as caught:
        load(
            broken.read_text(),
            env={"SLACK_TOKEN": "test-slack-token"},
            read_file=Files().read,
            now=NOW,
            file=broken.name,
        )
    message = [str(problem) for problem in caught.value.problems]
    assert message == broken.with_suffix(".txt").read_text().splitlines()


def test_a_fault_can_be_read_by_programs() -> None:
    """An error has its parts apart: position, path, text, suggestion, allowed values."""
    text = "receivers: [{name: all}]\nroute:\n  receiver: all\n  routes: [{reciever: all}]\n"
    (fault,) = faults(text)
    assert fault.to_json() == {
        "file": "routes.yaml",
        "line": 4,
        "column": 13,
        "path": "route.routes[0].reciever",
        "text": "reciever",
        "message": 'unknown key "reciever" in route',
        "suggestion": "receiver",
        "allowed": list(fault.allowed),
    }
    assert "receiver" in fault.allowed


def test_the_error_reads_as_all_its_faults() -> None:
    """What is printed of a refused file is one line for each fault."""
    with pytest.raises(ConfigError) as caught:
        load("route: {a: 1}\nreceivers: {}\n", env={})
    assert str(caught.value).count("\n") + 1 == len(caught.value.problems) == 3


def test_a_file_that_cannot_be_read_is_a_fault() -> None:
    """A missing file is reported like any other error."""
    with pytest.raises(ConfigError, match=r"yaml:1:1: the file cannot be read: No such file"):
        load(Path("routes.yaml"), env={}, read_file=Files().read)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\x00\x01\x02", "binary"),
        (b"route: \xff\xfe", "not UTF-8"),
        (b"a" * (3 * 1024 * 1024), "larger than 2 MB"),
        (b"route: \x07", "not YAML"),
    ],
)
def test_what_is_no_text_is_refused(content: bytes, message: str) -> None:
    """Binary, misencoded and huge files are refused with a reason, not with a crash."""
    with pytest.raises(ConfigError, match=message):
        load(Path("routes.yaml"), env={}, read_file=Files({"routes.yaml": content}).read)


def test_an_alias_bomb_is_cut_off_early() -> None:
    """Aliases of aliases are counted as what they stand for, before any of it is built."""
    layers = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    layers += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    (fault,) = faults("\n".join(layers))
    assert "aliases written out" in fault.message
