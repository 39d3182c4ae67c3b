"""HTTP/1.1 as bare protocols: lines that post updates, and a server that answers at once.

As little as possible, for whatever the load generator uses is taken from the machine that is
measured. Nothing here knows what travels; it refuses nothing and repeats nothing.
"""

import asyncio
from collections.abc import Callable
from typing import cast

import httptools

Answer = Callable[[bytes, bytes], bytes]  # path and body of a request -> JSON

_OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"


class Answering(asyncio.Protocol):
    """One connection to us; every request that is whole is answered with 200, `after` seconds."""

    def __init__(self, answer: Answer, after: float = 0.0) -> None:
        self._answer = answer
        self._after = after
        self._parser = httptools.HttpRequestParser(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_begin(self) -> None:
        """Called by the parser, as are all that follow."""
        self._url, self._body = b"", b""

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        said = self._answer(self._url, self._body)
        whole = _OK % (len(said), said)
        if self._after:
            asyncio.get_running_loop().call_later(self._after, self._write, whole)
        else:
            self._transport.write(whole)

    def _write(self, whole: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(whole)


class Line(asyncio.Protocol):
    """One kept connection to the bot; one request at a time, as Telegram does it."""

    def __init__(
        self,
        head: bytes,
        answered: Callable[["Line", int], None],
        lost: Callable[["Line"], None],
    ) -> None:
        """`head`: of every request, up to the value of Content-Length, its last field.

        answered: called with the status. lost: called when the other side has hung up.
        """
        self._head = head
        self._answered = answered
        self._lost = lost
        self._parser = httptools.HttpResponseParser(self)
        self._ours = False

    def post(self, body: bytes) -> None:
        self._transport.write(b"%b%d\r\n\r\n%b" % (self._head, len(body), body))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - either way lost
        if not self._ours:
            self._lost(self)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        """Called by the parser."""
        self._answered(self, self._parser.get_status_code())

    def close(self) -> None:
        """Hang up."""
        self._ours = True
        self._transport.close()
