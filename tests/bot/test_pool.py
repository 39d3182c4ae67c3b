"""Requests out and answers back, over real sockets."""

import asyncio
import traceback
from base64 import b64encode
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.pool import BrokenOff, Fault, NeverLeft, Pool, Reply, Request, Unanswered
from tests.bot.notifier.fakes import FakeGateway, fake_gateway
from tests.bot.notifier.post_office import certificate

SECRET = "AAsecret"


@pytest.fixture
async def gateway() -> AsyncIterator[FakeGateway]:
    async with fake_gateway() as running:
        yield running


@pytest.fixture
async def pool() -> AsyncIterator[Pool]:
    pool = Pool()
    yield pool
    await pool.close()


async def asked(pool: Pool, url: str, method: str = "POST", answer: float = 2) -> Reply:
    request = Request(method, f"{url}/bot4242:{SECRET}/x?text={SECRET}", {"X-A": "1"}, b"{}")
    return await pool.exchange(request, reach=1, answer=answer)


async def fault_of(pool: Pool, url: str, answer: float = 2) -> Fault:
    with pytest.raises(Fault) as raised:
        await asked(pool, url, answer=answer)
    return raised.value


async def test_a_pool_is_made_outside_the_loop_and_closed_twice(gateway: FakeGateway) -> None:
    """Nothing is opened before the first request, and a close may be repeated."""
    pool = await asyncio.to_thread(Pool)
    await pool.close()
    assert (await asked(pool, gateway.url)).status == 200
    await pool.close()
    await pool.close()


async def test_no_fault_holds_the_address(gateway: FakeGateway, pool: Pool) -> None:
    """Whatever goes wrong, neither the fault nor its traceback shows the URL."""
    gateway.breaks_off().stays_silent(0.2)
    faults = [
        await fault_of(pool, gateway.url),
        await fault_of(pool, gateway.url, answer=0.05),
        await fault_of(pool, "http://127.0.0.1:1"),
        await fault_of(pool, "http://"),
        await fault_of(pool, "smtp://127.0.0.1"),
    ]
    assert [type(fault) for fault in faults] == [BrokenOff, Unanswered, *[NeverLeft] * 3]
    shown = "".join("".join(traceback.format_exception(fault)) for fault in faults)
    assert SECRET not in shown + repr(faults)
    assert "127.0.0.1" not in shown


@pytest.mark.parametrize("method", ["GET", "PUT", "POST"])
async def test_nothing_is_sent_twice(gateway: FakeGateway, pool: Pool, method: str) -> None:
    """A kept line that breaks under a request is a fault, not a reason for a second try."""
    gateway.answers(200).breaks_off().answers(200)
    await asked(pool, gateway.url, method)
    with pytest.raises(BrokenOff):
        await asked(pool, gateway.url, method)
    assert len(gateway.heard) == 2


async def test_a_line_closed_while_idle_is_replaced(gateway: FakeGateway, pool: Pool) -> None:
    """A counterpart that hangs up after its answer costs no message."""
    gateway.breaks_off("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")
    for lines in (1, 2, 3):
        assert (await asked(pool, gateway.url)).body == b"{}"
        await asyncio.sleep(0.01)
        assert gateway.lines == lines


async def test_no_cookie_is_kept(gateway: FakeGateway, pool: Pool) -> None:
    """What one message was given does not travel with the next."""
    gateway.answers(200, "", {"Set-Cookie": "who=citizen; Path=/"})
    await asked(pool, gateway.url)
    await asked(pool, gateway.url)
    assert "cookie" not in gateway.heard[1].headers


async def test_an_unreadable_body_is_given_as_far_as_it_came(
    gateway: FakeGateway, pool: Pool
) -> None:
    """Content that is not packed as it says is no exception."""
    gateway.answers(200, "no gzip", {"Content-Encoding": "gzip"})
    assert (await asked(pool, gateway.url)).status == 200


async def test_the_proxy_of_the_environment_is_used(
    gateway: FakeGateway, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that reaches the world through a proxy only sends through it, with its password."""
    monkeypatch.setenv("http_proxy", gateway.url.replace("//", "//user:pass@"))
    monkeypatch.setenv("no_proxy", "")
    await asked(pool, "http://sms.example.vn")
    heard = gateway.heard[0]
    assert heard.target.startswith("http://sms.example.vn/bot4242")
    assert heard.headers["proxy-authorization"] == f"Basic {b64encode(b'user:pass').decode()}"


async def test_what_needs_no_proxy_goes_straight(
    gateway: FakeGateway, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hosts that the environment excepts are reached without the proxy."""
    monkeypatch.setenv("http_proxy", "127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "")
    assert isinstance(await fault_of(pool, "http://sms.example.vn"), NeverLeft)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    assert (await asked(pool, gateway.url)).status == 200


async def test_a_proxy_that_refuses_lets_nothing_through(
    gateway: FakeGateway, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tunnel that is not opened carries no message."""
    gateway.answers(503)
    monkeypatch.setenv("https_proxy", gateway.url)
    monkeypatch.setenv("no_proxy", "")
    assert isinstance(await fault_of(pool, "https://sms.example.vn"), NeverLeft)
    assert gateway.heard[0].method == "CONNECT"


async def test_a_stranger_is_told_nothing(pool: Pool, tmp_path: Path) -> None:
    """A certificate that nobody we trust has signed ends it before the request leaves."""
    async with fake_gateway(certificate(tmp_path)[1]) as stranger:
        assert isinstance(await fault_of(pool, stranger.url), NeverLeft)
        assert not stranger.heard
