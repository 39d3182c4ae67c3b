"""`vssid-bot notifier`: what waits to be sent, and sending it until nothing waits.

There is no `replay` here: what holds a code, a password or a link is erased once it is sent or
dead. A notice that failed is sent again at the console (Deliveries), as long as it is worth it.
"""

import asyncio
from typing import Annotated

from cyclopts import App, Parameter
from rich.progress import TextColumn

from bot.commands.opening import (
    ConfigFile,
    Stopped,
    opened,
    plainly,
    progress,
    say,
    settings_from,
)
from bot.service import Service, started
from storage.base import Backlog

LOOK_AGAIN = 0.25  # seconds

app = App(name="notifier", help="Messages that wait: how many, and sending them now.")


@app.command
async def status(*, config: ConfigFile = None) -> None:
    """Say how many messages wait and for how long the oldest is overdue; send nothing."""
    async with opened(config) as here:
        now = here.clock.now()
        backlog = await here.store.backlog(now=now)
    overdue = "" if backlog.oldest_due is None else f"; the oldest is {_since(backlog, now)} late"
    say(f"{backlog.waiting} waiting{overdue}" if backlog.waiting else "nothing waits")


@app.command
async def drain(
    *,
    within: Annotated[int, Parameter(help="Seconds after which to give up.")] = 60,
    config: ConfigFile = None,
) -> None:
    """Send until nothing waits, then end; for the last minute of an installation that moves.

    Other notifiers may run. What a counterpart refuses for now is tried again until the time is
    up; then the command fails and says how many are left.
    """
    with plainly():
        settings = settings_from(config).for_run()
        async with started(settings) as service:
            left = await _drained(service, within)
        if left:
            raise Stopped(f"{left} still wait after {within} s")
    say("nothing waits")


async def _drained(service: Service, within: float) -> int:
    """How many messages are left."""
    by = service.clock.now() + within
    with progress(TextColumn("{task.description}")) as bar:
        task = bar.add_task("")
        while left := (await service.engine.store.backlog(now=service.clock.now())).waiting:
            bar.update(task, description=f"{left} waiting")
            if service.clock.now() >= by:
                break
            await service.engine.notifier.drain()
            await asyncio.sleep(LOOK_AGAIN)
    return left


def _since(backlog: Backlog, now: float) -> str:
    return f"{max(0.0, now - (backlog.oldest_due or now)):.0f} s"
