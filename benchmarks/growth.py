"""The same bot with ever more members: the turn in process, then the whole program.

In process the sizes take turns, so their speeds can be compared. The program is then started on
each database as an operator would, for its start-up and its memory under some load.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import report
from benchmarks.harness import Record, measure
from benchmarks.http.load import Phase
from benchmarks.http.stage import set_up
from benchmarks.options import Options
from benchmarks.plots import Plot
from benchmarks.system import SYSTEMS, Setting
from bot.loop import new_loop

SIZES = (10_000, 1_000_000, 10_000_000)
_ONE, _MANY = 1, 64
_LOAD = Phase(300, 5)
_STARTS = 3


@dataclass(frozen=True, slots=True)
class Size:
    """One registry. starts: seconds, each time; memory: MB after each start, then after load."""

    record: Record
    database: float
    starts: list[float]
    memory: list[float]


def measure_all(folder: Path, sizes: Sequence[int], options: Options) -> list[Size]:
    """Every size."""
    jobs = [(SYSTEMS["ours"], Setting(folder / str(size), size)) for size in sizes]
    records = measure(jobs, options.plan(_ONE, _MANY))
    with asyncio.Runner(loop_factory=new_loop) as runner:
        return [runner.run(_program(record, options.core)) for record in records]


async def _program(record: Record, core: int | None) -> Size:
    place = record.setting
    starts, memory = [], []
    for turn in range(_STARTS):
        async with set_up(place.folder, place.members, core) as stage:
            starts.append(stage.program.start)
            memory.append(stage.program.memory())
            if turn == _STARTS - 1:
                await stage.load.run(_LOAD)
                memory.append(stage.program.memory())
    return Size(record, (place.folder / "vssid.db").stat().st_size / (1 << 20), starts, memory)


def page(sizes: Sequence[Size]) -> Iterator[str]:
    """The tables."""
    yield (
        "The turn in process, 64 in flight and one; then `vssid-bot run` on the same database: "
        f"seconds from the start of the process until it is ready (of {_STARTS} starts), resident "
        f"memory then and after {_LOAD.seconds:g} s at {_LOAD.rate:g} updates/s."
    )
    head = ["members", "database MB", "updates/s, 64 in flight", "to the smallest"]
    head += ["one event p50 / p99 ms", "start s", "RSS MB at start", "RSS MB under load"]
    yield report.table(head, (_row(size, sizes[0]) for size in sizes))


def _row(size: Size, smallest: Size) -> list[str]:
    record = size.record
    return [
        f"{record.setting.members:,}".replace(",", " "),
        report.number(size.database),
        report.spread(record.rate(_MANY)),
        report.spread(record.over(smallest.record, _MANY)),
        report.latency(record, _ONE),
        f"{min(size.starts):.2f}-{max(size.starts):.2f}",
        report.number(max(size.memory[:-1])),
        report.number(size.memory[-1]),
    ]


def plots(sizes: Sequence[Size]) -> list[Plot]:
    """Speed and memory by size."""
    many = [(s.record.setting.members, s.record.rate(_MANY).median) for s in sizes]
    one = [(s.record.setting.members, s.record.rate(_ONE).median) for s in sizes]
    lines = {"64 in flight": many, "one at a time": one}
    return [Plot("growth", "Growth of the registry", "members", "updates per second", lines)]
