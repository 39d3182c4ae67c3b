"""Steady load for a long time: whether anything grows that must not."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import linear_regression

from benchmarks import report
from benchmarks.http import program
from benchmarks.http.figures import Times, waits
from benchmarks.http.load import Phase, Trace
from benchmarks.http.stage import Stage, set_up
from benchmarks.plots import Plot

MEMBERS = 100_000
EVERY = 10.0  # seconds
WARM = 0.2  # part of the run after which growth counts: caches and pools are full by then
_MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Reading:
    """What the program held at a time; seconds since the start, megabytes."""

    at: float
    memory: float
    threads: int
    descriptors: int
    database: float
    log: float


async def measure(
    folder: Path, rate: float, minutes: float, core: int | None
) -> tuple[Trace, list[Reading], dict[str, int]]:
    """Run it once, reading every few seconds."""
    await program.prepare(folder, MEMBERS)
    readings: list[Reading] = []
    async with set_up(folder, MEMBERS, core) as stage:
        reading = asyncio.create_task(_read(stage, readings))
        trace = await stage.load.run(Phase(rate, 60 * minutes))
        reading.cancel()
        return trace, readings, stage.town.counts()


async def _read(stage: Stage, readings: list[Reading]) -> None:
    loop, file = asyncio.get_running_loop(), stage.folder / "vssid.db"
    begun = loop.time()
    while True:
        await asyncio.sleep(EVERY)
        it = stage.program
        held = it.memory(), it.threads(), it.descriptors()
        sizes = _size(file), _size(file.with_name("vssid.db-wal"))
        readings.append(Reading(loop.time() - begun, *held, *sizes))


def _size(file: Path) -> float:
    return file.stat().st_size / _MEGABYTE if file.exists() else 0.0


def page(trace: Trace, readings: Sequence[Reading], counts: dict[str, int]) -> Iterator[str]:
    """The tables."""
    warm = readings[int(WARM * len(readings)) :]
    yield (
        f"{len(trace.due)} updates, {trace.lost} lost, {counts['surplus']} came twice, "
        f"{trace.errors} answers other than 200; {counts['finished']} dialogues finished. "
        f"Acknowledged p50 / p99 / max {Times.of(waits(trace, trace.acked))} ms, "
        f"reply {Times.of(waits(trace, trace.replied))} ms."
    )
    yield f"Readings after the first {WARM:.0%} of the time; the slope is that of a straight line."
    head = ["", "first", "least", "most", "last", "slope per hour"]
    columns: dict[str, list[float]] = {
        "resident memory MB": [one.memory for one in warm],
        "threads": [one.threads for one in warm],
        "open files and connections": [one.descriptors for one in warm],
        "database MB (it keeps every conversation)": [one.database for one in warm],
        "write-ahead log MB": [one.log for one in warm],
    }
    times = [one.at / 3600 for one in warm]
    yield report.table(head, ([name, *_row(times, each)] for name, each in columns.items()))


def _row(times: Sequence[float], values: Sequence[float]) -> list[str]:
    slope = linear_regression(times, values).slope
    shown = values[0], min(values), max(values), values[-1]
    return [*(f"{value:.4g}" for value in shown), f"{slope:+.3g}"]


def plot(readings: Sequence[Reading]) -> Plot:
    """Memory over time."""
    lines = {"resident memory": [(one.at / 60, one.memory) for one in readings]}
    return Plot("soak", "Soak", "minutes", "megabytes", lines, steep=False)
