"""Keeps people's halves of their keys out of copies of the database, in one file of their own.

Every backup is a copy without them, and replaces the file of halves: there is one such file and
never an older one. So whoever was erased since a copy was made is unreadable in it for ever, and
what a copy holds of them besides goes when it is put back. Whoever keeps older states of that
file undoes this; so does a raw copy of the database's disk.
"""

import os
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from msgspec.structs import astuple

from storage.base import Corrupt, Right
from storage.sealed import Row, read_conversation, read_line
from storage.sealed_rights import MINE, RIGHT
from storage.sqlite.schema import migrate
from storage.sqlite.wire import contract_errors
from storage.vault import Vault

# What is overwritten does not stay in the file; nor beside it.
_CLEAN = ("PRAGMA secure_delete = ON",)
_TRACELESS = (*_CLEAN, "PRAGMA journal_mode = MEMORY")
_COLUMNS = "chat, turn, said_at, lang, flow, version, state, run, account, memo, half"
_WIPE = "UPDATE conversations SET flow = '', version = 0, state = '', account = NULL, memo = x''"
_OLDER = (("transcript", "at"), ("set_aside", "at"), ("looks", "seen_at"), ("links", "at"))
# What a copy holds of somebody (1) who was erased later (2).
_GONE = (
    f"DELETE FROM photos WHERE {MINE.format(chat='?1')} AND at < ?2",  # noqa: S608 - of constants
    *(f"DELETE FROM {table} WHERE chat = ?1 AND {since} < ?2" for table, since in _OLDER),  # noqa: S608
    "DELETE FROM hand_overs WHERE chat = ?1 AND ended_at < ?2",
    f"{_WIPE} WHERE chat = ?1 AND said_at < ?2 AND memo <> x''",
)
_DONE = "kind = 'erase' AND ended_as = 'done'"
_RIGHTS = f"SELECT {RIGHT} FROM rights"  # noqa: S608 - of constants
_ADD = f"INTO rights ({RIGHT}) VALUES ({', '.join('?' * len(RIGHT.split(', ')))})"
_LINES = """
SELECT chat, transcript.turn, at, transcript.state, words, coalesce(half, x'')
FROM transcript LEFT JOIN conversations USING (chat)
"""


def take_out(copy: Path, file: Path) -> int:
    """Move all halves out of a copy that nobody uses into `file`, which is replaced; how many."""
    draft = file.with_name(file.name + ".new")
    draft.unlink(missing_ok=True)
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with contract_errors(), closing(_opened(copy)) as db:
        db.execute("ATTACH ? AS apart", (str(draft),))
        db.execute("CREATE TABLE apart.halves (chat TEXT PRIMARY KEY, half BLOB) WITHOUT ROWID")
        filled = "INSERT INTO apart.halves SELECT chat, half FROM conversations WHERE half <> x''"
        found = db.execute(filled).rowcount
        db.execute(f"CREATE TABLE apart.rights AS {_RIGHTS} WHERE {_DONE}")
        db.execute("UPDATE main.conversations SET half = x'' WHERE half <> x''")
    with draft.open("rb") as written:
        os.fsync(written.fileno())
    draft.replace(file)
    return found


def forget(file: Path, rows: Sequence[Right]) -> None:
    """Destroy the halves of those who were erased, and remember that they were."""
    if not file.exists():
        return  # no backup was ever made
    try:
        with contract_errors():
            _forget(file, rows)
    except sqlite3.Error as error:
        raise Corrupt(f"{file} is no file of halves: put its newest copy back") from error


def _forget(file: Path, rows: Sequence[Right]) -> None:
    with closing(_opened(file)) as db:
        db.execute("BEGIN IMMEDIATE")
        db.executemany("DELETE FROM halves WHERE chat = ?", [(row.chat,) for row in rows])
        db.executemany("DELETE FROM rights WHERE ref = ?", [(row.ref,) for row in rows])
        db.executemany(f"INSERT {_ADD}", [(*astuple(row)[:-1], b"") for row in rows])
        db.execute("COMMIT")


def put_back(copy: Path, file: Path, vault: Vault) -> int:
    """Give a copy its halves back, and drop what was erased since it was made; how many rows.

    Without the file everything goes that is sealed with halves.
    """
    with contract_errors(), closing(_opened(copy, _CLEAN)) as db:
        migrate(db)
        db.execute("BEGIN")
        dropped = 0
        if file.exists():
            with closing(_opened(file)) as apart:
                halves = apart.execute("SELECT half, chat FROM halves")
                db.executemany("UPDATE conversations SET half = ? WHERE chat = ?", halves)
                db.executemany(f"INSERT OR REPLACE {_ADD}", apart.execute(_RIGHTS))
                erased = apart.execute("SELECT chat, ended_at FROM rights").fetchall()
            dropped = sum(db.execute(gone, each).rowcount for each in erased for gone in _GONE)
        dropped += _drop_closed_lines(db, vault) + _drop_closed_talks(db, vault)
        db.execute("COMMIT")
    return dropped


def _opened(file: Path, settings: Sequence[str] = _TRACELESS) -> sqlite3.Connection:
    db = sqlite3.connect(file, isolation_level=None)
    for setting in settings:
        db.execute(setting).fetchall()
    return db


def _drop_closed_lines(db: sqlite3.Connection, vault: Vault) -> int:
    """Lines that no half opens any more."""
    closed = [row[:2] for row in db.execute(_LINES) if not _opens(read_line, vault, row)]
    db.executemany("DELETE FROM transcript WHERE chat = ? AND turn = ?", closed)
    return len(closed)


def _drop_closed_talks(db: sqlite3.Connection, vault: Vault) -> int:
    rows = db.execute(f"SELECT {_COLUMNS} FROM conversations")  # noqa: S608 - of the schema
    closed = [row[:1] for row in rows if not _opens(read_conversation, vault, row)]
    db.executemany(f"{_WIPE} WHERE chat = ?", closed)
    return len(closed)


def _opens(read: Callable[[Vault, Row], object], vault: Vault, row: Row) -> bool:
    try:
        read(vault, row)
    except Corrupt:
        return False
    return True
