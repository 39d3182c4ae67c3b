"""One system in its own process, told over a pipe to run one round at a time.

Between rounds the process is blocked on the pipe, so nothing of it runs while another
system is being measured. Messages are made, and codes read, outside the clock.
"""

import asyncio
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from multiprocessing.connection import Connection
from signal import SIGTERM, signal
from typing import Self

from benchmarks.dialogue import STEPS, Crowd, citizens
from benchmarks.machine import peak_rss, pin
from benchmarks.system import Entry, Foreseeing, Setting, System
from bot.loop import new_loop


@dataclass(frozen=True, slots=True)
class Order:
    """Run one round: this many chats in flight, until `seconds` were spent in the turn."""

    in_flight: int
    seconds: float


@dataclass(slots=True)
class Sample:
    """What one round cost. `takes`: seconds of every batch, for latencies."""

    updates: int = 0
    seconds: float = 0.0
    cpu: float = 0.0
    delivery: float = 0.0
    takes: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Final:
    """What a system has used and done in its whole life."""

    peak_rss: float
    updates: int
    dialogues: int
    cores: list[int]


def prepare(entry: Entry, setting: Setting) -> None:
    """Fill the registry; a process of its own, so that its memory is not counted."""
    asyncio.run(entry.make().prepare(setting))


def serve(
    entry: Entry, setting: Setting, plan: tuple[int, ...], core: int | None, pipe: Connection
) -> None:
    """Body of the child process: open, answer orders with samples, close, say what it took."""
    cores = pin(core)
    signal(SIGTERM, lambda *_: sys.exit(1))  # so that a run cut short ends its servers too
    with asyncio.Runner(loop_factory=new_loop if entry.uvloop else None) as runner:
        system = entry.make()
        runner.run(system.open(setting))
        try:
            pipe.send("ready")
            updates = _obey(runner, system, _crowds(plan, setting.members), pipe)
            pipe.send(Final(peak_rss(), updates, system.finished(), cores))
        finally:
            runner.run(system.close())


def _crowds(plan: tuple[int, ...], members: int) -> dict[int, Crowd]:
    """A crowd per number in flight; no two of them ever talk about the same account."""
    ids = count(700_000_000)
    people = [citizens(members, part, len(plan)) for part in range(len(plan))]
    return {n: Crowd(n, some, ids) for n, some in zip(plan, people, strict=True)}


def _obey(
    runner: asyncio.Runner, system: System, crowds: dict[int, Crowd], pipe: Connection
) -> int:
    updates = 0
    while (order := pipe.recv()) is not None:
        sample = runner.run(_round(system, crowds[order.in_flight], order.seconds))
        updates += sample.updates
        pipe.send(sample)
    return updates


async def _round(system: System, crowd: Crowd, seconds: float) -> Sample:
    sample = Sample()
    while sample.seconds < seconds or len(sample.takes) < 2 * STEPS:
        batch = crowd.batch(system.code_for)
        if isinstance(system, Foreseeing):
            system.foresee(batch)
        with _Spent() as turn:
            await system.take(batch)
        with _Spent() as delivery:
            await system.deliver()
        sample.updates += len(batch)
        sample.seconds += turn.wall
        sample.cpu += turn.cpu
        sample.delivery += delivery.wall
        sample.takes.append(turn.wall)
    return sample


class _Spent:
    """Wall and processor time of a block, all threads of the process included."""

    clocks: tuple[Callable[[], float], ...] = (time.perf_counter, time.process_time)

    def __enter__(self) -> Self:
        self.wall, self.cpu = (clock() for clock in self.clocks)
        return self

    def __exit__(self, *_: object) -> None:
        wall, cpu = (clock() for clock in self.clocks)
        self.wall, self.cpu = wall - self.wall, cpu - self.cpu
