"""`vssid-bot backup` and `vssid-bot restore`: the whole database as one file, out and back in.

A backup is proved before it is called one, and again before it takes the database's place. Neither
carries keys: a copy beside its key is a copy without a lock.
"""

import asyncio
import os
import shutil
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from bot import anchor, keys
from bot.anchor import AnchorError
from bot.app import open_store
from bot.clock import Clock, SteadyClock
from bot.commands.opening import (
    USAGE,
    WHO,
    ConfigFile,
    Opened,
    Stopped,
    database_of,
    in_use,
    opened,
    plainly,
    say,
    settings_from,
    uses_file,
)
from bot.erasing import halves_of, is_erased
from bot.keys import Keyring
from bot.settings import Settings
from storage import halves
from storage.base import Act, StorageError

_BESIDE = ("", "-wal", "-shm")  # what belongs to one database
_MANY = 10_000  # more erasures than a backup can last through


async def backup(
    target: Annotated[Path, Parameter(help="A new file; nothing is overwritten.")],
    /,
    *,
    config: ConfigFile = None,
) -> None:
    """Copy the database into TARGET while it is in use, and check the copy.

    The key file is not copied. Keep it elsewhere: without it the copy cannot be opened, and
    whoever has both can read everything.
    """
    async with opened(config) as here:
        began = here.clock.now()
        await here.remember("database.copied", "backup")
        try:
            await here.store.backup(str(target))
        except FileExistsError:
            raise Stopped(f"{target} exists; nothing is overwritten") from None
        await _take_out(here, target, began)
        records = await here.store.check_copy(str(target))
        took = here.clock.now() - began
        say(f"{target}: {_megabytes(target)} in {took:.1f} s; sound, {records} audit records")
        say(f"The keys are not in it: back up {here.settings.keys.file} too, elsewhere.")
        say(f"Nor are people's halves: of {halves_of(here.settings)} keep only the newest.")


async def restore(
    source: Annotated[Path, Parameter(help="A file that `backup` made; it is not changed.")],
    /,
    *,
    force: Annotated[
        bool,
        Parameter(negative="", help="Move a database that exists aside, as <name>.before-<time>."),
    ] = False,
    config: ConfigFile = None,
) -> None:
    """Put the backup SOURCE in the database's place, once it has proved sound.

    Codes, links, waiting messages and held changes of a contact that the backup would bring back
    to life are ended.
    """
    with plainly():
        settings, clock = settings_from(config), SteadyClock()
        if not uses_file(settings):
            says = "database.url is no file: `vssid-bot db move FILE --backup` fills an empty one"
            raise Stopped(says, USAGE)
        target = database_of(settings)
        if target.exists() and not force:
            raise Stopped(f"{target} exists; --force moves it aside")
        keyring = _keys(settings)
        draft = target.with_name(target.name + ".restoring")
        try:
            await asyncio.to_thread(_copy, source, draft)
            says = await _proved(settings, keyring, draft, clock)
            await _make_way(settings, keyring, clock)
            _sync(draft)
            draft.rename(target)
            _sync(target.parent)
        except sqlite3.Error as error:
            # A database, but of something else.
            raise Stopped(f"{source} is not a backup of this bot ({error})") from None
        finally:
            _remove(draft)
        says += await _anchored(settings, keyring, clock)
        say(f"{target} restored: {says}")


async def _take_out(here: Opened, target: Path, began: float) -> None:
    """Part the copy from its halves; whoever was erased meanwhile is erased in it, too."""
    file = halves_of(here.settings)
    try:
        await asyncio.to_thread(halves.take_out, target, file)
    except BaseException:
        _remove(target)
        raise
    ended = await here.store.list_rights(ended=True, limit=_MANY)
    new = [row for row in ended if is_erased(row) and (row.ended_at or 0) >= began]
    await asyncio.to_thread(halves.forget, file, new)


