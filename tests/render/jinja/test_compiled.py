"""Compiled templates that are kept: found again, never trusted when others may write them."""

import hashlib
import marshal
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment

from gateway.render.jinja import cache
from gateway.render.jinja.cache import Compiled, users_cache
from gateway.render.renderer import Renderer
from gateway.shipped import shipped_templates
from tests.render.rendering import problems_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where templates are kept; only the one above it exists."""
    tmp_path.chmod(0o700)
    return tmp_path / "gateway"


@pytest.fixture
def count(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the templates that are compiled from now on."""
    names: list[str] = []
    generate: Any = Environment._generate

    def counts_text(
        self: Environment, source: object, name: str, *rest: object, **more: Any
    ) -> str:
        names.append(name)
        made: str = generate(self, source, name, *rest, **more)
        return made

    monkeypatch.setattr(Environment, "_generate", counts_text)
    return names


def checked(folder: Path | None, own: Path | None = None) -> list[str]:
    """What a command finds: it opens what is kept, checks all templates, and keeps them."""
    kept = Compiled(folder)
    found = problems_of(Renderer([own] if own else [], compiled=kept))
    kept.keep()
    return [str(problem) for problem in found]


def test_what_was_compiled_once_is_not_compiled_again(folder: Path, count: list[str]) -> None:
    """The second command compiles none of the shipped templates, and still renders them all."""
    assert checked(folder) == []
    assert len(count) >= 16
    count.clear()
    assert checked(folder) == []
    assert count == []


def test_kept_templates_say_the_same(folder: Path) -> None:
    """What was kept prints what was compiled afresh, in each way of escaping."""
    checked(folder)
    kept, fresh = Renderer([], compiled=Compiled(folder)), Renderer([])
    assert _all_words(kept) == _all_words(fresh)


def _all_words(renderer: Renderer) -> list[str]:
    from gateway.render.jinja.lookup import PARTS
    from gateway.render.samples import LINKS, samples

    said = []
    for sample in samples():
        for channel, parts in PARTS.items():
            message = renderer.render(
                1, sample.facts, sample.target(channel), parts, LINKS, kind=sample.kind
            )
            assert message.failed_template is None
            said += message.parts.values()
    return said


def test_an_own_template_is_compiled_each_time(folder: Path, tmp_path: Path) -> None:
    """An admin's own file is never taken from what is kept; its mistakes are found every time."""
    own = tmp_path / "own"
    (own / "slack").mkdir(parents=True)
    (own / "slack" / "title.j2").write_text("{{ summary }}")
    assert checked(folder, own) == []
    (own / "slack" / "title.j2").write_text("{{ sumary }}")
    for _ in range(2):
        assert "'sumary' is undefined" in "".join(checked(folder, own))
    digest = hashlib.sha256(b"{{ sumary }}").hexdigest()
    assert Compiled(folder).find("slack", "slack/title.j2", digest) is None


