"""The parts of transcript and audit, one a month: made ahead, dropped as a whole.

No statement here waits long for a lock, since everybody else would then wait behind it; what
cannot be had at once is tried again next time. Until a month has a part, its rows go to
`..._other`; a month that has rows there never gets one.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from storage.postgres.errors import Locked
from storage.postgres.wire import Pool, Wire

PARTED = ("transcript", "audit")
AHEAD = 2  # months

_BRIEFLY = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL lock_timeout = '200ms'"
_PARTS = """
SELECT part.relname::text FROM pg_inherits JOIN pg_class AS part ON part.oid = inhrelid
WHERE inhparent = to_regclass($1)
"""
_ELSEWHERE = "SELECT FROM {}_other WHERE at >= $1 AND at < $2 LIMIT 1"
_MINE = "SELECT pg_try_advisory_xact_lock(hashtextextended('months', 0))"

Month = tuple[int, int]


async def make_ahead(pool: Pool, now: float) -> None:
    """Make the parts for this month and the next ones."""
    await make(pool, [*_months(month_of(now), AHEAD + 1)])


async def make(pool: Pool, months: list[Month]) -> None:
    """Make the parts of these months; what is locked, or has rows elsewhere, is left out."""
    for table in PARTED:
        async with pool.begun(_BRIEFLY) as wire:
            there = await _parts(wire, table)
        for month in months:
            if part_of(table, month) not in there:
                await _make_one(pool, table, month)


async def outlived(wire: Wire, table: str, before: float) -> list[str]:
    """Which parts hold nothing that is younger."""
    there = await _parts(wire, table)
    return sorted(name for name in there if _end(table, name) <= before)


async def drop(pool: Pool, part: str) -> bool:
    """Drop a part, if nobody holds it; whether it is gone."""
    try:
        async with pool.begun(_BRIEFLY) as wire:
            await wire.execute(f"DROP TABLE {part}")
    except Locked:
        return False
    return True


def month_of(at: float) -> Month:
    day = datetime.fromtimestamp(at, UTC)
    return day.year, day.month


def part_of(table: str, month: Month) -> str:
    return f"{table}_{month[0]:04}_{month[1]:02}"


def start(month: Month) -> float:
    return datetime(*month, 1, tzinfo=UTC).timestamp()


def _months(first: Month, number: int) -> Iterator[Month]:
    counted = first[0] * 12 + first[1] - 1
    for month in range(counted, counted + number):
        yield month // 12, month % 12 + 1


def _end(table: str, part: str) -> float:
    year, _, month = part.removeprefix(f"{table}_").partition("_")
    if not (year.isdigit() and month.isdigit()):
        return float("inf")  # ..._other, or somebody's own
    *_, following = _months((int(year), int(month)), 2)
    return start(following)


async def _parts(wire: Wire, table: str) -> set[str]:
    return {name for (name,) in await wire.fetch(_PARTS, table)}


async def _make_one(pool: Pool, table: str, month: Month) -> None:
    *_, following = _months(month, 2)
    part = part_of(table, month)
    try:
        async with pool.begun(_BRIEFLY) as wire:
            ((mine,),) = await wire.fetch(_MINE)
            if not mine or part in await _parts(wire, table):
                return
            await wire.execute(f"LOCK TABLE {table}_other IN ACCESS EXCLUSIVE MODE")
            if await wire.fetch(_ELSEWHERE.format(table), start(month), start(following)):
                return
            # Made apart and then attached: that stops no reader and no writer of the other parts.
            await wire.execute(f"CREATE TABLE {part} (LIKE {table} INCLUDING ALL)")
            await wire.execute(
                f"ALTER TABLE {table} ATTACH PARTITION {part}"
                f" FOR VALUES FROM ({start(month)}) TO ({start(following)})"
            )
    except Locked:
        return