def _megabytes(file: Path) -> str:
    return f"{file.stat().st_size / 1e6:.1f} MB"


def _keys(settings: Settings) -> Keyring:
    try:
        return keys.load(Path(settings.keys.file))
    except FileNotFoundError:
        says = f"keys.file: {settings.keys.file} is missing; put it back before the database"
        raise Stopped(says, USAGE) from None


def _copy(source: Path, draft: Path) -> None:
    """Copy a database, with what has not been folded into it yet."""
    draft.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _remove(draft)
    for tail in ("", "-wal"):
        if not tail or Path(f"{source}{tail}").exists():
            copy = Path(f"{draft}{tail}")
            copy.touch(mode=0o600, exist_ok=False)
            shutil.copyfile(f"{source}{tail}", copy)


async def _proved(settings: Settings, keyring: Keyring, draft: Path, clock: Clock) -> str:
    """Open the copy with our keys, end what must not live on, and check it whole."""
    place = {"url": f"sqlite:///{draft}"}
    there = settings.model_copy(update={"database": settings.database.model_copy(update=place)})
    store, now = open_store(there, keyring), clock.now()
    await store.open(now=now)
    try:
        if not await store.verify_audit():
            # A backup holds at least the record that it was made.
            raise Stopped("that file is not a backup of this bot: it has no audit record")
        file = halves_of(settings)
        dropped = await asyncio.to_thread(halves.put_back, draft, file, keyring.vault())
        ended = await store.lay_to_rest(now=now)
        async with store.unit(now=now) as unit:
            await unit.add_acts([Act(now, "database.restored", WHO, detail=f"{ended} ended")])
    finally:
        await store.close()
    records = await store.check_copy(str(draft))
    what = "codes, links, messages, sessions and held changes"
    return f"sound, {records} audit records, {ended} {what} ended{_left_out(dropped, file)}"


def _left_out(rows: int, file: Path) -> str:
    """What is said of rows that nobody can open any more."""
    if not rows:
        return ""
    why = "of people erased since" if file.exists() else f"since {file} is missing"
    return f", {rows} rows left out that nothing opens any more ({why})"


async def _anchored(settings: Settings, keyring: Keyring, clock: Clock) -> str:
    """An older state lacks what was anchored since: those anchors are kept, but set aside."""
    file, store = anchor.path_of(settings), open_store(settings, keyring)
    await store.open(now=clock.now())
    try:
        await anchor.check(file, store)
    except FileNotFoundError:
        return ""
    except AnchorError as error:
        aside = file.with_name(f"{file.name}.before-{_stamp(clock)}")
        file.rename(aside)
        return f"\n{error}\nThose anchors are now in {aside}."
    finally:
        await store.close()
    return ""


async def _make_way(settings: Settings, keyring: Keyring, clock: Clock) -> None:
    target = database_of(settings)
    if target.exists() and await _opens(settings, keyring, clock) and in_use(target):
        raise Stopped("the database is in use: stop every process of the bot, then try again")
    # A log without its database would be taken for the restored one's.
    _move_aside(target, f"{target}.before-{_stamp(clock)}")


async def _opens(settings: Settings, keyring: Keyring, clock: Clock) -> bool:
    """Whether the database is any good; a damaged one is the very reason to restore."""
    store = open_store(settings, keyring)
    try:
        await store.open(now=clock.now())
    except StorageError:
        return False
    await store.close()
    return True


def _move_aside(target: Path, aside: str) -> None:
    for tail in _BESIDE:
        if Path(f"{target}{tail}").exists():
            Path(f"{target}{tail}").rename(f"{aside}{tail}")


def _stamp(clock: Clock) -> str:
    return datetime.fromtimestamp(clock.now(), UTC).strftime("%Y%m%dT%H%M%SZ")


def _remove(draft: Path) -> None:
    for tail in _BESIDE:
        Path(f"{draft}{tail}").unlink(missing_ok=True)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
