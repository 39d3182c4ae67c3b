"""`vssid-bot registry`: members in from a CSV file, and out into one.

The lines that say what is wrong never hold what stood there.
"""

import asyncio
import os
import time
from collections.abc import Iterable
from contextlib import aclosing
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from bot.budgets import streak_key
from bot.changes import opened_by_staff
from bot.commands.opening import (
    FAILED,
    USAGE,
    ConfigFile,
    Opened,
    opened,
    plainly,
    progress,
    say,
    warn,
)
from bot.commands.resuming import Place, Resuming
from bot.registry import Chunk, dump, load
from bot.registry.table import Table, open_table
from bot.standings import CANCELLED
from storage.base import Change, Member, Standing

TEN = 10  # digits of a BHXH number
SHOWN = 20  # problems on the screen; the file has them all

app = App(name="registry", help="The registry of members: import and export it as CSV.")


@app.command(name="import")
async def import_(
    file: Annotated[Path, Parameter(help="The CSV file.")],
    /,
    *,
    errors: Annotated[
        Path | None, Parameter(help="Where all problems are written [default: FILE.errors.csv].")
    ] = None,
    restart: Annotated[
        bool, Parameter(negative="", help="Begin anew, whatever an earlier import reached.")
    ] = False,
    config: ConfigFile = None,
) -> int:
    """Load members from FILE: known ones are updated, empty cells change nothing.

    The first line names the columns: bhxh_number, national_id, full_name, birth_date, phone,
    email, agency, in any order; others are ignored. UTF-8, with commas or semicolons. Wrong rows
    are left out and reported (exit code 1), all others are loaded. Broken off, the same command
    goes on where it stopped.
    """
    with plainly():
        table = open_table(file)
    async with opened(config) as here:
        resuming = Resuming(file, errors or Path(f"{file}.errors.csv"), here.store.index)
        if restart:
            resuming.forget()
        return await _import(here, table, resuming)


async def _import(here: Opened, table: Table, resuming: Resuming) -> int:
    place = resuming.begin(table.body)
    if table.ignored:
        warn(f"columns that are ignored: {', '.join(table.ignored)}")
    if place.end > table.body:
        warn(f"going on after {place.loaded + place.rejected} rows; --restart begins anew")
    try:
        place = await _load(here, table, resuming, place)
    except (asyncio.CancelledError, Exception):
        warn("the import broke off; what is loaded stays, the same command goes on from there")
        raise
    await here.remember("registry.imported", f"{place.loaded} rows, {place.rejected} refused")
    resuming.forget()
    say(f"{place.loaded} rows loaded, {place.rejected} refused")
    if place.rejected:
        say(f"what was wrong, line by line: {resuming.errors}")
    return FAILED if place.rejected else 0


async def _load(here: Opened, table: Table, resuming: Resuming, place: Place) -> Place:
    found = 0
    with _bar() as bar:
        task = bar.add_task("", total=table.path.stat().st_size, completed=place.end, speed="")
        began, at_first = time.monotonic(), place.loaded + place.rejected
        async with aclosing(load(here.store, table, after=place.end)) as chunks:
            async for chunk in chunks:
                place = resuming.reached(place, chunk)
                found = _show(chunk, found)
                rows = place.loaded + place.rejected - at_first
                _move(bar, task, chunk.end, rows / max(time.monotonic() - began, 1e-9))
    if found > SHOWN:
        warn(f"... and {found - SHOWN} more")
    return place


def _bar() -> Progress:
    columns = (BarColumn(), DownloadColumn(), TextColumn("{task.fields[speed]}"))
    return progress(*columns, TimeElapsedColumn())


def _move(bar: Progress, task: TaskID, end: int, speed: float) -> None:
    bar.update(task, completed=end, speed=f"{speed:,.0f} rows/s")


def _show(chunk: Chunk, found: int) -> int:
    """Show what there is room for; how many problems have been found now."""
    warn(*map(str, chunk.problems[: max(0, SHOWN - found)]))
    return found + len(chunk.problems)


@app.command
async def export(
    file: Annotated[Path, Parameter(help="A new CSV file; nothing is overwritten.")],
    /,
    *,
    config: ConfigFile = None,
) -> None:
    """Write all members into FILE, a new CSV file that only its owner can read.

    The cells are exactly what is stored, so that the file can be imported again: a cell may begin
    with = + - or @. Where a spreadsheet opens the file, let it import all columns as text.
    """
    async with opened(config) as here:
        # Before the first row leaves: reading everybody is an act that must not go unseen.
        await here.remember("registry.exported", "all members")
        with progress(TextColumn("{task.completed:,} members"), TimeElapsedColumn()) as bar:
            task, written = bar.add_task(""), 0
            async with aclosing(dump(here.store, file)) as counts:
                async for written in counts:
                    bar.update(task, completed=written)
        say(f"{written} members written to {file}")


@app.command
async def reopen(
    number: Annotated[str, Parameter(help="The account's BHXH number, 10 digits.")],
    /,
    *,
    config: ConfigFile = None,
) -> int:
    """Open an account again: closed after too many wrong codes in a row, or by its owner.

    Only for a person who has proved at the counter who they are: time alone never opens it.
    For 72 hours from then on neither its phone nor its e-mail can be changed.
    """
    if len(number) != TEN or not number.isdecimal():
        warn("NUMBER: a BHXH number has 10 digits")
        return USAGE
    async with opened(config) as here:
        async with here.store.unit(now=here.clock.now()) as unit:
            found = await unit.members([number])
            accounts = [member.account for member in found.values()]
            await unit.clear_tallies([streak_key(account) for account in accounts])
            closed = [it.account for it in found.values() if it.state == CANCELLED]
            cancels = await unit.changes_of(closed, 0)
            now = here.clock.now()
            await unit.set_standings([Standing(account, "active", now) for account in closed])
            await unit.save_changes([_opened(here, member) for member in found.values()])
        if not found:
            warn("no such account")
            return FAILED
        await here.remember("account.reopened", accounts[0].hex())
        if closed:
            say("it was closed by its owner and is open again, with the contacts it had")
            say(*(f"the reason that was given: {why}" for why in _reasons(cancels)))
        say("the account can receive codes again")
    return 0


def _reasons(cancels: Iterable[Change]) -> list[str]:
    """Why it was closed, as its owner said it; nothing where the change is forgotten."""
    made = (row for row in cancels if row.after == CANCELLED and row.applied_at is not None)
    words = [row.before for row in sorted(made, key=lambda row: row.decided_at)][-1:]
    return ["".join(c if c.isprintable() else " " for c in why) for why in words]


def _opened(here: Opened, member: Member) -> Change:
    ref = os.urandom(12).hex()
    return opened_by_staff(member, ref, here.store.index("undo", ref), here.clock.now())
