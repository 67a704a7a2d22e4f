"""Reloads when files change: once a change, and not before it is complete."""

import asyncio
from pathlib import Path

from gateway.config.source.regular_file import read_regular
from gateway.flow.runtime.reload_on_change import reload_on_change
from gateway.watched_files import WatchedFiles


async def test_each_change_leads_to_one_reload_that_reads_the_new_file(tmp_path: Path) -> None:
    """A file is read again after each change, and not when nothing changes."""
    path = tmp_path / "routes.yaml"
    path.write_text("one")
    files = WatchedFiles(read_regular, [])
    files.read(path)
    loaded: asyncio.Queue[bytes] = asyncio.Queue()

    async def reload() -> None:
        loaded.put_nowait(files.read(path))

    task = asyncio.create_task(reload_on_change(files, reload, every=0))
    try:
        for text in ("second", "the third"):
            path.write_text(text)
            assert await asyncio.wait_for(loaded.get(), 10) == text.encode()
        for _ in range(20):
            await asyncio.to_thread(files.present)
        assert loaded.empty()
    finally:
        task.cancel()


async def test_a_file_that_still_changes_is_not_read(tmp_path: Path) -> None:
    """While every comparison finds another state, nothing is loaded."""
    path = tmp_path / "routes.yaml"
    path.write_text("")
    reloads: list[bytes] = []
    compared = asyncio.Event()
    loop = asyncio.get_running_loop()

    class Growing(WatchedFiles):
        grows = True

        def present(self) -> dict[Path, object]:  # type: ignore[override]
            if self.grows:
                with path.open("a") as file:
                    file.write("x")
            elif reloads:
                loop.call_soon_threadsafe(compared.set)
            self.count = getattr(self, "count", 0) + 1
            if self.count == 10:
                assert not reloads
                self.grows = False
            return dict(super().present())

    files = Growing(read_regular, [])
    files.read(path)

    async def reload() -> None:
        reloads.append(files.read(path))

    task = asyncio.create_task(reload_on_change(files, reload, every=0))
    try:
        await asyncio.wait_for(compared.wait(), 10)
    finally:
        task.cancel()
    assert reloads == [b"x" * 10]
