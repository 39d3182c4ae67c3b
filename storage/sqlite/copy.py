"""A copy of the whole database as one new file."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path


def make_room(target: Path) -> None:
    """Create the empty file; FileExistsError rather than replace one."""
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def copy(db: sqlite3.Connection, *, target: Path) -> None:
    """Copy one consistent state; writers on other connections go on meanwhile."""
    with closing(sqlite3.connect(target)) as out:
        db.backup(out)
        # Out of WAL: the copy is one file, also for whoever only reads it.
        out.execute("PRAGMA journal_mode = DELETE").fetchall()


def remove(target: Path) -> None:
    target.unlink(missing_ok=True)


def size(path: Path) -> int:
    """Tell how long a file is; 0 when there is none."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
