"""A copy of the whole database as one new file, and what must end when a copy is put back."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from storage.base import Corrupt
from storage.sqlite import audit
from storage.sqlite.wire import contract_errors

# Each statement's first parameter is the time of the end.
_ENDS = (
    "UPDATE challenges SET void_at = ? WHERE used_at IS NULL AND void_at IS NULL",
    "UPDATE pages SET used_at = ? WHERE used_at IS NULL",
    "UPDATE outbound SET status = 'dead', letter = NULL, ended_at = ? WHERE status = 'waiting'",
    """
    UPDATE changes SET ended_at = ?, ended_as = 'refused'
    WHERE applied_at IS NULL AND ended_at IS NULL
    """,
    "UPDATE outbound SET letter = NULL WHERE status = 'dead' AND letter IS NOT NULL AND due <= ?",
    "DELETE FROM sessions WHERE begun_at <= ?",
    "UPDATE staff SET invite = x'', invite_until = ? WHERE invite <> x''",
)


def make_room(target: Path) -> None:
    """Create the empty file; FileExistsError rather than replace one."""
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def copy(db: sqlite3.Connection, *, target: Path) -> None:
    """Copy one consistent state; writers on other connections go on meanwhile."""
    with closing(sqlite3.connect(target)) as out:
        db.backup(out)
        # Out of WAL: the copy is one file, also for whoever only reads it.
        out.execute("PRAGMA journal_mode = DELETE").fetchall()


def check(source: Path, audit_key: bytes) -> int:
    """Check a copy that nobody writes to, without a trace on it; the length of its chain."""
    where = f"{source.absolute().as_uri()}?mode=ro&immutable=1"
    with contract_errors(), closing(sqlite3.connect(where, uri=True)) as db:
        if db.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
            raise Corrupt("the database file is damaged; restore another backup")
        if db.execute("PRAGMA foreign_key_check").fetchall():
            raise Corrupt("rows of the database contradict each other; restore another backup")
        return audit.verify(db, audit_key)


def lay_to_rest(db: sqlite3.Connection, *, now: float) -> int:
    """End codes, pages, messages and held changes that are still alive; how many."""
    return sum(db.execute(end, (now,)).rowcount for end in _ENDS)


def remove(target: Path) -> None:
    target.unlink(missing_ok=True)


def size(path: Path) -> int:
    """Tell how long a file is; 0 when there is none."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
