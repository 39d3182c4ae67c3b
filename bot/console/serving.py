"""The console as a part of `run`: beside the bot, or a process of its own on the same database.

By itself it sends nothing: what officers bring about is queued, and the notifier that runs
elsewhere sends it.
"""

import asyncio
import os
import signal
from collections.abc import Coroutine
from pathlib import Path

from bot import keys
from bot.app import Engine, build, open_store, settle_in
from bot.clock import SteadyClock
from bot.console.app import console
from bot.console.frame import Parts
from bot.console.live import Live
from bot.keys import Keyring
from bot.leaving import until
from bot.listening import listening
from bot.settings import Settings
from bot.web.app import serve

NICE = 10  # where bot and console share a machine, citizens come first


def parts_of(engine: Engine, keyring: Keyring) -> Parts:
    """What the console needs of an engine."""
    live = Live(engine.store, engine.turns.clock)
    return Parts(engine, keyring.subkey("console"), live)


async def serve_console(parts: Parts) -> None:
    """Serve until cancelled; whoever watches is sent home first."""
    host, port = listening(parts.settings.console.listen)
    # Holidays take half a second; better now than under the first officer.
    year = parts.engine.desk.day_of(parts.clock.now()).year
    await asyncio.to_thread(parts.engine.desk.workdays.load, year)
    looking = asyncio.create_task(parts.live.run())
    serving = asyncio.create_task(serve(console(parts), host, port))
    try:
        await asyncio.shield(serving)
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


async def console_until_stopped(settings: Settings) -> None:
    """`run --only console`: until SIGTERM or SIGINT."""
    os.nice(NICE)
    stop = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, stop.set)
    keyring = keys.load_or_create(Path(settings.keys.file), now=SteadyClock().now())
    store = open_store(settings, keyring)
    await store.open(now=SteadyClock().now())
    try:
        clock = SteadyClock(floor=await store.high_water())
        engine = build(settings, keyring, store, clock, {})
        parts: dict[str, Coroutine[None, None, None]] = {
            "console": serve_console(parts_of(engine, keyring)),
            "turns": engine.batches.run(),
        }
        tasks = [asyncio.create_task(part, name=name) for name, part in parts.items()]
        settle_in()
        await until(stop, tasks, 0)
    finally:
        await store.close()
