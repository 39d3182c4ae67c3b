"""`vssid-bot switch`: procedures, guides and channels off and on, and the notice in the menu.

The same switches as at the console; every process heeds them within `bot.switches.EVERY` seconds.
"""

from typing import Annotated

from cyclopts import App, Parameter

import flows
from bot import switches
from bot.commands.officer import moment
from bot.commands.opening import USAGE, WHO, ConfigFile, Opened, Stopped, opened, say
from bot.guide_edits import EDIT
from bot.guides import home, load
from bot.switches import DAY, GUIDE, SURGE
from flows.switched import CHANNEL, FLOW
from storage.base import Switch

CHANNELS = ("telegram", "zalo", "web")

Name = Annotated[
    str, Parameter(help="flow:forgot_password, guide:what, channel:telegram, or surge.")
]

_USAGE = "NAME is not known or the notice is empty: see `flows list` and `guides list`"

app = App(name="switch", help="Switch procedures, guides and channels off and on; announce.")


@app.command(name="list")
async def list_(*, config: ConfigFile = None) -> None:
    """List what is switched off or announced, and days with other hours."""
    async with opened(config) as here:
        rows = await here.store.switches()
        for row in rows:
            say(_line(here, row))
    if not rows:
        say("nothing is switched off or announced")


@app.command
async def off(
    name: Name,
    /,
    *,
    notice: Annotated[str, Parameter(help="What citizens are told, in Vietnamese.")],
    english: Annotated[str, Parameter(help="The same in English.")] = "",
    hours: Annotated[float, Parameter(help="Ends by itself after so many hours.")] = 0.0,
    config: ConfigFile = None,
) -> None:
    """Switch NAME off with a notice; `surge` puts the notice into the greeting."""
    async with opened(config) as here:
        if name not in known() or not notice.strip() or hours < 0:
            raise Stopped(_USAGE, USAGE)
        now = here.clock.now()
        until = now + hours * 3600 if hours else 0.0
        row = Switch(name, "", notice.strip(), english.strip(), until, WHO, now)
        await switches.set_(here.store, row)
        say(_line(here, row), f"every process heeds it within {switches.EVERY:.0f} s")


@app.command
async def on(name: Name, /, *, config: ConfigFile = None) -> None:
    """Switch NAME on again, or remove the notice, or give a day its usual hours."""
    async with opened(config) as here:
        if name not in {row.name for row in await here.store.switches()}:
            raise Stopped(f"{name}: nothing is set; `switch list` shows what is", USAGE)
        await switches.take_back(here.store, name, WHO, here.clock.now())
    say(f"{name}: as usual, in every process within {switches.EVERY:.0f} s")


def known() -> set[str]:
    """Everything that can be switched off."""
    procedures = (FLOW + name for name in flows.discover())
    guides = (GUIDE + name for name in load(home()))
    return {SURGE, *procedures, *guides, *(CHANNEL + name for name in CHANNELS)}


def _line(here: Opened, row: Switch) -> str:
    if row.name.startswith(DAY):
        state = row.value or "closed"
    elif row.name.startswith(EDIT):
        state = "edited"
    else:
        over = row.until and row.until <= here.clock.now()
        state = "lapsed" if over else "notice" if row.name == SURGE else "off"
    until = f"until {moment(row.until)}" if row.until else ""
    return f"{row.name}: {state} {until} ({row.who}, {moment(row.at)}) {row.vi}".replace("  ", " ")