def test_a_shipped_template_that_changed_is_compiled_again(
    folder: Path, tmp_path: Path, count: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After an upgrade the new words count."""
    shipped = tmp_path / "shipped"
    for file in shipped_templates().rglob("*.j2"):
        copy = shipped / file.relative_to(shipped_templates())
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(file.read_text())
    for place in ("gateway.render.jinja.lookup", "gateway.render.jinja.cache"):
        monkeypatch.setattr(f"{place}.shipped_templates", lambda: shipped)
    assert checked(folder) == []
    (shipped / "console" / "text.j2").write_text("{{ headline }} {{ wrong }}")
    count.clear()
    assert "'wrong' is undefined" in "".join(checked(folder))
    assert count == ["console/text.j2"]


def test_code_of_another_gateway_is_left_alone(
    folder: Path, count: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another sandbox, another Jinja or another Python compiles for itself."""
    checked(folder)
    monkeypatch.setattr(cache, "_fingerprint", lambda: "of another version")
    count.clear()
    assert checked(folder) == []
    assert len(count) >= 16


def _group_may_write(folder: Path) -> None:
    folder.chmod(0o770)


def _all_may_write_above(folder: Path) -> None:
    folder.parent.chmod(0o777)


def _all_may_write_the_file(folder: Path) -> None:
    (folder / cache.FILE).chmod(0o666)


def _folder_is_a_link(folder: Path) -> None:
    folder.rename(folder.parent / "elsewhere")
    folder.symlink_to(folder.parent / "elsewhere")


def _file_is_a_link(folder: Path) -> None:
    file = folder / cache.FILE
    file.rename(folder / "elsewhere")
    file.symlink_to(folder / "elsewhere")


def _file_is_a_pipe(folder: Path) -> None:
    (folder / cache.FILE).unlink()
    os.mkfifo(folder / cache.FILE, 0o600)


def _file_is_torn(folder: Path) -> None:
    file = folder / cache.FILE
    file.write_bytes(file.read_bytes()[:-100])


def _file_is_empty(folder: Path) -> None:
    (folder / cache.FILE).write_bytes(b"")


@pytest.mark.parametrize(
    "spoil",
    [
        _group_may_write,
        _all_may_write_above,
        _all_may_write_the_file,
        _folder_is_a_link,
        _file_is_a_link,
        _file_is_a_pipe,
        _file_is_torn,
        _file_is_empty,
    ],
)
def test_what_others_could_have_written_is_not_run(
    folder: Path, spoil: Callable[[Path], None], count: list[str]
) -> None:
    """Bytecode is code: the least doubt, and templates are compiled as if nothing were kept."""
    checked(folder)
    spoil(folder)
    count.clear()
    assert checked(folder) == []
    assert len(count) >= 16


@pytest.mark.parametrize("owned", ["folder", "file"])
def test_what_another_user_owns_is_not_run(
    folder: Path, owned: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Code of somebody else's, put where ours would be, does nothing."""
    trace = tmp_path / "trace"
    checked(folder)
    code = compile(f"open({str(trace)!r}, 'w')\nblocks = {{}}", "evil", "exec")
    known = marshal.loads((folder / cache.FILE).read_bytes()[32:])
    evil = marshal.dumps({key: (digest, code) for key, (digest, _) in known.items()})
    signed = hashlib.sha256(cache._fingerprint().encode() + evil).digest()
    (folder / cache.FILE).write_bytes(signed + evil)
    known_stat = os.fstat
    which = {"folder": os.stat(folder), "file": os.stat(folder / cache.FILE)}[owned].st_ino

    def somebody_elses(file: int) -> os.stat_result:
        found = list(known_stat(file))
        if found[1] == which:
            found[4] = os.geteuid() + 1
        return os.stat_result(found)

    monkeypatch.setattr(os, "fstat", somebody_elses)
    assert checked(folder) == []
    assert not trace.exists()


def test_no_place_to_keep_them_is_no_trouble(tmp_path: Path) -> None:
    """A read-only disk or no home: the check goes on, and leaves nothing behind."""
    (tmp_path / "file").write_text("in the way")
    for nowhere in (None, tmp_path / "file" / "gateway", tmp_path / "no" / "such" / "gateway"):
        assert checked(nowhere) == []
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_full_disk_leaves_nothing_half_written(
    folder: Path, count: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What could not be written whole is not there."""

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    assert checked(folder) == []
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("env", "folder"),
    [
        ({"HOME": "/home/ana"}, "/home/ana/.cache/gateway"),
        ({"HOME": "/home/ana", "XDG_CACHE_HOME": "/var/ana"}, "/var/ana/gateway"),
        ({"HOME": "/home/ana", "XDG_CACHE_HOME": "here"}, "/home/ana/.cache/gateway"),
        ({"HOME": "", "XDG_CACHE_HOME": ""}, None),
        ({"HOME": "there"}, None),
        ({}, None),
    ],
)
def test_the_folder_is_where_programs_keep_such_things(
    env: dict[str, str], folder: str | None
) -> None:
    """As the XDG specification has it."""
    assert users_cache(env) == (Path(folder) if folder else None)
