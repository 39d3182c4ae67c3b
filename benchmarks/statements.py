"""A design decision measured: plain SQL or SQLAlchemy Core for the batch write.

The same five statements over the same rows, one transaction and one `synchronous=FULL`
commit per batch, in interleaved rounds. Before the clock starts each notation must prove
that a batch that fails leaves nothing behind (the driver's late BEGIN once broke that).
"""

import asyncio
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import count, islice
from pathlib import Path

from benchmarks.harness import Spread
from benchmarks.report import spread, table
from benchmarks.writers import Listed, Plain, Row, Spoilt, Writer
from benchmarks.writers_core import Core

_CHATS = 2_000
_MEMO, _BODY, _DESTINATION = 600, 400, 32  # bytes of sealed columns, as in the prototype
_WARM_UP = 3

Rates = dict[tuple[str, int], list[float]]


def run(folder: Path, rounds: int, seconds: float, sizes: Sequence[int]) -> str:
    """Measure; events per second as a Markdown table with ratios to the first notation."""
    writers: list[Writer] = [Plain(), Listed(), Core()]
    rates = asyncio.run(_measure(writers, folder, rounds, seconds, sizes))
    names = [writer.name for writer in writers]
    speeds = ([name, *(spread(Spread.of(rates[name, n])) for n in sizes)] for name in names)
    ratios = ([name, *(_ratio(rates, name, names[0], n) for n in sizes)] for name in names[1:])
    return "\n\n".join(
        (
            "Events per second; median of the rounds (least-most).",
            table(["events per batch", *map(str, sizes)], speeds),
            f"As a multiple of “{names[0]}”, compared within each round.",
            table(["events per batch", *map(str, sizes)], ratios),
        )
    )


def _ratio(rates: Rates, name: str, first: str, size: int) -> str:
    pairs = zip(rates[name, size], rates[first, size], strict=True)
    return spread(Spread.of([mine / theirs for mine, theirs in pairs]))


async def _measure(
    writers: Sequence[Writer], folder: Path, rounds: int, seconds: float, sizes: Sequence[int]
) -> Rates:
    rates: Rates = {}
    supply = _events()
    for place, writer in enumerate(writers):
        await writer.open(folder / f"{place}.db")
        await _prove(writer, supply)
    for turn in range(-1, rounds):  # round -1 warms up
        for size in sizes:
            for writer in writers:
                rate = await _rate(writer, supply, size, seconds)
                if turn >= 0:
                    rates.setdefault((writer.name, size), []).append(rate)
    for writer in writers:
        await writer.close()
    return rates


async def _rate(writer: Writer, supply: Iterator[Row], size: int, seconds: float) -> float:
    spent, events = 0.0, 0
    while spent < seconds:
        rows = list(islice(supply, size))
        begun = time.perf_counter()
        await writer.write(rows)
        spent += time.perf_counter() - begun
        events += size
    return events / spent


async def _prove(writer: Writer, supply: Iterator[Row]) -> None:
    """A spoilt batch leaves nothing: afterwards its keys are still new."""
    rows = list(islice(supply, _WARM_UP))
    with suppress(Spoilt):
        await writer.write(rows, spoil=True)
    if await writer.write(rows) != {row.key for row in rows}:
        raise AssertionError(f"{writer.name}: a rolled-back batch left rows behind")


def _events() -> Iterator[Row]:
    """Events of many chats in turn; blobs are random, as sealed columns are."""
    for n in count():
        memo, body, destination = map(os.urandom, (_MEMO, _BODY, _DESTINATION))
        yield Row(
            key=f"telegram:1:{n}",
            at=time.time(),
            chat=f"telegram:{5_000_000_000 + n % _CHATS}",
            turn=n % 9,
            state="forgot_password.code",
            memo=memo,
            body=body,
            destination=destination,
        )
