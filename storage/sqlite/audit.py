"""The audit chain in SQLite: appended inside the caller's transaction, checked page by page."""

import sqlite3
from collections.abc import Sequence

import msgspec

from storage import chain
from storage.base import Act
from storage.chain import EMPTY, Head

_PAGE = 1000
_MACS = "SELECT seq, mac FROM json_each(?) AS asked CROSS JOIN audit ON seq = asked.value"
_ADD = "INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?)"
_SET_HEAD = """
INSERT INTO audit_head VALUES (1, ?, ?, ?)
ON CONFLICT (one) DO UPDATE SET seq = excluded.seq, mac = excluded.mac, proof = excluded.proof
"""


def append(db: sqlite3.Connection, key: bytes, acts: Sequence[Act]) -> None:
    """Continue the chain inside the caller's transaction."""
    records = chain.links(key, head(db, key), acts)
    db.executemany(_ADD, records)
    newest = (records[-1][0], records[-1][-1])
    db.execute(_SET_HEAD, (*newest, chain.proof(key, newest)))


def head(db: sqlite3.Connection, key: bytes) -> Head:
    """Read number and mac of the newest record."""
    return chain.proved(key, db.execute("SELECT seq, mac, proof FROM audit_head").fetchone())


def macs(db: sqlite3.Connection, *, numbers: Sequence[int]) -> dict[int, bytes]:
    """Read the macs of these records as they stand, unproved."""
    asked = msgspec.json.encode(numbers).decode()
    return dict(db.execute(_MACS, (asked,)).fetchall())


def verify(db: sqlite3.Connection, key: bytes) -> int:
    """Check the whole chain at once; its length."""
    last, done = EMPTY, False
    while not done:
        last, done = verify_page(db, key, last, _PAGE)
    return last[0]


def verify_page(db: sqlite3.Connection, key: bytes, last: Head, limit: int) -> tuple[Head, bool]:
    """Check up to `limit` records after `last`; where it got to, and whether that is the end."""
    text = "SELECT * FROM audit WHERE seq > ? ORDER BY seq LIMIT ?"
    page = db.execute(text, (last[0], limit)).fetchall()
    newest = chain.follow(key, last, page)
    if len(page) < limit:
        chain.ends_at(newest, head(db, key))
    return newest, len(page) < limit
