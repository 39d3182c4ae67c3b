"""Reads and changes a database behind the store's back."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any


def tamper(database: Path, *statements: str) -> list[tuple[Any, ...]]:
    """Run statements on a connection of its own; the rows of the last one."""
    with closing(sqlite3.connect(database, isolation_level=None)) as db:
        found: list[tuple[Any, ...]] = []
        for statement in statements:
            found = db.execute(statement).fetchall()
        return found


def swap(database: Path, table: str, column: str) -> None:
    """Give each of two rows the other one's value."""
    tamper(
        database,
        f"CREATE TEMP TABLE former AS SELECT rowid AS row, {column} AS value FROM {table}",  # noqa: S608
        f"UPDATE {table} SET {column} ="  # noqa: S608
        f" (SELECT value FROM former WHERE row <> {table}.rowid ORDER BY row LIMIT 1)",
    )


def make_garbage(database: Path) -> None:
    database.parent.mkdir()
    database.write_bytes(b"not a database" * 1000)


@contextmanager
def taken_away(database: Path) -> Iterator[None]:
    """Put a folder where the file was, for a while."""
    aside = database.with_name("aside")
    database.rename(aside)
    database.mkdir()
    yield
    database.rmdir()
    aside.rename(database)


def length(file: Path) -> int:
    return file.stat().st_size


def exists(file: Path) -> bool:
    return file.exists()
