"""The batch write of `writers.py` in SQLAlchemy Core, statement for statement."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Float, Integer, LargeBinary, MetaData, String, Table, event, func
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from benchmarks.writers import PRAGMAS, SCHEMA, Row, Spoilt

_META = MetaData()
_T_SEEN = Table("seen", _META, Column("key", String, primary_key=True), Column("at", Float))
_T_TALK = Table(
    "conversation",
    _META,
    Column("chat", String, primary_key=True),
    Column("turn", Integer),
    Column("state", String),
    Column("memo", LargeBinary),
)
_T_LINE = Table(
    "line",
    _META,
    Column("id", Integer, primary_key=True),
    Column("chat", String),
    Column("at", Float),
    Column("body", LargeBinary),
)
_T_OUT = Table(
    "outbound",
    _META,
    Column("id", Integer, primary_key=True),
    Column("ref", String),
    Column("lane", String),
    Column("due", Float),
    Column("body", LargeBinary),
)
_T_CODE = Table(
    "challenge",
    _META,
    Column("chat", String, primary_key=True),
    Column("counter", Integer),
    Column("tries", Integer),
    Column("destination", LargeBinary),
)
_I_SEEN = insert(_T_SEEN).on_conflict_do_nothing().returning(_T_SEEN.c.key)
_I_TALK = insert(_T_TALK)
_I_TALK = _I_TALK.on_conflict_do_update(
    index_elements=["chat"],
    set_={name: _I_TALK.excluded[name] for name in ("turn", "state", "memo")},
)
_I_CODE = insert(_T_CODE)
_I_CODE = _I_CODE.on_conflict_do_update(
    index_elements=["chat"],
    set_={
        "counter": _I_CODE.excluded.counter,
        "tries": func.max(_T_CODE.c.tries, _I_CODE.excluded.tries),
        "destination": _I_CODE.excluded.destination,
    },
)


class Core:
    """SQLAlchemy Core on aiosqlite; one checked-out connection, statements made once.

    The driver's own BEGIN comes too late (after a SAVEPOINT, before the first write only),
    so it is switched off and BEGIN IMMEDIATE is sent by a hook.
    """

    name = "SQLAlchemy Core"

    async def open(self, path: Path) -> None:
        """Create the tables from the same text as the others."""
        self.engine = create_async_engine(f"sqlite+aiosqlite:///{path}")
        event.listen(self.engine.sync_engine, "connect", _configure)
        event.listen(self.engine.sync_engine, "begin", _begin)
        self.db: AsyncConnection = await self.engine.connect()
        async with self.db.begin():
            for statement in filter(str.strip, SCHEMA.split(";")):
                await self.db.exec_driver_sql(statement)

    async def write(self, rows: Sequence[Row], *, spoil: bool = False) -> set[str]:
        async with self.db.begin():
            marks = [{"key": row.key, "at": row.at} for row in rows]
            new = set(await self.db.scalars(_I_SEEN, marks))
            await self.db.execute(_I_TALK, [_talk(row) for row in rows])
            await self.db.execute(insert(_T_LINE), [_line(row) for row in rows])
            await self.db.execute(insert(_T_OUT), [_out(row) for row in rows])
            await self.db.execute(_I_CODE, [_code(row) for row in rows])
            if spoil:
                raise Spoilt
        return new

    async def close(self) -> None:
        await self.db.close()
        await self.engine.dispose()


def _talk(row: Row) -> dict[str, Any]:
    return {"chat": row.chat, "turn": row.turn, "state": row.state, "memo": row.memo}


def _line(row: Row) -> dict[str, Any]:
    return {"chat": row.chat, "at": row.at, "body": row.body}


def _out(row: Row) -> dict[str, Any]:
    return {"ref": row.key, "lane": row.chat, "due": row.at, "body": row.body}


def _code(row: Row) -> dict[str, Any]:
    return {
        "chat": row.chat,
        "counter": row.turn,
        "tries": row.turn,
        "destination": row.destination,
    }


def _configure(connection: Any, _: object) -> None:  # noqa: ANN401 - the driver's own, untyped
    connection.isolation_level = None
    for word in PRAGMAS:
        connection.execute(f"PRAGMA {word}")


def _begin(connection: Any) -> None:  # noqa: ANN401 - typed in SQLAlchemy, passed untyped
    connection.exec_driver_sql("BEGIN IMMEDIATE")
