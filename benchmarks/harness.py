"""Interleaved rounds over several systems, and what they amount to.

A noisy machine disturbs whoever runs at the moment; so the systems take turns
(A B C, A B C, …), ratios are taken within a round, and medians over rounds. One system
runs at a time; the others wait blocked in their own processes, with their state alive.
"""

import multiprocessing as mp
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import cast

from benchmarks.child import Final, Order, Sample, prepare, serve
from benchmarks.dialogue import STEPS
from benchmarks.system import Entry, Setting

_SPAWN = mp.get_context("spawn")


@dataclass(frozen=True, slots=True)
class Plan:
    """How long to measure. seconds: spent in the turn per system, number in flight and round."""

    in_flight: tuple[int, ...]
    rounds: int
    seconds: float
    core: int | None = None


@dataclass(frozen=True, slots=True)
class Spread:
    """A median with the least and the most that was seen."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """Of these values."""
        return cls(median(values), min(values), max(values))


@dataclass(slots=True)
class Record:
    """All rounds of one system in one run."""

    entry: Entry
    setting: Setting
    start: float = 0.0
    samples: dict[int, list[Sample]] = field(default_factory=dict)
    final: Final | None = None

    def rate(self, in_flight: int) -> Spread:
        """Updates per second of the turn."""
        return Spread.of(_rates(self, in_flight, _turn))

    def delivered(self, in_flight: int) -> Spread:
        """Updates per second of turn and delivery together, one after the other."""
        return Spread.of(_rates(self, in_flight, _all))

    def cpu(self, in_flight: int) -> Spread:
        """Processor milliseconds per update in the turn."""
        return Spread.of([1e3 * s.cpu / s.updates for s in self.samples[in_flight]])

    def latency(self, in_flight: int) -> tuple[float, float]:
        """p50 and p99 of a batch from arrival to acknowledgement, in milliseconds."""
        cuts = quantiles((t for s in self.samples[in_flight] for t in s.takes), n=100)
        return 1e3 * cuts[49], 1e3 * cuts[98]

    def over(self, other: "Record", in_flight: int) -> Spread:
        """How many times as fast as `other`, compared within each round."""
        pairs = zip(_rates(self, in_flight, _turn), _rates(other, in_flight, _turn), strict=True)
        return Spread.of([mine / theirs for mine, theirs in pairs])


def _turn(sample: Sample) -> float:
    return sample.seconds


def _all(sample: Sample) -> float:
    return sample.seconds + sample.delivery


def _rates(record: Record, in_flight: int, spent: Callable[[Sample], float]) -> list[float]:
    return [sample.updates / spent(sample) for sample in record.samples[in_flight]]


def measure(jobs: Sequence[tuple[Entry, Setting]], plan: Plan) -> list[Record]:
    """Prepare, start all systems, warm up, take turns, stop; the records in the given order."""
    with ExitStack() as stack:
        seats = [stack.enter_context(_seat(entry, setting, plan)) for entry, setting in jobs]
        for seat in seats:
            for in_flight in plan.in_flight:
                seat.run(Order(in_flight, plan.seconds / 2))
        for _ in range(plan.rounds):
            for in_flight in plan.in_flight:
                for seat in seats:
                    sample = seat.run(Order(in_flight, plan.seconds))
                    seat.record.samples.setdefault(in_flight, []).append(sample)
    return [seat.record for seat in seats]


class _Seat:
    """A child process that holds one system, and its record."""

    def __init__(self, entry: Entry, setting: Setting, plan: Plan) -> None:
        self.record = Record(entry, setting)
        self.waiting = sum(plan.in_flight)
        self.pipe, theirs = _SPAWN.Pipe()
        begun = time.perf_counter()
        self.child = _SPAWN.Process(
            target=serve, args=(entry, setting, plan.in_flight, plan.core, theirs), daemon=True
        )
        self.child.start()
        theirs.close()  # so that a child that dies ends our waiting with EOFError
        self.pipe.recv()
        self.record.start = time.perf_counter() - begun

    def run(self, order: Order) -> Sample:
        self.pipe.send(order)
        return cast("Sample", self.pipe.recv())

    def stop(self) -> None:
        self.pipe.send(None)
        self.record.final = final = self.pipe.recv()
        self.child.join()
        if final.dialogues < final.updates // STEPS - self.waiting:
            raise RuntimeError(f"{self.record.entry.name} did not finish every dialogue: {final}")


@contextmanager
def _seat(entry: Entry, setting: Setting, plan: Plan) -> Iterator[_Seat]:
    setting.folder.mkdir(parents=True, exist_ok=True)
    filling = _SPAWN.Process(target=prepare, args=(entry, setting))
    filling.start()
    filling.join()
    if filling.exitcode:
        raise RuntimeError(f"{entry.name} could not be prepared")
    seat = _Seat(entry, setting, plan)
    yield seat
    seat.stop()
