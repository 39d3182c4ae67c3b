"""Locked, full, failing, cut off: nothing is half-written, and it works again afterwards."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from storage.base import Corrupt, Outbound, Seen, Unavailable
from storage.sqlite import SqliteStore
from storage.sqlite.wire import contract_errors, to_the_end
from tests.storage import rows
from tests.storage.cancelling import cancelled_at
from tests.storage.conftest import Opener
from tests.storage.tampering import length, make_garbage, taken_away, tamper


async def _turn(store: SqliteStore, name: str) -> None:
    async with store.unit(now=1) as unit:
        await rows.turn(unit, name)


async def _pragma(store: SqliteStore, text: str) -> None:
    await store._look(lambda db: db.execute(f"PRAGMA {text}").fetchall())


async def _is_there(store: SqliteStore, name: str) -> bool:
    async with store.unit(now=1) as unit:
        return bool(await unit.conversations([name]))


async def test_locked_by_another_process(disk: SqliteStore, database: Path) -> None:
    """While somebody else writes the store is unavailable; afterwards it works."""
    await _pragma(disk, "busy_timeout = 20")
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable, match="locked"):
            await _turn(disk, "x")
        with pytest.raises(Unavailable, match="locked"):
            await disk.add_members([rows.PERSON])
        assert (await disk.backlog(now=1)).waiting == 0
    await _turn(disk, "x")
    assert await _is_there(disk, "x")


async def test_disk_full(disk: SqliteStore) -> None:
    """A unit that finds no room leaves nothing behind; with room again the store works."""
    await _turn(disk, "before")
    await _pragma(disk, "max_page_count = 1")  # SQLite takes the present size instead
    big = [rows.conversation(f"c{number}", memo=b"x" * 9000) for number in range(20)]

    async def fill() -> None:
        async with disk.unit(now=1) as unit:
            await unit.first_seen([Seen("full", 1.0)])
            await unit.save_conversations(big)
            await unit.add_acts([])

    with pytest.raises(Unavailable, match="full"):
        await fill()
    await _pragma(disk, "max_page_count = 1000000")
    async with disk.unit(now=1) as unit:
        assert await unit.first_seen([Seen("full", 1.0)]) == {"full"}
        assert await unit.conversations([row.chat for row in big]) == {}
    assert await disk.verify_audit() == 1


def _failing_disk(db: sqlite3.Connection) -> None:
    db.execute("BEGIN IMMEDIATE")
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC
    raise error


async def test_failed_fsync(disk: SqliteStore) -> None:
    """After the disk has failed the connection is never used again; a new one takes over."""
    await _turn(disk, "before")
    former = disk._wire
    with pytest.raises(Unavailable):
        await disk._look(_failing_disk)
    await _turn(disk, "after")
    assert disk._wire is not former
    assert await _is_there(disk, "before")


async def test_failed_disk_stays_unavailable_until_it_can_be_opened(
    disk: SqliteStore, database: Path
) -> None:
    """When the file cannot be opened anew the store says so, and tries again next time."""
    with pytest.raises(Unavailable):
        await disk._look(_failing_disk)
    with taken_away(database), pytest.raises(Unavailable):
        await disk.audit_head()
    assert await disk.audit_head() == (0, b"")


async def test_rollback_that_fails(disk: SqliteStore, opened: Opener) -> None:
    """A connection that cannot even roll back is replaced, and holds no lock."""

    async def fail() -> None:
        async with disk.unit(now=1) as unit:
            await unit.conversations(["x"])
            await disk._hop(lambda db: db.close())
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    await _turn(disk, "x")
    assert await _is_there(await opened(), "x")


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (sqlite3.SQLITE_CORRUPT, Corrupt),
        (sqlite3.SQLITE_NOTADB, Corrupt),
        (sqlite3.SQLITE_READONLY_DBMOVED, Unavailable),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, Unavailable),
        (sqlite3.SQLITE_ERROR, sqlite3.OperationalError),
    ],
)
def test_errors_become_the_contracts(code: int, error: type[Exception]) -> None:
    """Each kind of SQLite error is the contract's, and a mistake of ours stays what it is."""
    raised = sqlite3.OperationalError("it failed")
    raised.sqlite_errorcode = code
    with pytest.raises(error), contract_errors():
        raise raised


async def test_garbage_file(opened: Opener, database: Path) -> None:
    """A file that is no database is refused with the remedy."""
    make_garbage(database)
    with pytest.raises(Corrupt, match="restore a backup"):
        await opened()


async def test_claim_cut_off(disk: SqliteStore) -> None:
    """Cancelled at any await, a claim leaves no open transaction."""
    async with disk.unit(now=1) as unit:
        await unit.add_outbound([Outbound("r", "l", "chat", "c", b"", 1.0, 9.0)], 1.0)

    async def claim(now: float) -> None:
        assert await disk.claim("me", ["chat"], now=now, lease=1, limit=1)

    for step in range(1, 10):
        finished = await cancelled_at(claim(10.0 * step), step)
        await _turn(disk, f"after {step}")
        if finished:
            break
    assert finished


async def test_rollback_outlives_a_second_cancellation(disk: SqliteStore) -> None:
    """Cancelled while it rolls back, a unit still rolls back, and the cancellation is kept."""

    async def work() -> None:
        async with disk.unit(now=1) as unit:
            await rows.turn(unit, "x")
            task = asyncio.current_task()
            assert task is not None
            task.cancel()
            raise LookupError

    task = asyncio.ensure_future(work())
    await asyncio.wait([task])
    assert task.cancelled()
    assert not await _is_there(disk, "x")


async def test_to_the_end_hands_errors_on() -> None:
    """What is run to its end may fail like anything else."""

    async def failing() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        await to_the_end(failing())


async def test_closed_store(disk: SqliteStore) -> None:
    """A closed store is unavailable, and closing it again is no error."""
    await disk.close()
    await disk.close()
    with pytest.raises(Unavailable, match="not open"):
        await disk.audit_head()


async def test_log_is_folded_back(disk: SqliteStore, database: Path) -> None:
    """Routine upkeep folds a long write-ahead log back into the file."""
    row = rows.conversation(memo=b"x" * (6 << 20))
    async with disk.unit(now=1) as unit:
        await unit.save_conversations([row])
    before = length(database)
    await disk.tidy()
    assert length(database) > before + (5 << 20)
    assert await _is_there(disk, row.chat)
    assert tamper(database, "PRAGMA integrity_check") == [("ok",)]
