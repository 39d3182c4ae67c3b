"""`vssid-bot demo`: chat with the bot in a browser, without any token."""

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from starlette.applications import Starlette
from starlette.routing import Mount

from bot import log
from bot.clock import SteadyClock
from bot.commands.opening import warn
from bot.demo.app import demo_routes
from bot.demo.citizens import sample_citizens
from bot.demo.stage import Stage
from bot.settings import Settings
from bot.web.app import serve

HOST = "127.0.0.1"


async def demo(
    *,
    port: Annotated[int, Parameter(help="Where the page is served, on this machine only.")] = 8000,
    data: Annotated[Path | None, Parameter(help="Folder to keep; else a temporary one.")] = None,
    link: Annotated[
        bool, Parameter(negative="", help="Choose the password on a one-time page.")
    ] = False,
) -> int:
    """Play a citizen in the browser: chat, SMS inbox and e-mail inbox on one page."""
    log.set_up("WARNING")
    with ExitStack() as rooms:
        folder = data or Path(rooms.enter_context(tempfile.TemporaryDirectory(prefix="vssid-")))
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        stage = Stage(_settings(folder, port, link=link), SteadyClock())
        await stage.begin()
        try:
            routes = demo_routes(stage, stage.posts, sample_citizens(), stage.reset)
            app = Starlette(routes=[*routes, Mount("/", stage.page)])
            await serve(app, HOST, port, ready=_say_where)
        finally:
            await stage.posts.chat.close()
            await stage.end()
    return 0


def _settings(folder: Path, port: int, *, link: bool) -> Settings:
    return Settings.model_validate(
        {
            "database": {"url": f"sqlite:///{folder / 'demo.db'}"},
            "keys": {"file": str(folder / "keys.json")},
            "http": {"public_url": f"http://localhost:{port}"},
            "recovery": {"password": "link" if link else "temporary"},
        }
    )


def _say_where(port: int) -> None:
    warn(f"Demo: http://localhost:{port}  (Ctrl+C ends it)")
