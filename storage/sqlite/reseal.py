"""Seals anew what an older key sealed, so that the older key can be dropped.

Walks every sealed column in the order of its key, a page per transaction; interrupted, it can
simply be run again.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from storage.vault import Vault

Place = tuple[Any, ...]
HALF = "coalesce((SELECT half FROM conversations AS own WHERE own.chat = transcript.chat), x'')"


@dataclass(frozen=True, slots=True)
class Sealed:
    """Sealed columns of one table, and the key it is walked by.

    bound_from: how many columns of the key stand before those that the seals are bound to.
    most: rows that one transaction may take.
    half: where the person's half of the key is found.
    """

    table: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    bound_from: int = 0
    most: int = 5000
    half: str = "x''"

    def page(
        self, db: sqlite3.Connection, *, vault: Vault, after: Place, limit: int
    ) -> tuple[Place, int]:
        """Treat the next `limit` rows; the last key (empty at the end) and how many changed."""
        rows = db.execute(self._select(after), (*after, limit)).fetchall()
        width = len(self.key)
        pairs = [(row, self._fresh(vault, row[:width], row[width:-1], row[-1])) for row in rows]
        changed = [(*fresh, *row[:width]) for row, fresh in pairs if fresh != row[width:-1]]
        db.executemany(self._update(), changed)
        return (rows[-1][:width] if len(rows) == limit else ()), len(changed)

    def _fresh(self, vault: Vault, key: Place, values: Place, half: bytes) -> Place:
        named = key[self.bound_from :]
        row = "/".join(part.hex() if isinstance(part, bytes) else str(part) for part in named)
        return tuple(
            value
            if not value or vault.is_fresh(value)
            else self._again(vault, row, column, value, half)
            for column, value in zip(self.columns, values, strict=True)
        )

    def _again(self, vault: Vault, row: str, column: str, value: bytes, half: bytes) -> bytes:
        plain = vault.open(self.table, row, column, value, half)
        return vault.seal(self.table, row, column, plain, half)

    def _select(self, after: Place) -> str:
        key = ", ".join(self.key)
        beyond = f"WHERE ({key}) > ({_marks(after)})" if after else ""
        columns = ", ".join(self.columns)
        return (
            f"SELECT {key}, {columns}, {self.half} FROM {self.table} {beyond}"  # noqa: S608
            f" ORDER BY {key} LIMIT ?"
        )

    def _update(self) -> str:
        new = ", ".join(f"{column} = ?" for column in self.columns)
        row = " AND ".join(f"{column} = ?" for column in self.key)
        return f"UPDATE {self.table} SET {new} WHERE {row}"  # noqa: S608


EVERYTHING = (
    Sealed("conversations", ("chat",), ("memo",), half="half"),
    Sealed("transcript", ("chat", "turn"), ("words",), half=HALF),
    Sealed("outbound", ("id", "ref"), ("letter",), bound_from=1),
    Sealed("members", ("account",), ("personal",)),
    Sealed("set_aside", ("key",), ("payload",)),
    Sealed("changes", ("ref",), ("before", "after")),
    Sealed("dossiers", ("ref",), ("form",)),
    Sealed("edges", ("ref", "version"), ("why",)),
    Sealed("photos", ("ref",), ("image",), most=20),
    Sealed("staff", ("name",), ("totp",)),
    Sealed("rights", ("ref",), ("why",)),
)


def forget_older_keys(db: sqlite3.Connection, *, vault: Vault) -> None:
    """Record that only the newest key is in use; the others may leave the key file."""
    db.execute("DELETE FROM seal_keys WHERE kid <> ?", (vault.newest,))


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
