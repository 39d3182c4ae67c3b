"""The audit chain: append-only, without a gap, each record authenticated together with its past.

Edits, deletions, swaps and a cut-off tail show without any outside help; only a whole database
put back to an older state does not. For that somebody outside keeps the head.
"""

import hmac
import sqlite3
from collections.abc import Sequence

import msgspec

from storage.base import Act, Corrupt

Head = tuple[int, bytes]
EMPTY: Head = (0, b"")

_PAGE = 1000
_MACS = "SELECT seq, mac FROM json_each(?) AS asked CROSS JOIN audit ON seq = asked.value"


def append(db: sqlite3.Connection, key: bytes, acts: Sequence[Act]) -> None:
    """Continue the chain inside the caller's transaction."""
    seq, mac = head(db, key)
    rows = []
    for seq, act in enumerate(acts, seq + 1):  # noqa: B020 - the last one is the new head
        fields = (float(act.at), act.kind, act.who, act.account, act.detail)
        mac = _mac(key, mac, seq, fields)
        rows.append((seq, *fields, mac))
    db.executemany("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
    db.execute(
        "INSERT INTO audit_head VALUES (1, ?, ?, ?) ON CONFLICT (one) DO UPDATE SET"
        " seq = excluded.seq, mac = excluded.mac, proof = excluded.proof",
        (seq, mac, _proof(key, seq, mac)),
    )


def head(db: sqlite3.Connection, key: bytes) -> Head:
    """Read number and mac of the newest record."""
    row = db.execute("SELECT seq, mac, proof FROM audit_head").fetchone()
    if row is None:
        return EMPTY
    seq, mac, proof = row
    if not hmac.compare_digest(proof, _proof(key, seq, mac)):
        raise Corrupt("audit: the head was altered, or the key is another one")
    return seq, mac


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
    seq, mac = last
    rows = db.execute("SELECT * FROM audit WHERE seq > ? ORDER BY seq LIMIT ?", (seq, limit))
    page = rows.fetchall()
    for found, *fields, stored in page:
        seq += 1
        mac = _mac(key, mac, seq, tuple(fields))
        if found != seq or not hmac.compare_digest(stored, mac):
            raise Corrupt(f"audit: record {seq} is missing or was altered")
    if len(page) < limit and head(db, key) != (seq, mac):
        raise Corrupt(f"audit: the chain was cut off after record {seq}")
    return (seq, mac), len(page) < limit


def _mac(key: bytes, former: bytes, seq: int, fields: tuple[object, ...]) -> bytes:
    return hmac.digest(key, former + msgspec.json.encode((seq, *fields)), "sha256")


def _proof(key: bytes, seq: int, mac: bytes) -> bytes:
    return hmac.digest(key, b"head" + seq.to_bytes(8, "big") + mac, "sha256")
