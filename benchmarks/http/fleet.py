"""Several bots and notifiers on one PostgreSQL, each a process as its operators start it.

Any of them can be killed without warning and started again; it comes back at the same port.
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from benchmarks.http import program
from benchmarks.http.program import Program
from benchmarks.peers.servers import Postgres

Role = Literal["bot", "notifier"]

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Seat:
    """One process of a fleet, and those that came after it."""

    role: Role
    port: int
    config: Path
    now: Program | None = None
    spent: float = 0.0  # processor seconds of those that have ended
    ended: list[int] = field(default_factory=list)  # exit codes that nobody had asked for

    async def start(self) -> float:
        """Start it; seconds until it was ready."""
        begun = time.perf_counter()
        child = await program.launch(self.config, "--only", self.role)
        self.now = Program(child, self.port, 0.0)
        await program.until_ready(child, self.port, self.config.parent)
        return time.perf_counter() - begun

    async def kill(self) -> int:
        """End it as a power cut does; the process id it had."""
        return await self._end("kill")

    async def stop(self) -> int:
        """End it as an operator does; the process id it had."""
        return await self._end("terminate")

    def cpu(self) -> float:
        """Processor seconds so far."""
        return self.spent + (self.now.cpu() if self.now else 0.0)

    async def _end(self, how: Literal["kill", "terminate"]) -> int:
        former, self.now = self.now, None
        if former is None:
            return 0
        if former.child.returncode is None:
            self.spent += former.cpu()
            getattr(former.child, how)()
        else:
            self.ended.append(former.child.returncode)
        await former.child.wait()
        return former.child.pid


@dataclass(frozen=True, slots=True)
class Fleet:
    """Its seats, and the process ids of those that were killed."""

    seats: list[Seat]
    killed: set[int] = field(default_factory=set)

    def heads(self) -> Mapping[int, bytes]:
        """The ports of the bots, and how requests to them begin."""
        ports = [seat.port for seat in self.seats if seat.role == "bot"]
        return {port: program.head(port) for port in ports}

    def cpu(self, role: Role) -> float:
        """Processor seconds of all with this role."""
        return sum(seat.cpu() for seat in self.seats if seat.role == role)

    def deserters(self) -> int:
        """How many ended by themselves."""
        return sum(len(seat.ended) for seat in self.seats)


@asynccontextmanager
async def sailing(
    folder: Path, outside: str, database: str, bots: int, notifiers: int
) -> AsyncIterator[Fleet]:
    """Start so many of each, one after the other; stop them afterwards."""
    crew: list[tuple[Role, int]] = [("bot", bots), ("notifier", notifiers)]
    roles = [role for role, count in crew for _ in range(count)]
    fleet = Fleet([_seat(role, folder, outside, database) for role in roles])
    try:
        for seat in fleet.seats:
            await seat.start()
        yield fleet
    finally:
        await asyncio.gather(*(seat.stop() for seat in fleet.seats))


def _seat(role: Role, folder: Path, outside: str, database: str) -> Seat:
    port = program.free_port()
    # A notifier serves operators only, and is asked there whether it is ready.
    operators = f"127.0.0.1:{port}" if role == "notifier" else ""
    return Seat(role, port, program.write_config(folder, outside, port, database, operators))


@dataclass(frozen=True, slots=True)
class Server:
    """The database: where it is, and what it costs."""

    url: str
    main: int  # process id

    def cpu(self) -> float:
        """Processor seconds of the server and of all that ever worked for it."""
        file = Path(f"/proc/{self.main}/task/{self.main}/children")
        children = [int(pid) for pid in file.read_text().split()]
        return _ticks(self.main, 4) + sum(_ticks(pid, 2) for pid in children)


@contextmanager
def database(folder: Path) -> Iterator[Server]:
    """A server of its own."""
    place = folder / "server"
    server = Postgres(place)
    try:
        yield Server(server.url, int((place / "postmaster.pid").read_text().split()[0]))
    finally:
        server.stop()


def _ticks(pid: int, fields: int) -> float:
    """Own time; with four fields also that of children that have ended."""
    try:
        row = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return sum(map(int, row[11 : 11 + fields])) / _TICKS
