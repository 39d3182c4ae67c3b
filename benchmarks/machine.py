"""What a run stood on: the core it was pinned to, the disk, the versions, the memory used."""

import os
import platform
import resource
import sqlite3
import time
from pathlib import Path
from statistics import median
from tempfile import NamedTemporaryFile

_PAGE = 4096
_SYNCS = 100


def pin(core: int | None) -> list[int]:
    """Bind this process to one core; the cores the kernel in fact gave."""
    if not hasattr(os, "sched_setaffinity"):
        return []
    wanted = max(os.sched_getaffinity(0)) if core is None else core
    os.sched_setaffinity(0, {wanted})
    return sorted(os.sched_getaffinity(0))


def apart(core: int | None) -> tuple[int | None, int | None]:
    """A core for what is measured, and another one to which this process is bound."""
    if not hasattr(os, "sched_setaffinity"):
        return None, None
    allowed = os.sched_getaffinity(0)
    measured = max(allowed) if core is None else core
    own = min(allowed - {measured}, default=measured)
    os.sched_setaffinity(0, {own})
    return measured, own


def peak_rss() -> float:
    """The most resident memory this process has ever held, in MB."""
    kilobyte = 1_000 if platform.system() == "Darwin" else 1
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / kilobyte / 1024


def busy() -> float:
    """Processor seconds that all cores have worked since the machine began, for anybody."""
    row = Path("/proc/stat").read_text("utf-8").partition("\n")[0].split()
    user, nice, system, _, _, irq, soft = map(int, row[1:8])
    return (user + nice + system + irq + soft) / os.sysconf("SC_CLK_TCK")


def sync_cost(folder: Path) -> float:
    """Median microseconds of overwriting one page and waiting for the disk."""
    with NamedTemporaryFile(dir=folder) as file:
        return median(_sync(file.fileno()) for _ in range(_SYNCS)) * 1e6


def _sync(descriptor: int) -> float:
    begun = time.perf_counter()
    os.pwrite(descriptor, os.urandom(_PAGE), 0)
    os.fsync(descriptor)
    return time.perf_counter() - begun


def describe(folder: Path, cores: list[int]) -> dict[str, str]:
    """One line each about the machine, for the head of a report."""
    given = f"core {cores} of {os.cpu_count()}" if cores else "not pinned (no affinity here)"
    return {
        "when": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        "processor": given,
        "load before": " ".join(f"{load:.1f}" for load in os.getloadavg()),
        "versions": f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}",
        "disk": f"{_file_system(folder)}; one page + fsync {sync_cost(folder):.0f} µs",
    }


def _file_system(folder: Path) -> str:
    """The type of the file system; on a tmpfs a sync costs nothing and figures mean nothing."""
    mounts = Path("/proc/mounts")
    rows = [line.split() for line in mounts.read_text().splitlines()] if mounts.exists() else []
    homes = [(row[1], row[2]) for row in rows if folder.resolve().is_relative_to(row[1])]
    return max(homes, key=lambda home: len(home[0]))[1] if homes else "unknown file system"
