"""`vssid-bot demo`: chat with the bot in a browser, without any token.

Its folder holds the settings it plays with, so that other commands work on the same database.
"""

import json
import tempfile
from contextlib import ExitStack
from functools import partial
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
OFFICERS = ("an.nguyen", "binh.tran")  # made up; a lost phone takes both
SETTINGS = "demo.toml"


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
        stage = Stage(settle(folder, port, link=link), SteadyClock())
        await stage.begin()
        try:
            routes = demo_routes(stage, stage.posts, sample_citizens(), stage.reset)
            app = Starlette(routes=[*routes, Mount("/", stage.page)])
            await serve(app, HOST, port, ready=partial(_say_where, folder / SETTINGS))
        finally:
            await stage.posts.chat.close()
            await stage.end()
    return 0


def settle(folder: Path, port: int, *, link: bool) -> Settings:
    """The settings of a demo in this folder, left there for the commands of its officers."""
    folder = folder.resolve()  # other commands may be typed elsewhere
    wanted: dict[str, dict[str, object]] = {
        "database": {"url": f"sqlite:///{folder / 'demo.db'}"},
        "keys": {"file": str(folder / "keys.json")},
        "http": {"public_url": f"http://localhost:{port}"},
        "recovery": {"password": "link" if link else "temporary"},
        "dossiers": {"officers": OFFICERS},
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
        f"Officers {' and '.join(OFFICERS)}, in another terminal:",
        f"  vssid-bot dossier list --config {settings}",
        f"  vssid-bot dossier decide REFERENCE review --as {OFFICERS[0]} --config {settings}",
    )
