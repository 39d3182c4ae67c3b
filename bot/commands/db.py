"""`vssid-bot db`: the database itself: its schema, and its move from a file to a server."""

import asyncio
import shutil
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter
from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

from bot.commands.opening import (
    USAGE,
    ConfigFile,
    Opened,
    Stopped,
    in_use,
    opened,
    plainly,
    progress,
    say,
    uses_file,
)
from bot.erasing import halves_of
from storage import halves
from storage.sqlite.copy import make_room, remove

app = App(name="db", help="The database: bring its schema up to date, move it to PostgreSQL.")


@app.command
async def migrate(*, config: ConfigFile = None) -> None:
    """Bring the schema to that of this program; `run` does the same when it starts."""
    async with opened(config):
        say("the database has the schema of this program")


@app.command
async def move(
    source: Annotated[Path, Parameter(help="The SQLite file; it is not changed.")],
    /,
    *,
    backup: Annotated[
        bool,
        Parameter(
            negative="",
            help="It is an older state: end its codes, links, waiting messages and held changes.",
        ),
    ] = False,
    config: ConfigFile = None,
) -> None:
    """Fill the empty PostgreSQL database of database.url with all rows of SOURCE.

    Stop every process of the bot first, and keep the key file: what it sealed moves as it is. All
    or nothing: rows are read back and compared, and the audit chain is verified.
    """
    with plainly():
        _check(source)
    async with opened(config) as here:
        moved = await (_move_copy if backup else _move_in)(here, source)
        ended = await here.store.lay_to_rest(now=here.clock.now()) if backup else 0
        await here.remember("database.moved", f"{sum(moved.values())} rows, {ended} ended")
        records = await here.store.verify_audit()
    for table, rows in moved.items():
        say(f"{rows:>12,}  {table}")
    what = "codes, links, messages and held changes"
    say(f"moved and compared; {records} audit records, {ended} {what} ended")


def _check(source: Path) -> None:
    if not source.is_file():
        raise Stopped(f"{source}: there is no such file", USAGE)
    if in_use(source):
        raise Stopped(f"{source} is in use: stop every process of the bot, then try again")


async def _move_copy(here: Opened, source: Path) -> dict[str, int]:
    """Move a backup, completed by the halves and without those who were erased since."""
    draft = source.with_name(source.name + ".moving")
    try:
        await asyncio.to_thread(_completed, here, source, draft)
        return await _move_in(here, draft)
    finally:
        remove(draft)


def _completed(here: Opened, source: Path, draft: Path) -> None:
    make_room(draft)
    shutil.copyfile(source, draft)
    halves.put_back(draft, halves_of(here.settings), here.keyring.vault())


async def _move_in(here: Opened, source: Path) -> dict[str, int]:
    if uses_file(here.settings):
        raise Stopped("database.url: name the PostgreSQL database to move to", USAGE)
    from storage.postgres import PostgresStore  # noqa: PLC0415 - as in bot/app.py

    if not isinstance(here.store, PostgresStore):
        raise TypeError("database.url names no PostgreSQL")
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with progress(*columns) as bar:
        task = bar.add_task("", total=None)

        def told(table: str, rows: int) -> None:
            bar.update(task, description=f"{table}: {rows:,} rows")

        return await here.store.move_in(str(source), now=here.clock.now(), told=told)
