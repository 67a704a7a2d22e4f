"""A real browser, controlled over its debugging protocol."""

import asyncio
from collections.abc import AsyncIterator, Callable
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
        """Send a command and return its result, and collect what the browser logs meanwhile."""
        self._calls += 1
        await self._socket.send_json({"id": self._calls, "method": method, "params": parameters})
        return await self._until(lambda message: message.get("id") == self._calls)

    async def open(self, url: str) -> None:
        """Open a URL as if it had been typed, and wait until the page is loaded."""
        await self.call("Page.navigate", url=url)
        await self._until(lambda message: message.get("method") == "Page.loadEventFired")

    async def press(self, button: str) -> None:
        """Press the button with this text, and wait until the next page is loaded."""
        element = f"[...document.querySelectorAll('button')].find(b => b.textContent == '{button}')"
        centre = (
            f"(r => [r.x + r.width / 2, r.y + r.height / 2])({element}.getBoundingClientRect())"
        )
        await self.run(f"{element}.scrollIntoView()")
        x, y = await self.run(centre)
        mouse = {"x": x, "y": y, "button": "left", "clickCount": 1}
        await self.call("Input.dispatchMouseEvent", type="mousePressed", **mouse)
        await self.call("Input.dispatchMouseEvent", type="mouseReleased", **mouse)
        await self._until(lambda message: message.get("method") == "Page.loadEventFired")

    async def run(self, expression: str) -> Any:
        """Return the value of an expression; the page's own scripts stay forbidden."""
        message = await self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in message["result"], message
        return message["result"]["result"].get("value")

    async def text(self) -> str:
        """Return the visible text of the page, in one line."""
        return " ".join(str(await self.run("document.body.innerText")).split())

    async def _until(self, matches: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        async with asyncio.timeout(30):
            while True:
                message: dict[str, Any] = await self._socket.receive_json()
                if message.get("method") == "Log.entryAdded":
                    self.complaints.append(message["params"]["entry"]["text"])
                if matches(message):
                    return message


@asynccontextmanager
async def browser(folder: Path) -> AsyncIterator[Page]:
    """Yield a tab of a fresh Chromium, and skip the test where none is installed."""
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
