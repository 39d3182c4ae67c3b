"""An HTTP gateway on loopback that answers by script."""

import asyncio
import json
import ssl
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Heard:
    """A request as the gateway heard it; header names in small letters."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


# Marks a whole answer, after which the connection stays open.
_SCRIPTED = b"As Scripted"


class FakeGateway:
    """An HTTP server that plays its script; the last act repeats."""

    def __init__(self) -> None:
        """Say 200 with nothing until told otherwise."""
        self.heard: list[Heard] = []
        self.url = ""
        self._script: deque[bytes | float] = deque()
        self._last: bytes | float = _http(200, "", {})
        self._talks: set[asyncio.Task[Any]] = set()

    def answers(
        self,
        status: int,
        body: object = "",
        headers: Mapping[str, str] | None = None,
    ) -> Self:
        """Answer with this status; a body that is not text goes out as JSON."""
        text = body if isinstance(body, str) else json.dumps(body)
        self._script.append(_http(status, text, headers or {}))
        return self

    then = answers

    def breaks_off(self, raw: str = "") -> Self:
        """Send these raw characters, then hang up."""
        self._script.append(raw.encode())
        return self

    def stays_silent(self, seconds: float) -> Self:
        """Take the request and say nothing for so long."""
        self._script.append(seconds)
        return self

    @property
    def lines(self) -> int:
        """How many connections were made."""
        return len(self._talks)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Keep one connection, from the first request until either side has enough."""
        task = asyncio.current_task()
        assert task is not None
        self._talks.add(task)
        try:
            await self._talk(reader, writer)
        finally:
            writer.transport.close()

    async def hang_up(self) -> None:
        """End every connection."""
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)
        await asyncio.sleep(0)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                self.heard.append(await _hear(reader))
                self._last = self._script.popleft() if self._script else self._last
                if isinstance(self._last, float):
                    await asyncio.sleep(self._last)
                    return
                writer.write(self._last)
                await writer.drain()
                if _SCRIPTED not in self._last:
                    return


def _http(status: int, body: str, headers: Mapping[str, str]) -> bytes:
    content = body.encode()
    lines = [f"HTTP/1.1 {status} {_SCRIPTED.decode()}", f"Content-Length: {len(content)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + content


async def _hear(reader: asyncio.StreamReader) -> Heard:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()
    method, target, _ = head[0].split(" ")
    pairs = (line.split(": ", 1) for line in head[1:] if line)
    headers = {name.lower(): value for name, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Heard(method, target, headers, body)


@asynccontextmanager
async def fake_gateway(tls: ssl.SSLContext | None = None) -> AsyncIterator[FakeGateway]:
    """Run a scripted gateway on a free port."""
    gateway = FakeGateway()
    server = await asyncio.start_server(gateway.serve, "127.0.0.1", 0, ssl=tls)
    scheme = "https" if tls else "http"
    gateway.url = f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield gateway
        await gateway.hang_up()
