"""`vssid-bot demo`: chat with the bot in a browser, without any token, beside the staff console.

The console keeps its own address and its own strict policy: its pages may stand in no frame, in
the demo neither, so that the page opens it in a window beside itself.

Its folder holds the settings it plays with, so that other commands work on the same database.
"""

import asyncio
import json
import tempfile
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from random import Random
from typing import Annotated

from cyclopts import Parameter
from starlette.applications import Starlette
from starlette.routing import Mount

from bot import log
from bot.clock import SteadyClock
from bot.commands.opening import warn
from bot.demo.app import Officers, demo_routes
from bot.demo.channel import WebChat
from bot.demo.citizens import sample_citizens
from bot.demo.crowd import Crowd
from bot.demo.office import SAMPLES
from bot.demo.stage import Stage
from bot.settings import Settings
from bot.web.app import serve

HOST = "127.0.0.1"
OFFICERS = tuple(SAMPLES)  # a lost phone takes both
SETTINGS = "demo.toml"


async def demo(
    *,
    port: Annotated[
        int,
        Parameter(help="Where the page is served, on this machine only; the console's is next."),
    ] = 8000,
    data: Annotated[Path | None, Parameter(help="Folder to keep; else a temporary one.")] = None,
    link: Annotated[
        bool, Parameter(negative="", help="Choose the password on a one-time page.")
    ] = False,
    crowd: Annotated[
        int, Parameter(help="So many made-up citizens write to the bot meanwhile.")
    ] = 0,
) -> int:
    """Play a citizen in the browser, and an officer in another window beside it."""
    log.set_up("WARNING")
    with ExitStack() as rooms:
        folder = data or Path(rooms.enter_context(tempfile.TemporaryDirectory(prefix="vssid-")))
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        stage = Stage(settle(folder, port, link=link), SteadyClock())
        await stage.begin()
        try:
            await _play(stage, Walk(stage, crowd), port, folder)
        except OSError as error:
            warn(f"{error} Try `--port {port + 10}`.")
            return 1
        finally:
            await stage.posts.chat.close()
            await stage.end()
    return 0


class Walk:
    """The crowd of one stage; it steps aside while the stage is set anew."""

    def __init__(self, stage: Stage, count: int) -> None:
        self._stage = stage
        self._count = count
        self._walking: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Let them come, if there are any."""
        if self._count:
            citizens = sample_citizens()
            chat = WebChat(self._stage, self._stage.posts, citizens)
            crowd = Crowd(chat, citizens, Random())  # noqa: S311 - who says what is no secret
            self._walking = asyncio.create_task(crowd.walk(self._count))

    async def end(self) -> None:
        """Send them home."""
        if self._walking:
            self._walking.cancel()
            with suppress(asyncio.CancelledError):
                await self._walking

    async def reset(self) -> None:
        """Set the stage anew, then let them come again."""
        await self.end()
        await self._stage.reset()
        self.begin()


async def _play(stage: Stage, walk: Walk, port: int, folder: Path) -> None:
    officers = Officers(f"http://localhost:{port + 1}/", stage.phones)
    routes = demo_routes(stage, stage.posts, sample_citizens(), walk.reset, officers)
    page = Starlette(routes=[*routes, Mount("/", stage.page)])
    console = Starlette(routes=[Mount("/", stage.console)])
    beside = asyncio.create_task(serve(console, HOST, port + 1))
    ended = asyncio.create_task(
        serve(page, HOST, port, ready=partial(_say_where, folder / SETTINGS))
    )
    walk.begin()
    try:
        await asyncio.wait((beside, ended), return_when=asyncio.FIRST_COMPLETED)
    finally:
        await walk.end()
        for task in (beside, ended):
            task.cancel()
        done = await asyncio.gather(beside, ended, return_exceptions=True)
    for failed in filter(None, done):
        if isinstance(failed, OSError):
            raise failed


def settle(folder: Path, port: int, *, link: bool) -> Settings:
    """The settings of a demo in this folder, left there for the commands of its officers."""
    folder = folder.resolve()  # other commands may be typed elsewhere
    wanted: dict[str, dict[str, object]] = {
        "database": {"url": f"sqlite:///{folder / 'demo.db'}"},
        "keys": {"file": str(folder / "keys.json")},
        "http": {"public_url": f"http://localhost:{port}"},
        "recovery": {"password": "link" if link else "temporary"},
        "dossiers": {"officers": OFFICERS},
        "console": {"public_url": f"http://localhost:{port + 1}"},
    }
    # Strings and lists of strings are written in TOML as in JSON.
    lines = [
        f"[{section}]\n{name} = {json.dumps(value, ensure_ascii=False)}\n"
        for section, keys in wanted.items()
        for name, value in keys.items()
    ]
    (folder / SETTINGS).write_text("\n".join(lines), "utf-8")
    return Settings.model_validate(wanted)


def _say_where(settings: Path, port: int) -> None:
    settings = settings.resolve()
    warn(
        f"Demo: http://localhost:{port}  (Ctrl+C ends it)",
        f"Console: http://localhost:{port + 1}  (the page shows how its officers sign in)",
        f"Officers {' and '.join(OFFICERS)}, in another terminal:",
        f"  vssid-bot dossier list --config {settings}",
        f"  vssid-bot dossier decide REFERENCE review --as {OFFICERS[0]} --config {settings}",
    )
