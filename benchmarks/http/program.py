"""`vssid-bot run` as its operators start it: a folder with config.toml, keys and a registry.

Limits are counted as always but so wide that no citizen of a benchmark meets them, the human
check is off, and no balancer is waited for at the end; nothing else differs from production.
"""

import asyncio
import os
import socket
import sys
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import get_type_hints

from benchmarks import registry
from benchmarks.http.outside import SMS_PATH, TOKEN
from bot.commands.opening import opened
from bot.settings import Limits, LimitsOf

SECRET = "benchmark-secret_0123456789-ABCDEFGHIJ"
PATH = "/telegram"
_WIDE = '["999999999/1h"]'
_TICKS = os.sysconf("SC_CLK_TCK")
_PATIENCE = 60.0  # seconds

_CONFIG = """
[database]
url = "{database}"
[keys]
file = "{folder}/keys.json"
[telegram]
token = "{token}"
api_base_url = "{outside}/bot"
mode = "webhook"
webhook_secret = "{secret}"
webhook_path = "{path}"
[http]
port = {port}
metrics_listen = "{operators}"
public_url = "https://bot.example.vn"
drain_seconds = 0
[[sms.gateways]]
name = "main"
url = "{outside}{sms_path}"
brandname = "BHXHVN"
[sms.gateways.body]
kind = "json"
template = '{{"to": "{{to_local}}", "from": "{{brandname}}", "text": "{{text}}", "id": "{{ref}}"}}'
[smtp]
host = "127.0.0.1"
port = 25
security = "none"
sender = "bot@example.vn"
[human_check]
policy = "never"
[limits]
vnd_per_day = 1000000000
vnd_per_sms = 1
{limits}
"""


@dataclass(frozen=True, slots=True)
class Program:
    """One process of it."""

    child: Process
    port: int
    start: float  # seconds from the start of the process until it could be reached and used

    def cpu(self) -> float:
        """Processor seconds so far, all threads."""
        rest = self._read("stat").rpartition(")")[2].split()
        return (int(rest[11]) + int(rest[12])) / _TICKS

    def memory(self) -> float:
        """Resident megabytes now."""
        return self._status("VmRSS") / 1024

    def threads(self) -> int:
        """How many there are now."""
        return self._status("Threads")

    def descriptors(self) -> int:
        """Open files and connections."""
        return len(os.listdir(f"/proc/{self.child.pid}/fd"))  # noqa: PTH208 - only counted

    def _status(self, name: str) -> int:
        rows = self._read("status").splitlines()
        return next(int(row.split()[1]) for row in rows if row.startswith(f"{name}:"))

    def _read(self, name: str) -> str:
        return Path(f"/proc/{self.child.pid}/{name}").read_text("utf-8")


def head(port: int) -> bytes:
    """The head of Telegram's requests, up to the length."""
    return (
        f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
        f"X-Telegram-Bot-Api-Secret-Token: {SECRET}\r\nAccept-Encoding: gzip, deflate\r\n"
        "Connection: keep-alive\r\nContent-Length: "
    ).encode()


async def prepare(folder: Path, members: int, database: str = "") -> None:
    """Make the keys and the registry; without a database, in a file."""
    config = write_config(folder, "http://127.0.0.1:1", 0, database)
    async with opened(config) as here:
        await registry.fill(here.store, members)


@asynccontextmanager
async def running(folder: Path, outside: str, core: int | None) -> AsyncIterator[Program]:
    """Start it on that core and wait until it is ready; stop it as an operator does."""
    port = free_port()
    config = write_config(folder, outside, port)
    begun = time.perf_counter()
    child = await launch(config)
    if core is not None:
        os.sched_setaffinity(child.pid, {core})
    try:
        await until_ready(child, port, folder)
        yield Program(child, port, time.perf_counter() - begun)
    finally:
        if child.returncode is None:
            child.terminate()
        await child.wait()


async def launch(config: Path, *words: str) -> Process:
    """Start it with these words more; what it logs is added to run.log beside its settings."""
    with config.with_name("run.log").open("ab") as log:
        line = [sys.executable, "-m", "bot", "run", "--config", str(config), *words]
        return await asyncio.create_subprocess_exec(*line, stdout=log, stderr=log)


def write_config(
    folder: Path, outside: str, port: int, database: str = "", operators: str = ""
) -> Path:
    """Settings for a process at that port. operators: where only they can ask, if anywhere."""
    hints = get_type_hints(LimitsOf, include_extras=True).items()
    config = folder / f"config-{port}.toml"
    text = _CONFIG.format(
        database=database or f"sqlite:///{folder}/vssid.db",
        operators=operators,
        folder=folder,
        outside=outside,
        token=TOKEN,
        secret=SECRET,
        path=PATH,
        port=port,
        sms_path=SMS_PATH,
        limits="\n".join(f"{name} = {_WIDE}" for name, kind in hints if kind is Limits),
    )
    config.write_text(text, "utf-8")
    return config


async def until_ready(child: Process, port: int, folder: Path) -> None:
    """Wait for a 200 of its /readyz."""
    until = time.perf_counter() + _PATIENCE
    while child.returncode is None and time.perf_counter() < until:
        if await _is_ready(port):
            return
        await asyncio.sleep(0.01)
    raise RuntimeError(f"it did not start: {(folder / 'run.log').read_text('utf-8')[-2000:]}")


async def _is_ready(port: int) -> bool:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    try:
        writer.write(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        return (await reader.readline()).startswith(b"HTTP/1.1 200")
    finally:
        writer.close()


def free_port() -> int:
    """One that nobody has at the moment."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])
