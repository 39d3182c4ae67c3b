"""All rows as another engine wants them, and another engine's rows as ours.

Four tables differ: rows that are only there to be locked are nobody else's business, shards of
tallies are added up, and the facts of `meta` are all text here.
"""

import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from pathlib import Path

from storage import moving
from storage.base import Conflict
from storage.postgres import audit, months
from storage.postgres.schema import check_keys
from storage.postgres.wire import LONG, SNAPSHOT, Pool, Row, Wire
from storage.sqlite.copy import make_room, remove
from storage.sqlite.wire import contract_errors
from storage.vault import Vault

_ONLY = {
    "conversations": "WHERE turn >= 0",
    "audit_head": "WHERE seq > 0",
    "tallies": "GROUP BY key, slice",
}
_INSTEAD = {("tallies", "n"): "sum(n)::bigint", ("tallies", "at"): "min(at)"}
_OURS = ("meta", "seal_keys", "audit_head")  # has rows from the first opening on
_NUMBERED = ("members", "consents", "outbound", "hand_overs")


class PostgresTables:
    """The tables of a database within one transaction."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def pages(self, table: str, columns: Sequence[str]) -> AsyncIterator[list[Row]]:
        names = ", ".join(_INSTEAD.get((table, name), name) for name in columns)
        text = f"SELECT {names} FROM {table} {_ONLY.get(table, '')}"  # noqa: S608 - of the schema
        async for page in self._wire.pages(text, moving.page_of(table)):
            yield [_fact(row) for row in page] if table == "meta" else page

    async def fill(self, table: str, columns: Sequence[str], rows: list[Row]) -> None:
        if table == "meta":
            rows = [_as_text(row) for row in rows]
        await self._wire.load(table, columns, rows)


async def write_out(pool: Pool, target: Path) -> None:
    """Copy one consistent state into one new SQLite file, while units go on."""
    make_room(target)
    try:
        async with pool.begun(SNAPSHOT) as wire:
            with contract_errors():
                await moving.write_file(target, PostgresTables(wire), lambda *_: None)
    except BaseException:
        remove(target)
        raise


async def read_in(
    pool: Pool, source: Path, vault: Vault, audit_key: bytes, now: float, told: moving.Told
) -> dict[str, int]:
    """Fill an empty database from a SQLite file, all or nothing; rows of each table."""
    with contract_errors(), closing(_opened(source)) as db:
        file = moving.SqliteFile(db)
        columns = file.columns()
        await months.make(pool, _months_of(db))
        async with pool.begun(LONG) as wire:
            await _insist_on_empty(wire, columns)
            moved = await moving.move(columns, file, PostgresTables(wire), told)
            await _number_on(wire)
            await check_keys(wire, vault, now)
            await audit.verify(wire, audit_key)
    async with pool.begun(LONG) as wire:
        await wire.execute("ANALYZE")
    return moved


def _opened(source: Path) -> sqlite3.Connection:
    """Open the file as it stands, to be read by one thread after the other."""
    # Immutable: nobody uses it, and no log is left beside it.
    where = f"{source.absolute().as_uri()}?mode=ro&immutable=1"
    db = sqlite3.connect(where, uri=True, isolation_level=None, check_same_thread=False)
    db.execute("BEGIN")
    return db


async def _insist_on_empty(wire: Wire, columns: dict[str, list[str]]) -> None:
    for table in columns:
        if table in _OURS:
            await wire.execute(f"DELETE FROM {table}")  # noqa: S608 - a name of the schema
        elif await wire.fetch(f"SELECT FROM {table} LIMIT 1"):
            raise Conflict(f"the database has rows already ({table}): move into an empty one")


async def _number_on(wire: Wire) -> None:
    """Go on counting after the numbers that came along."""
    for table in _NUMBERED:
        newest = f"(SELECT coalesce(max(id), 0) + 1 FROM {table})"  # noqa: S608
        await wire.fetch(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {newest}, false)"
        )


def _months_of(db: sqlite3.Connection) -> list[months.Month]:
    """The months that have rows, whichever table they are in."""
    month = "SELECT DISTINCT strftime('%Y %m', at, 'unixepoch') FROM"
    found = db.execute(" UNION ".join(f"{month} {table}" for table in months.PARTED)).fetchall()
    return sorted((int(name[:4]), int(name[5:])) for (name,) in found)


def _fact(row: Row) -> Row:
    name, value = row
    return (name, float(value) if name == "high_water" else bytes.fromhex(value))


def _as_text(row: Row) -> Row:
    name, value = row
    return (name, value.hex() if isinstance(value, bytes) else repr(value))
