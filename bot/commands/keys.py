"""`vssid-bot keys`: the secrets that open the database. Never shows one.

Refuses to seal anew while another process has the database open: that process could not read what
is sealed with a key it does not know.
"""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter
from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

from bot import keys
from bot.clock import SteadyClock
from bot.commands.opening import (
    USAGE,
    ConfigFile,
    Opened,
    Stopped,
    database_of,
    in_use,
    opened,
    plainly,
    progress,
    say,
    settings_from,
    uses_file,
)

app = App(name="keys", help="The key file: make it, add a key, seal everything anew.")


@app.command
def new(*, config: ConfigFile = None) -> None:
    """Make the key file with its first key; one that exists is never touched."""
    with plainly():
        file = Path(settings_from(config).keys.file)
        keys.create(file, now=SteadyClock().now())
        say(f"{file} made; back it up, apart from the database")


@app.command(name="list")
def list_(*, config: ConfigFile = None) -> None:
    """Id and age of every key, oldest first; the last one seals."""
    with plainly():
        file = Path(settings_from(config).keys.file)
        try:
            for name, created in keys.dates(file):
                say(f"{name}  {created}")
        except FileNotFoundError:
            raise Stopped(f"{file}: there is no key file; `keys new` makes one") from None


AllStopped = Annotated[
    bool,
    Parameter(negative="", help="PostgreSQL: every process of the bot, on every machine, is."),
]


@app.command
async def rotate(*, stopped: AllStopped = False, config: ConfigFile = None) -> None:
    """Add a key and seal everything anew with it; stop the bot first.

    Broken off, `keys reseal` goes on. The older keys stay in the file: the first one is needed for
    as long as the database lives, and backups need all of them.
    """
    async with opened(config) as here:
        pass
    _alone(here, stopped=stopped)
    with plainly():
        keys.rotate(Path(here.settings.keys.file), now=here.clock.now())
    say("a key was added; back up the key file")
    await _reseal(config, "keys.rotated")


@app.command
async def reseal(*, stopped: AllStopped = False, config: ConfigFile = None) -> None:
    """Seal with the newest key whatever an older one sealed; stop the bot first."""
    async with opened(config) as here:
        pass
    _alone(here, stopped=stopped)
    await _reseal(config, "keys.resealed")


def _alone(here: Opened, *, stopped: bool) -> None:
    with plainly():
        if not uses_file(here.settings):
            if not stopped:
                raise Stopped("stop every process on every machine, then say --stopped", USAGE)
        elif in_use(database_of(here.settings)):
            raise Stopped("the database is in use: stop every process of the bot, then try again")


async def _reseal(config: Path | None, kind: str) -> None:
    columns = (SpinnerColumn(), TextColumn("{task.completed:,} rows"), TimeElapsedColumn())
    async with opened(config) as here:
        with progress(*columns) as bar:
            task = bar.add_task("", total=None)
            done = await here.store.reseal(told=lambda rows: bar.update(task, completed=rows))
        newest = here.keyring.keys[-1].id
        await here.remember(kind, newest)
        say(f"{done} rows sealed anew; everything is sealed with key {newest}")
