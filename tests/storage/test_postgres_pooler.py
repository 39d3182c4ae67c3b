"""Behind the real PgBouncer in transaction mode, everything holds as without it."""

import os
import shutil
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import quote, urlsplit

import pytest

from storage.base import Store
from storage.postgres import PostgresStore
from tests.storage import rows
from tests.storage.contract import SharedContract, StoreContract
from tests.storage.postgres_server import Server, opened, running
from tests.storage.test_postgres_bell import Notifier

_PROGRAM = shutil.which("pgbouncer", path=os.environ.get("PATH", "") + ":/usr/sbin")

pytestmark = pytest.mark.skipif(_PROGRAM is None, reason="the program pgbouncer is not installed")

_SETTINGS = """
[databases]
* = host={sockets} user=postgres
[pgbouncer]
listen_addr =
listen_port = 6432
unix_socket_dir = {folder}
auth_type = any
pool_mode = transaction
default_pool_size = 6
logfile = {folder}/log
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running() as server:
        yield server


@pytest.fixture(scope="module")
def pooler(server: Server) -> Iterator[Path]:
    """The folder of the pooler's socket."""
    with _pooling(server) as folder:
        yield folder


@contextmanager
def _pooling(server: Server) -> Iterator[Path]:
    folder = Path(mkdtemp(prefix="pool-"))
    folder.chmod(0o777)
    (folder / "ini").write_text(_SETTINGS.format(sockets=server.sockets, folder=folder))
    command = [str(_PROGRAM), "-q", str(folder / "ini")]
    with subprocess.Popen(command, user=server.user, stderr=subprocess.DEVNULL) as process:
        while not (folder / ".s.PGSQL.6432").exists():
            assert process.poll() is None
            time.sleep(0.01)
        yield folder
        process.terminate()
    shutil.rmtree(folder)


def _through(pooler: Path, url: str) -> str:
    words = f"host={quote(str(pooler), safe='')}&port=6432&statement_cache_size=0"
    return f"postgresql://postgres@{urlsplit(url).path}?{words}"


class TestPooled(StoreContract):
    """One store behind the pooler."""

    @pytest.fixture
    async def store(self, server: Server, pooler: Path) -> AsyncIterator[Store]:
        async with server.database() as url:
            store = await opened(_through(pooler, url))
            yield store
            await store.close()


class TestSharedPooled(SharedContract):
    """Two stores, one behind the pooler and one beside it."""

    @pytest.fixture
    async def pair(self, server: Server, pooler: Path) -> AsyncIterator[tuple[Store, Store]]:
        async with server.database() as url:
            one, two = await opened(_through(pooler, url)), await opened(url)
            yield one, two
            await one.close()
            await two.close()


async def test_bell(server: Server, pooler: Path) -> None:
    """With a direct connection to listen on, a notifier behind the pooler is woken too."""
    async with server.database() as url:
        writer: PostgresStore = await opened(_through(pooler, url))
        sender: PostgresStore = await opened(_through(pooler, url), direct=url)
        there = Notifier(sender)
        assert await there.hears()
        async with writer.unit(now=1) as unit:
            await unit.add_outbound([rows.outbound()], 1.0)
        assert await there.hears()
        await writer.close()
        await sender.close()
