"""A real browser, steered over its debugging protocol."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from tests.shared_data import real_program

_SWITCHES = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--remote-debugging-port=0",
    "--remote-allow-origins=*",
)


class Page:
    """One tab."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._calls = 0
        self.complaints: list[str] = []

    async def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One command and its result; what the browser complains of meanwhile is kept."""
        self._calls += 1
        await self._socket.send_json({"id": self._calls, "method": method, "params": parameters})
        return await self._until(lambda expected: expected.get("id") == self._calls)

    async def open(self, url: str) -> None:
        """Go there, as if somebody had typed it, and wait until it is loaded."""
        await self.call("Page.navigate", url=url)
        await self._until(lambda expected: expected.get("method") == "Page.loadEventFired")

    async def press(self, button: str) -> None:
        """Press the button with these words on it, and wait for the page that follows."""
        find = f"[...document.querySelectorAll('button')].find(b => b.textContent == '{button}')"
        where = f"(r => [r.x + r.width / 2, r.y + r.height / 2])({find}.getBoundingClientRect())"
        await self.run(f"{find}.scrollIntoView()")
        x, y = await self.run(where)
        mouse = {"x": x, "y": y, "button": "left", "clickCount": 1}
        await self.call("Input.dispatchMouseEvent", type="mousePressed", **mouse)
        await self.call("Input.dispatchMouseEvent", type="mouseReleased", **mouse)
        await self._until(lambda expected: expected.get("method") == "Page.loadEventFired")

    async def run(self, expression: str) -> Any:
        """The value of an expression in the page. (The page's own scripts stay forbidden.)"""
        text = await self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in text["result"], text
        return text["result"]["result"].get("value")

    async def text(self) -> str:
        """What there is to read."""
        return " ".join(str(await self.run("document.body.innerText")).split())

    async def _until(self, expected: Any) -> dict[str, Any]:
        async with asyncio.timeout(30):
            while True:
                text: dict[str, Any] = await self._socket.receive_json()
                if text.get("method") == "Log.entryAdded":
                    self.complaints.append(text["params"]["entry"]["text"])
                if expected(text):
                    return text


@asynccontextmanager
async def browser(folder: Path) -> AsyncIterator[Page]:
    """Yield a tab of a fresh Chromium, closed after the block; skip without Chromium."""
    program = await asyncio.create_subprocess_exec(
        str(real_program("chromium")),
        *_SWITCHES,
        f"--user-data-dir={folder}",
        "about:blank",
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        assert program.stderr is not None
        line = b""
        async with asyncio.timeout(60):
            while b"DevTools listening on " not in line:
                line = await program.stderr.readline()
                assert line, "the browser ended"
        root = line.decode().rpartition("ws://")[2].partition("/")[0]
        async with aiohttp.ClientSession() as session:
            async with session.put(f"http://{root}/json/new?about:blank") as answer:
                target = await answer.json()
            async with session.ws_connect(target["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                page = Page(socket)
                for domain in ("Page", "Log", "Runtime"):
                    await page.call(f"{domain}.enable")
                yield page
    finally:
        if program.returncode is None:
            program.terminate()
        await program.communicate()
