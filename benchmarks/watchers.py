"""Officers who have the inbox open, all of them in one process of their own.

Each does what their browser does: opens the page, then holds its stream, in which the rows come
anew whenever something has stirred.
"""

import asyncio
import html
import re
import time
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from multiprocessing.connection import Connection
from typing import NamedTuple

from bot.console import session
from bot.console.guard import LOOK
from bot.console.words import words
from bot.loop import new_loop

LANGS = ("vi", "vi", "vi", "vi", "en")  # by turns
FILTERS = ("", "view=waiting&channel=telegram")
_LARGEST = 1 << 20
_ROW = re.compile(rb'href="/conversation/([\w-]+)">[^<]*</a>\s*(?:data: )?<small>([^<]*)</small>')
_AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140"
Steps = Mapping[str, str]  # conversations as they are called in addresses -> their step


class Door(NamedTuple):
    """Where one officer comes in."""

    port: int
    token: str
    lang: str
    query: str


@dataclass(slots=True)
class Seen:
    """When one officer got which rows; seconds of the whole machine."""

    at: "array[float]" = field(default_factory=lambda: array("d"))
    rows: list[int] = field(default_factory=list)


class Sight(NamedTuple):
    """What all officers saw in one round. shown: by the numbers in `Seen.rows`.

    opened: seconds that each page took to open. cpu: processor seconds of this process in `took`.
    """

    seen: list[Seen]
    shown: list[Steps]
    opened: list[float]
    received: int
    took: float
    cpu: float


class _Round:
    """The rows that came, each kept once."""

    def __init__(self) -> None:
        self.numbers: dict[tuple[str, bytes], int] = {}
        self.received = 0

    def number(self, lang: str, body: bytes) -> int:
        self.received += len(body)
        return self.numbers.setdefault((lang, body), len(self.numbers))


def sit_down(doors: Sequence[Door], pipe: Connection) -> None:
    """Watch from one message of the pipe to the next, then tell; until the message is None."""
    with asyncio.Runner(loop_factory=new_loop) as runner:
        while pipe.recv() is not None:
            pipe.send(runner.run(_round(doors, pipe)))


async def _round(doors: Sequence[Door], pipe: Connection) -> Sight:
    found = _Round()
    seen = [Seen() for _ in doors]
    opened = [await _opens(door) for door in doors]
    ready = asyncio.Semaphore(0)
    pairs = zip(doors, seen, strict=True)
    tasks = [asyncio.create_task(_watches(door, one, found, ready)) for door, one in pairs]
    for _ in tasks:
        await ready.acquire()
    pipe.send(None)
    begun, cpu = time.perf_counter(), time.process_time()
    await asyncio.to_thread(pipe.recv)
    took, cpu = time.perf_counter() - begun, time.process_time() - cpu
    gone = [task for task in tasks if task.done()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    if gone:
        raise RuntimeError(f"{len(gone)} officers lost their stream") from gone[0].exception()
    shown = [_steps(lang, body) for lang, body in found.numbers]
    return Sight(seen, shown, opened, found.received, took, cpu)


async def _opens(door: Door) -> float:
    """The page itself, as it is opened in the morning."""
    begun = time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", door.port, limit=_LARGEST)
    writer.write(_asks(door, f"/?{door.query}"))
    await _answer(reader)
    writer.close()
    return time.perf_counter() - begun


async def _watches(door: Door, seen: Seen, found: _Round, ready: asyncio.Semaphore) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", door.port, limit=_LARGEST)
    writer.write(_asks(door, f"/live?{door.query}", "Accept: text/event-stream\r\n"))
    try:
        await _head(reader)
        while size := int(await reader.readuntil(b"\r\n"), 16):
            event = (await reader.readexactly(size + 2))[:-2]
            if event.startswith(b"event: here"):
                ready.release()
            elif event.startswith(b"event: rows"):
                seen.at.append(time.perf_counter())
                seen.rows.append(found.number(door.lang, event))
        raise ConnectionError("the stream ended")
    finally:
        writer.close()


async def _answer(reader: asyncio.StreamReader) -> bytes:
    head = await _head(reader)
    length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
    return await reader.readexactly(length)


async def _head(reader: asyncio.StreamReader) -> bytes:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    if not head.startswith(b"http/1.1 200"):
        raise ConnectionError(head.partition(b"\r\n")[0].decode())
    return head


def _asks(door: Door, path: str, more: str = "") -> bytes:
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{door.port}\r\nUser-Agent: {_AGENT}\r\n"
        f"Accept-Language: {door.lang}\r\nSec-Fetch-Site: same-origin\r\n{more}"
        f"Cookie: {session.COOKIE}={door.token}; {LOOK}={door.lang}.auto\r\n\r\n"
    ).encode()


def _steps(lang: str, body: bytes) -> Steps:
    """Which step each line of these rows shows."""
    named = _named(lang)
    return {
        row[1].decode(): named.get(html.unescape(row[2].decode()).partition(" · ")[0], "")
        for row in _ROW.finditer(body)
    }


@cache
def _named(lang: str) -> Mapping[str, str]:
    return {said: name for name, said in words(lang)["steps"].items()}
