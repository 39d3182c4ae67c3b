"""A running demo on a free port of this machine, and a browser to look at it."""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio
import uvicorn
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect
from starlette.applications import Starlette
from starlette.routing import Mount

from bot.clock import SteadyClock
from bot.demo.app import demo_routes
from bot.demo.citizens import sample_citizens
from bot.demo.post import Posts
from bot.demo.stage import Stage
from bot.settings import Settings
from tests.bot.demo.fakes import RECOVERY, ScriptedBot, StillClock

PATIENCE = 20_000  # milliseconds; a machine that is busy with other tests is no failure
expect.set_options(timeout=PATIENCE)
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Listening(uvicorn.Server):
    """A server that tells when it can be reached."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()


@dataclass
class Demo:
    """The demo as a caller wires it, with the scripted bot behind it."""

    posts: Posts = field(default_factory=lambda: Posts(StillClock()))
    resets: int = 0
    port: int = 0

    def __post_init__(self) -> None:
        self.bot = ScriptedBot(self.posts, RECOVERY)
        routes = demo_routes(self.bot, self.posts, sample_citizens(), self.reset)
        self.app = Starlette(routes=routes)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    async def reset(self) -> None:
        self.resets += 1

    @asynccontextmanager
    async def served(self) -> AsyncIterator[None]:
        """Serve on the port of last time, or on a free one."""
        config = uvicorn.Config(
            self.app,
            host="127.0.0.1",
            port=self.port,
            log_level="critical",
            lifespan="off",
        )
        async with listening(Listening(config)) as server:
            self.port = server.servers[0].sockets[0].getsockname()[1]
            yield


@asynccontextmanager
async def listening(
    server: Listening, sockets: list[socket.socket] | None = None
) -> AsyncIterator[Listening]:
    """The server while it serves."""
    serving = asyncio.create_task(server.serve(sockets))
    await server.listening.wait()
    try:
        yield server
    finally:
        server.should_exit = True
        await serving


@pytest_asyncio.fixture(loop_scope="module")
async def demo() -> AsyncIterator[Demo]:
    """A demo being served."""
    demo = Demo()
    async with demo.served():
        yield demo
        await demo.posts.chat.close()


@dataclass
class Ahead:
    """A clock that goes on by itself and can be put forward."""

    by: float = 0.0
    clock: SteadyClock = field(default_factory=SteadyClock)

    def now(self) -> float:
        return self.clock.now() + self.by

    def pass_(self, seconds: float) -> None:
        self.by += seconds


@dataclass
class Played:
    """The whole demo, with the real engine behind the page."""

    stage: Stage
    clock: Ahead
    url: str


@pytest_asyncio.fixture(loop_scope="module")
async def played(tmp_path: Path) -> AsyncIterator[Played]:
    """The demo as `vssid-bot demo` serves it, on a fresh database."""
    sock = socket.create_server(("127.0.0.1", 0))
    url = f"http://localhost:{sock.getsockname()[1]}"
    settings = Settings.model_validate(
        {
            "database": {"url": f"sqlite:///{tmp_path / 'demo.db'}"},
            "keys": {"file": str(tmp_path / "keys.json")},
            "http": {"public_url": url},
            "dossiers": {"officers": ["binh", "chi"]},
        }
    )
    clock = Ahead()
    stage = Stage(settings, clock)
    await stage.begin()
    routes = demo_routes(stage, stage.posts, sample_citizens(), stage.reset)
    app = Starlette(routes=[*routes, Mount("/", stage.page)])
    config = uvicorn.Config(app, log_level="critical", lifespan="off")
    async with listening(Listening(config), [sock]):
        yield Played(stage, clock, url)
        await stage.posts.chat.close()
    await stage.end()


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def browser() -> AsyncIterator[Browser]:
    """The system's Chromium; no browser, no browser test."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next(filter(None, map(shutil.which, names)), None)
    if not found:
        pytest.skip("no Chromium found on PATH (chromium, chromium-browser or google-chrome)")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=CHROMIUM_ARGS)
        yield browser
        await browser.close()


@dataclass
class Eyes:
    """A browser context that notes what it should never see."""

    context: BrowserContext
    complaints: list[str] = field(default_factory=list)
    abroad: list[str] = field(default_factory=list)

    async def open(self, url: str, width: int, height: int) -> Page:
        """A page of this size, being watched."""
        page = await self.context.new_page()
        await page.set_viewport_size({"width": width, "height": height})
        page.on("console", lambda line: self._note(line.type, line.text))
        page.on("pageerror", lambda error: self._note("error", str(error)))
        page.on("request", lambda request: self._trace(url, request.url))
        await page.goto(url)
        return page

    def _note(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.complaints.append(text)

    def _trace(self, home: str, url: str) -> None:
        # Chromium shows a PDF by an extension of its own.
        if not url.startswith((home, "data:", "chrome-extension:", "chrome:", "blob:")):
            self.abroad.append(url)


@pytest_asyncio.fixture(loop_scope="module")
async def eyes(browser: Browser) -> AsyncIterator[Eyes]:
    """A context in Vietnamese; whatever the test does, the console stays clean."""
    context = await browser.new_context(locale="vi-VN", timezone_id="America/New_York")
    context.set_default_timeout(PATIENCE)
    eyes = Eyes(context)
    yield eyes
    await context.close()
    assert eyes.complaints == []
    assert eyes.abroad == []
