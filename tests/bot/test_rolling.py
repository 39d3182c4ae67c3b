"""A rolling restart with real processes: every update is handled and answered exactly once.

Twelve chats write without a pause, as Telegram would bring it: per chat one update at a time, the
same one again until it is acknowledged. Meanwhile every process is replaced.
"""

import asyncio
import json
import os
import re
import shutil
import signal
import sqlite3
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    closing,
)
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.bot.channels.bot_api import BotApi
from tests.bot.test_run import CONFIG, ROOT, free_port, program
from tests.storage.postgres_server import ask
from tests.storage.postgres_server import running as postgres

SECRET = "s" * 32
HEADERS = {"X-Telegram-Bot-Api-Secret-Token": SECRET, "Content-Type": "application/json"}
DRAIN = 1.5  # seconds; nginx forgets idle connections a little earlier
CHATS = range(101, 113)

TURNS = "SELECT chat, turn FROM conversations WHERE chat LIKE 'telegram:%'"

pytestmark = pytest.mark.timeout(150)  # a dozen processes are started

Post = Callable[[bytes], Awaitable[int]]
Way = Callable[["Town"], AbstractAsyncContextManager[Post]]


@dataclass
class Town:
    """An installation of several processes on one database, in `folder`."""

    folder: Path
    api: BotApi
    url: str = ""  # of its PostgreSQL database, or none: it is a file
    bots: list["Running"] = field(default_factory=list)
    notifiers: list["Running"] = field(default_factory=list)

    @property
    def parts(self) -> list["Running"]:
        """Every process."""
        return [*self.bots, *self.notifiers]

    async def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the database itself."""
        if self.url:
            return await ask(self.url, query)
        with closing(sqlite3.connect(self.folder / "bot.db")) as db:
            return db.execute(query).fetchall()


@dataclass
class Running:
    """One part; `port` is where it takes updates, `watched` where operators look."""

    folder: Path
    part: str
    port: int = field(default_factory=free_port)
    watched: int = field(default_factory=free_port)
    process: asyncio.subprocess.Process | None = None

    async def starts(self) -> None:
        """Start, and wait until it is ready."""
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            *("run", "--only", self.part),
            cwd=self.folder,
            env={
                "PYTHONPATH": str(ROOT),
                "PATH": os.environ["PATH"],
                "VSSID_HTTP__PORT": str(self.port),
                "VSSID_HTTP__METRICS_LISTEN": f"127.0.0.1:{self.watched}",
            },
        )
        async with asyncio.timeout(20):
            assert self.process.returncode is None
            while await self.says("/readyz/bot") != 200:  # noqa: ASYNC110 - a process has no event for it
                await asyncio.sleep(0.05)
        assert await self.says("/metrics") == 200

    def is_killed(self) -> None:
        """Whatever it does."""
        if self.process and self.process.returncode is None:
            self.process.kill()

    async def says(self, path: str) -> int:
        """What the operators' address answers; 0 while nobody is there."""
        async with httpx.AsyncClient() as client:
            try:
                return (await client.get(f"http://127.0.0.1:{self.watched}{path}")).status_code
            except httpx.TransportError:
                return 0

    async def stops(self) -> int:
        """SIGTERM; not ready at once, alive meanwhile; its exit code."""
        assert self.process
        self.process.send_signal(signal.SIGTERM)
        if self.part == "bot":
            async with asyncio.timeout(DRAIN):
                while await self.says("/readyz/bot") != 503:  # noqa: ASYNC110 - a process has no event for it
                    await asyncio.sleep(0.02)
            assert await self.says("/readyz") == 503
            assert await self.says("/healthz") == 200
        return await asyncio.wait_for(self.process.wait(), 10)


@asynccontextmanager
async def installed(folder: Path, url: str) -> AsyncIterator[Town]:
    """Two bots and two notifiers that are running, and the Bot API they speak to."""
    async with BotApi() as api:
        text = CONFIG.format(
            folder=folder, token=api.token, api=api.url, port=0, smtp=9, sms="http://127.0.0.1:9"
        )
        text = text.replace("drain_seconds = 0", f"drain_seconds = {DRAIN}")
        webhook = f'mode = "webhook"\nwebhook_secret = "{SECRET}"'
        text = text.replace("[telegram]", f"[telegram]\n{webhook}").replace("port = 0\n", "")
        text = text.replace(f"sqlite:///{folder}/bot.db", url or f"sqlite:///{folder}/bot.db")
        (folder / "config.toml").write_text(text, "utf-8")
        assert (await program("keys", "new", folder=folder))[0] == 0
        bots, notifiers = (
            [Running(folder, part) for _ in range(2)] for part in ("bot", "notifier")
        )
        town = Town(folder, api, url, bots, notifiers)
        try:
            await asyncio.gather(*(part.starts() for part in town.parts))
            yield town
        finally:
            for part in town.parts:
                part.is_killed()


def update(number: int, chat: int) -> bytes:
    """A message as Telegram sends it."""
    line = (ROOT / "tests/dialogues/forgot_password.jsonl").read_text("utf-8").splitlines()[0]
    one = json.loads(line)
    message = one["message"]
    one["update_id"] = message["message_id"] = number
    message["chat"]["id"] = message["from"]["id"] = chat
    message["text"] = "/start"
    return json.dumps(one).encode()


