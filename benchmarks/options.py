"""What every run can be told, and the folder it works in."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from cyclopts import Parameter

from benchmarks import machine
from benchmarks.harness import Plan


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Place:
    """Where to measure and where to put the results."""

    core: int | None = None
    "The core to pin to; the last one allowed if not given."
    folder: Path = Path()
    "Where the databases lie while it runs; must be a real disk."
    publish: Path | None = None
    "Markdown file whose section of this name is replaced; plots go into a folder of its name."
    keep: Path | None = None
    "File for all samples as JSON."

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A folder that is gone afterwards."""
        with TemporaryDirectory(prefix=".benchmark-", dir=self.folder) as name:
            yield Path(name).resolve()

    @contextmanager
    def pinned(self) -> Iterator[tuple[Path, dict[str, str]]]:
        """A scratch folder, and what the machine is; this process is pinned to the core."""
        with self.scratch() as folder:
            yield folder, machine.describe(folder, machine.pin(self.core))

    @contextmanager
    def apart(self) -> Iterator[tuple[Path, dict[str, str], int | None]]:
        """The same, but the core is left to the program; this process takes another one."""
        with self.scratch() as folder:
            core, own = machine.apart(self.core)
            facts = machine.describe(folder, [] if core is None else [core])
            facts["load generator, Bot API, SMS gateway"] = f"one process on core {own}"
            yield folder, facts, core

    @contextmanager
    def shared(self) -> Iterator[tuple[Path, dict[str, str]]]:
        """The same, but nobody is pinned: many processes share all cores that are allowed."""
        with self.scratch() as folder:
            cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
            yield folder, machine.describe(folder, cores)


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Options(Place):
    """A run in rounds."""

    rounds: int = 5
    "Interleaved rounds; medians are taken over them."
    seconds: float = 1.0
    "Time in the turn per system, number in flight and round."

    def plan(self, *in_flight: int) -> Plan:
        """The harness's view of it."""
        return Plan(in_flight, self.rounds, self.seconds, self.core)
