"""What holds for every answer, and how the server comes and goes."""

import asyncio
import contextlib
import signal
import socket
import time
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from bot.web.app import GRACE, HEADERS, serve, web_app
from tests.bot.web.citizen import Citizen


@contextlib.asynccontextmanager
async def served(app: ASGIApp) -> AsyncIterator[tuple[str, "asyncio.Task[None]"]]:
    """The app on a free port of this machine."""
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(serve(app, "127.0.0.1", 0, ready=port.set_result))
    try:
        yield f"http://127.0.0.1:{await port}", serving
    finally:
        serving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await serving


async def hook(request: Request) -> Response:
    """A channel's route: says what it got, or breaks."""
    if await request.body() == b"break":
        raise ValueError("broken")
    return PlainTextResponse("taken", headers={"Cache-Control": "no-cache"})


async def slow(_: Request) -> Response:
    await asyncio.sleep(0.15)
    return PlainTextResponse("done")


ROUTES = (Route("/hook", hook, methods=["POST"]), Route("/slow", slow))


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/healthz", 200),
        ("GET", "/readyz", 200),
        ("GET", "/p/unknown", 410),
        ("HEAD", "/p/unknown", 410),
        ("POST", "/p/unknown", 410),
        ("GET", "/p/page.css", 200),
        ("GET", "/nowhere", 404),
        ("GET", "/healthz/", 404),
        ("GET", "/p/", 404),
        ("POST", "/healthz", 405),
        ("DELETE", "/p/unknown", 405),
        ("GET", "/hook", 405),
        ("POST", "/hook", 500),
    ],
)
async def test_every_answer_ties_the_browsers_hands(
    citizen: Citizen, method: str, path: str, status: int
) -> None:
    """Whatever is asked for, errors included, the headers are there and no banner is."""
    wire = httpx.ASGITransport(web_app(citizen.engine, ROUTES), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=wire, base_url="http://bot.test") as browser:
        answer = await browser.request(method, path, content=b"break")
    assert answer.status_code == status
    for name, value in HEADERS.items():
        assert answer.headers.get_list(name) == [value]
    assert "server" not in answer.headers
    assert "location" not in answer.headers


async def test_a_route_may_set_its_own_header(citizen: Citizen) -> None:
    """What a channel says itself is not said twice."""
    wire = httpx.ASGITransport(web_app(citizen.engine, ROUTES))
    async with httpx.AsyncClient(transport=wire, base_url="http://bot.test") as browser:
        answer = await browser.post("/hook")
    assert answer.text == "taken"
    assert answer.headers.get_list("cache-control") == ["no-cache"]


async def test_it_serves_on_a_free_port_without_a_banner(
    citizen: Citizen, capfd: pytest.CaptureFixture[str]
) -> None:
    """Port 0 becomes a real one; nothing names the server, and nobody's visit is printed."""
    async with served(web_app(citizen.engine)) as (url, _), httpx.AsyncClient() as browser:
        answer = await browser.get(f"{url}/p/token")
        alive = await browser.get(f"{url}/healthz")
    assert (alive.status_code, alive.text) == (200, "ok\n")
    assert answer.status_code == 410
    assert "server" not in answer.headers
    assert "token" not in "".join(capfd.readouterr())


async def test_stopping_lets_a_request_finish(citizen: Citizen) -> None:
    """Cancelled in the middle of a request, the server answers it and then ends."""
    async with served(web_app(citizen.engine, ROUTES)) as (url, serving):
        async with httpx.AsyncClient() as browser:
            asking = asyncio.create_task(browser.get(f"{url}/slow"))
            await asyncio.sleep(0.05)
            began = time.monotonic()
            serving.cancel()
            assert (await asking).text == "done"
        with pytest.raises(asyncio.CancelledError):
            await serving
    assert time.monotonic() - began < GRACE


async def test_a_taken_port_is_said_so(citizen: Citizen) -> None:
    """The caller gets an OSError that names the place, and the loop lives on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match=f"127.0.0.1:{port}; is the port taken"):
            await serve(web_app(citizen.engine), "127.0.0.1", port)


async def test_signals_are_left_alone(citizen: Citizen) -> None:
    """Whoever runs the loop decides what an interrupt means."""
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    async with served(web_app(citizen.engine)):
        assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before
