"""The audit chain in PostgreSQL: appended at the end of a unit, checked page by page.

The row of the head is the one that all units share. Who has locked it may append; whoever
waits for it holds nothing that others need.
"""

from collections.abc import Sequence

from storage import chain
from storage.base import Act
from storage.chain import EMPTY, Head
from storage.postgres.statements import arrays
from storage.postgres.wire import Row, Wire

_PAGE = 1000
_HEAD = "SELECT seq, mac, proof FROM audit_head"
_FIRST = "INSERT INTO audit_head VALUES (1, 0, '', '') ON CONFLICT DO NOTHING"
_ADD = f"""
WITH head AS (UPDATE audit_head SET seq = $1, mac = $2, proof = $3)
INSERT INTO audit (seq, at, kind, who, account, detail, mac) SELECT * FROM {
    arrays("bigint", "double precision", "text", "text", "bytea", "text", "bytea", first=4)
}
"""  # noqa: S608 - made of constants
_MACS = "SELECT seq, mac FROM audit WHERE seq = ANY ($1::bigint[])"
_FOLLOWING = """
SELECT seq, at, kind, who, account, detail, mac FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2
"""


async def append(wire: Wire, key: bytes, acts: Sequence[Act]) -> None:
    """Continue the chain; to be followed by the commit, which lets the head go."""
    locked = f"{_HEAD} FOR UPDATE"
    while not (rows := await wire.fetch(locked)):
        await wire.execute(_FIRST)
    records = chain.links(key, _proved(key, rows), acts)
    newest = (records[-1][0], records[-1][-1])
    columns = zip(*records, strict=True)
    await wire.fetch(_ADD, *newest, chain.proof(key, newest), *columns)


async def head(wire: Wire, key: bytes) -> Head:
    """Read number and mac of the newest record."""
    return _proved(key, await wire.fetch(_HEAD))


async def macs(wire: Wire, numbers: Sequence[int]) -> dict[int, bytes]:
    """Read the macs of these records as they stand, unproved."""
    return {seq: mac for seq, mac in await wire.fetch(_MACS, numbers)}  # noqa: C416 - records


async def verify(wire: Wire, key: bytes) -> int:
    """Check the whole chain as one transaction sees it; its length."""
    last, done = EMPTY, False
    while not done:
        last, done = await verify_page(wire, key, last, _PAGE)
    return last[0]


async def verify_page(wire: Wire, key: bytes, last: Head, limit: int) -> tuple[Head, bool]:
    """Check up to `limit` records after `last`; where it got to, and whether that is the end."""
    page = await wire.fetch(_FOLLOWING, last[0], limit)
    newest = chain.follow(key, last, page)
    if len(page) < limit:
        chain.ends_at(newest, await head(wire, key))
    return newest, len(page) < limit


def _proved(key: bytes, rows: list[Row]) -> Head:
    empty = not rows or rows[0][0] == 0
    return chain.proved(key, None if empty else rows[0])
