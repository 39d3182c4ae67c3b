"""Connections to one kind of counterpart: a request out, an answer back, or a named fault.

It repeats nothing, follows no redirect and keeps no cookie. aiohttp writes addresses into its
exceptions, and an address may hold a token or a text: none of them leaves this file.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp

Form = aiohttp.FormData

_CONNECTIONS = 256
_ENOUGH = 256 * 1024
_NO_GUESS = ("Content-Type",)
_OK = 200

_Read = Callable[[aiohttp.ClientResponse], Awaitable[bytes]]


class Fault(Exception):
    """There is no answer."""


class NeverLeft(Fault):
    """No connection came up: the request cannot have been taken."""


class Unanswered(Fault):
    """No answer in time: it may have been taken."""


class BrokenOff(Fault):
    """The line broke before an answer: it may have been taken."""


class TooLong(Fault):
    """The answer is longer than what was asked for; it was not read on."""


@dataclass(frozen=True, slots=True)
class Request:
    """What goes out, once."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | Form = b""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back; of a body that broke off or has no end, its beginning."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Pool:
    """Kept-alive connections, made in the loop that first needs them."""

    def __init__(self) -> None:
        """Nothing is opened before the first request."""
        self._session: aiohttp.ClientSession | None = None
        self._proxies: dict[tuple[str, str], str | None] = {}

    async def exchange(self, request: Request, *, reach: float, answer: float) -> Reply:
        """Send and read. Raises Fault.

        reach: seconds until there is a connection; answer: of silence after that.
        """
        return await self._answer(request, reach, answer, _beginning)

    async def download(self, request: Request, *, reach: float, answer: float, most: int) -> Reply:
        """Like `exchange`, but of a success the whole body, byte by byte as it was sent.

        Raises TooLong beyond `most` bytes, whatever the answer says of its length.
        """

        async def read(response: aiohttp.ClientResponse) -> bytes:
            if response.status != _OK:
                return await _beginning(response)
            return await _whole(response, most)

        return await self._answer(request, reach, answer, read, unpack=False)

    async def close(self) -> None:
        """Let go of every connection. Safe to repeat."""
        if self._session is not None:
            await self._session.close()

    async def _answer(
        self, request: Request, reach: float, answer: float, read: _Read, *, unpack: bool = True
    ) -> Reply:
        try:
            async with self._open().request(
                request.method,
                request.url,
                headers=request.headers,
                data=request.body or None,
                skip_auto_headers=() if isinstance(request.body, Form) else _NO_GUESS,
                allow_redirects=False,
                auto_decompress=unpack,
                proxy=self._proxy(request.url),
                timeout=aiohttp.ClientTimeout(total=None, connect=reach, sock_read=answer),
            ) as response:
                return Reply(response.status, response.headers, await read(response))
        except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError):
            raise NeverLeft from None
        except aiohttp.ClientError:
            raise BrokenOff from None

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=_CONNECTIONS),
                cookie_jar=aiohttp.DummyCookieJar(),
                middlewares=(_once,),
            )
        return self._session

    def _proxy(self, url: str) -> str | None:
        """The proxy that the environment names, looked up once a host.

        aiohttp's own way (trust_env) looks for every request, in a thread each for proxies and
        for ~/.netrc, and would send the gateway what is written there.
        """
        parts = urlsplit(url)
        key = parts.scheme, parts.hostname or ""
        if key not in self._proxies:
            self._proxies[key] = None if proxy_bypass(key[1]) else _named(key[0])
        return self._proxies[key]


async def _once(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Try once: of its own accord aiohttp would send a GET or PUT again."""
    try:
        return await handler(request)
    except (
        aiohttp.ClientConnectorError,
        aiohttp.ClientHttpProxyError,
        aiohttp.ConnectionTimeoutError,
    ):
        raise NeverLeft from None
    except TimeoutError:
        raise Unanswered from None
    except aiohttp.ClientError:
        raise BrokenOff from None


async def _beginning(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    try:
        async for piece in response.content.iter_any():
            body += piece
            if len(body) > _ENOUGH:
                break
    except TimeoutError:
        raise Unanswered from None
    except aiohttp.ClientError:
        pass
    return bytes(body[:_ENOUGH])


async def _whole(response: aiohttp.ClientResponse, most: int) -> bytes:
    body = bytearray()
    try:
        async for piece in response.content.iter_any():
            body += piece
            if len(body) > most:
                raise TooLong
    except TimeoutError:
        raise Unanswered from None
    return bytes(body)


def _named(scheme: str) -> str | None:
    named = getproxies()
    proxy = named.get(scheme) or named.get("all")
    return proxy if proxy is None or "://" in proxy else f"http://{proxy}"
