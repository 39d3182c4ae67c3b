"""SQLAlchemy's async ORM with the bot's guarantee: one session, one transaction per update.

Updates run one after the other on one connection: SQLite has one writer, and sessions that
wait for its lock in threads are slower still. `BEGIN IMMEDIATE` is sent by hooks because
the driver's own BEGIN comes too late. What the peer seals, limits and audits is what the
bot does; JSON is read with the standard library.
"""

import hashlib
import json
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import event, insert
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from benchmarks.dialogue import Citizen
from benchmarks.peers import p1
from benchmarks.peers.orm_audit import Chain
from benchmarks.peers.orm_post import Keys
from benchmarks.peers.orm_safe import Safe
from benchmarks.peers.orm_tables import Base, Member, Seen
from benchmarks.peers.orm_turn import Turn
from benchmarks.system import Setting
from storage.vault import Key, Vault, derive

_SECRET = hashlib.sha256(b"not a secret: a benchmark's").digest()
_CHUNK = 10_000
_FOLD_FROM = 4 << 20  # bytes of the write-ahead log
# As the bot has them; the log is folded back between two batches, here as there.
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=ON",
    "temp_store=MEMORY",
    "cache_size=-16384",
    "wal_autocheckpoint=8192",
)


class PerUpdate:
    """The peer as a system."""

    async def prepare(self, setting: Setting) -> None:
        """Create the tables and fill the registry."""
        await self.open(setting)
        async with self.engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
            for first in range(0, setting.members, _CHUNK):
                people = map(Citizen, range(first, min(first + _CHUNK, setting.members)))
                await connection.execute(insert(Member), [self._row(person) for person in people])
        await self.close()

    async def open(self, setting: Setting) -> None:
        """Connect: WAL, `synchronous=FULL`, one connection."""
        self.inbox = p1.Inbox()
        self.keys = _keys()
        self.path = setting.folder / "orm.db"
        self.engine = create_async_engine(
            f"sqlite+aiosqlite:///{self.path}", pool_size=1, max_overflow=0
        )
        event.listen(self.engine.sync_engine, "connect", _configure)
        event.listen(self.engine.sync_engine, "begin", _begin)
        # Without autoflush a look-up does not cut the inserts of a turn in two.
        self.sessions = async_sessionmaker(self.engine, expire_on_commit=False, autoflush=False)

    async def take(self, batch: Sequence[bytes]) -> None:
        for raw in batch:
            await self.one(json.loads(raw))

    async def one(self, update: dict[str, Any]) -> None:
        """The whole life of one update; returning means that it is on disk."""
        async with self.sessions() as session, session.begin():
            if not await is_new(session, update["update_id"], time.time()):
                return
            message = update["message"]
            turn = Turn(self.keys, session, message["chat"]["id"], message["text"])
            await turn.run()
        for phone, text in turn.post.sms:
            self.inbox.receive(phone, text)

    async def deliver(self) -> None:
        """Fold the log back; sending is left out, it would only add to this peer's cost."""
        _fold(self.path)

    def code_for(self, citizen: Citizen) -> str:
        return self.inbox.code_for(citizen)

    def finished(self) -> int:
        return self.inbox.passwords

    async def close(self) -> None:
        await self.engine.dispose()

    def _row(self, person: Citizen) -> dict[str, Any]:
        account = self.keys.index("bhxh", person.number)
        personal = {
            "bhxh_number": person.number,
            "national_id": f"0{person.index:011d}",
            "full_name": "Nguyễn Thị Lan",
            "birth_date": "1960-01-01",
            "phone": person.phone,
            "agency": "BHXH quận Ba Đình",
        }
        sealed = self.keys.safe.json("member", account.hex(), "personal", personal)
        return {"account": account, "personal": sealed}


async def is_new(session: AsyncSession, number: int, now: float) -> bool:
    """Mark an update as handled; False if it was."""
    mark = upsert(Seen).values(key=number, at=now)
    new = mark.on_conflict_do_nothing().returning(Seen.key)
    return await session.scalar(new) is not None


def _keys() -> Keys:
    vault = Vault([Key("00000001", _SECRET)])
    code, tap, audit = (derive(_SECRET, purpose) for purpose in ("code", "tap", "audit"))
    return Keys(Safe(vault), Chain(audit), code, tap)


def _fold(path: Path) -> None:
    if Path(f"{path}-wal").stat().st_size >= _FOLD_FROM:
        with closing(sqlite3.connect(path)) as beside:
            beside.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()


def _configure(connection: Any, _: object) -> None:  # noqa: ANN401 - the driver's own, untyped
    connection.isolation_level = None
    for word in _PRAGMAS:
        connection.execute(f"PRAGMA {word}")


def _begin(connection: Any) -> None:  # noqa: ANN401 - typed in SQLAlchemy, passed untyped
    connection.exec_driver_sql("BEGIN IMMEDIATE")
