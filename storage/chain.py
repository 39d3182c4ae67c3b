"""The audit chain: each record is authenticated together with its past, the head by itself.

Edits, deletions, swaps and a cut-off tail show without any outside help; only a whole database
put back to an older state does not. For that somebody outside keeps the head.
"""

import hmac
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from storage.errors import Corrupt
from storage.rows import Act

Head = tuple[int, bytes]
EMPTY: Head = (0, b"")


def links(key: bytes, head: Head, acts: Iterable[Act]) -> list[tuple[Any, ...]]:
    """Make the records that continue the chain after `head`: seq, fields, mac."""
    seq, mac = head
    records = []
    for seq, act in enumerate(acts, seq + 1):  # noqa: B020 - numbers go on from the head
        fields = (float(act.at), act.kind, act.who, act.account, act.detail)
        mac = _mac(key, mac, seq, fields)
        records.append((seq, *fields, mac))
    return records


def follow(key: bytes, last: Head, records: Sequence[tuple[Any, ...]]) -> Head:
    """Check the records that follow `last`; the newest of them."""
    seq, mac = last
    for found, *fields, stored in records:
        seq += 1
        mac = _mac(key, mac, seq, tuple(fields))
        if found != seq or not hmac.compare_digest(stored, mac):
            raise Corrupt(f"audit: record {seq} is missing or was altered")
    return seq, mac


def proof(key: bytes, head: Head) -> bytes:
    """Make what authenticates the head."""
    seq, mac = head
    return hmac.digest(key, b"head" + seq.to_bytes(8, "big") + mac, "sha256")


def proved(key: bytes, row: tuple[Any, ...] | None) -> Head:
    """Read the stored head (seq, mac, proof), or the start of an empty chain."""
    if row is None:
        return EMPTY
    seq, mac, stored = row
    if not hmac.compare_digest(stored, proof(key, (seq, mac))):
        raise Corrupt("audit: the head was altered, or the key is another one")
    return seq, mac


def ends_at(last: Head, head: Head) -> None:
    """Insist that the last record is the one that the head names."""
    if last != head:
        raise Corrupt(f"audit: the chain was cut off after record {last[0]}")


def _mac(key: bytes, former: bytes, seq: int, fields: tuple[object, ...]) -> bytes:
    return hmac.digest(key, former + msgspec.json.encode((seq, *fields)), "sha256")
