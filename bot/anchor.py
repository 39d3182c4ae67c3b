"""Heads of the audit chain, kept where the database cannot change them.

One line per anchor: when, number and MAC of the newest record. A database that was put back to an
older state still has a chain without a gap, but not the records that were anchored.
"""

import fcntl
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.settings import Settings
from storage.base import Store

_AT_ONCE = 1000  # records asked for at a time
_LONGEST_LINE = 256


class AnchorError(Exception):
    """The chain is not the one that was anchored, or the file is not one of anchors."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """One head of the chain; `at` is for the reader of the message."""

    at: str
    seq: int
    mac: bytes


def path_of(settings: Settings) -> Path:
    """Where anchors are kept unless somebody says otherwise: beside the keys."""
    return Path(settings.keys.file).with_name("audit.anchors")


def append(path: Path, seq: int, mac: bytes, at: float) -> None:
    """Add an anchor; it survives a power cut."""
    when = datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
    line = f"{when} {seq} {mac.hex()}\n"
    file = os.open(path, os.O_APPEND | os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)  # another process' line is not torn, only under way
        _drop_torn_line(file)
        os.write(file, line.encode())
        os.fsync(file)
    finally:
        os.close(file)


async def check(path: Path, store: Store) -> int:
    """Find every anchored record in the chain; how many. Raises AnchorError naming the first."""
    anchors = _read(path)
    for begin in range(0, len(anchors), _AT_ONCE):
        some = anchors[begin : begin + _AT_ONCE]
        macs = await store.audit_macs([anchor.seq for anchor in some])
        for anchor in some:
            if macs.get(anchor.seq) != anchor.mac:
                raise AnchorError(
                    f"audit: record {anchor.seq}, anchored at {anchor.at}, is not in the chain:"
                    " the database was put back to an older state, or rewritten"
                )
    return len(anchors)


def _drop_torn_line(file: int) -> None:
    """Cut off what a power cut left of a line."""
    size = os.fstat(file).st_size
    begin = max(0, size - _LONGEST_LINE)
    tail = os.pread(file, _LONGEST_LINE, begin)
    if not tail.endswith(b"\n"):
        os.ftruncate(file, begin + tail.rfind(b"\n") + 1)


def _read(path: Path) -> list[Anchor]:
    lines = path.read_text("ascii", errors="replace").split("\n")
    # The last piece is empty, or an anchor that a power cut tore.
    return [_anchor(path, number, line) for number, line in enumerate(lines[:-1], 1) if line]


def _anchor(path: Path, number: int, line: str) -> Anchor:
    try:
        at, seq, mac = line.split(" ")
        return Anchor(at, int(seq), bytes.fromhex(mac))
    except ValueError:
        raise AnchorError(f"{path}: line {number} is not an anchor") from None