@dataclass
class Writers:
    """The chats. `acknowledged`: updates by how often; `refused`: what was not 2xx."""

    post: Post
    acknowledged: Counter[int] = field(default_factory=Counter)
    refused: Counter[int] = field(default_factory=Counter)
    done: asyncio.Event = field(default_factory=asyncio.Event)

    async def write(self, chat: int) -> None:
        """One update after the other until told to stop; the same one until it is taken."""
        number = chat * 1_000_000
        while not self.done.is_set():
            number += 1
            while (status := await self.post(update(number, chat))) != 200:
                self.refused[status] += 1
                await asyncio.sleep(0.05)
            self.acknowledged[number] += 1


async def restarts(town: Town, writers: Writers) -> None:
    """Replace one part after the other, some updates in between."""
    for part in town.parts:
        seen = len(writers.acknowledged)
        async with asyncio.timeout(10):
            while len(writers.acknowledged) < seen + 30:  # noqa: ASYNC110 - a process has no event for it
                await asyncio.sleep(0.02)
        assert await part.stops() == 0
        await part.starts()


@asynccontextmanager
async def straight(town: Town) -> AsyncIterator[Post]:
    """Post to a bot; to the next one where nobody listens."""
    keep = httpx.Limits(keepalive_expiry=DRAIN / 2)
    async with httpx.AsyncClient(headers=HEADERS, timeout=10, limits=keep) as client:

        async def post(body: bytes) -> int:
            for bot in sorted(town.bots, key=lambda _: os.urandom(1)):
                try:
                    url = f"http://127.0.0.1:{bot.port}/telegram"
                    return (await client.post(url, content=body)).status_code
                except httpx.ConnectError:
                    continue
                except httpx.TransportError:
                    break
            return 502

        yield post


@asynccontextmanager
async def nginx(town: Town) -> AsyncIterator[Post]:
    """Post to the nginx of deploy/, in front of both bots."""
    if not (server := shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")):
        pytest.skip("no nginx")
    port = free_port()
    text = (ROOT / "deploy/nginx.conf").read_text("utf-8")
    for number, bot in enumerate(town.bots, 1):
        text = text.replace(f"bot{number}:8080", f"127.0.0.1:{bot.port}")
    text = re.sub(r"\n *ssl_.*", "", text).replace("8443 ssl", f"127.0.0.1:{port}")
    text = text.replace("default 0;", "default 0; 127.0.0.1 1;").replace(
        "timeout 3s", "timeout 300ms"
    )
    text = text.replace("/tmp/", f"{town.folder}/")  # noqa: S108 - taken out here
    text = text.replace("/dev/stdout plain", "off")
    (town.folder / "nginx.conf").write_text(text, "utf-8")
    words = ("-c", str(town.folder / "nginx.conf"), "-g", "daemon off;", "-e", "stderr")
    # To a file: nginx stands still once a pipe that nobody reads is full.
    with (town.folder / "nginx.log").open("wb") as log:
        running = await asyncio.create_subprocess_exec(server, *words, stderr=log)
    url = f"http://127.0.0.1:{port}/telegram"
    async with httpx.AsyncClient(headers=HEADERS, timeout=10) as client:

        async def post(body: bytes) -> int:
            try:
                return (await client.post(url, content=body)).status_code
            except httpx.ConnectError:
                return 0

        try:
            yield post
        finally:
            running.terminate()
            await running.wait()


async def test_a_rolling_restart_on_one_file(tmp_path: Path) -> None:
    """Several processes of one machine on one SQLite file, without any balancer."""
    await _nothing_is_lost(tmp_path, "", straight)


async def test_a_rolling_restart_behind_nginx(tmp_path: Path) -> None:
    """Processes as on several machines: on PostgreSQL, behind the nginx of deploy/."""
    with postgres() as server:
        async with server.database() as url:
            await _nothing_is_lost(tmp_path, url, nginx)


async def _nothing_is_lost(folder: Path, url: str, way: Way) -> None:
    """Each update is acknowledged, has had its effect once, and was answered once."""
    async with AsyncExitStack() as stack:
        town = await stack.enter_async_context(installed(folder, url))
        writers = Writers(await stack.enter_async_context(way(town)))
        writing = [asyncio.create_task(writers.write(chat)) for chat in CHATS]
        try:
            await restarts(town, writers)
        finally:
            writers.done.set()
            await asyncio.gather(*writing)
        for part in town.parts:
            assert await part.stops() == 0
        code, said = await program("notifier", "drain", folder=folder)
        assert (code, said) == (0, "nothing waits\n")
        await _everything_once(town, writers)


async def _everything_once(town: Town, writers: Writers) -> None:
    sent = Counter(call["chat_id"] for call in town.api.called("sendMessage"))
    wanted = Counter(number // 1_000_000 for number in writers.acknowledged)
    turns = dict(await town.rows(TURNS))
    assert set(writers.acknowledged.values()) == {1}
    assert await town.rows("SELECT count(*) FROM seen") == [(len(writers.acknowledged),)]
    assert turns == {f"telegram:{chat}": n for chat, n in wanted.items()}
    assert {int(str(chat)): n for chat, n in sent.items()} == wanted
    assert await town.rows("SELECT count(*) FROM outbound WHERE status <> 'sent'") == [(0,)]
    # A connection that was waiting to be let in when a bot closed is asked for again.
    assert set(writers.refused) <= {502, 503}
