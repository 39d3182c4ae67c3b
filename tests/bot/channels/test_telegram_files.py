"""Files fetched from a real HTTP server, which may lie, stall and hang up."""

import asyncio
import logging
import traceback
from collections.abc import AsyncIterator

import pytest
from telegram import Bot

from bot.channels.telegram_bot import close_bot
from bot.channels.telegram_calls import Calls
from bot.channels.telegram_files import TelegramFiles
from bot.notifier.fetcher import Fetched
from bot.notifier.parcel import Dead, Later
from bot.photos import Refused
from bot.pool import NeverLeft
from tests.bot.channels.bot_api import BotApi
from tests.bot.notifier.fakes import FakeGateway, fake_gateway

TOKEN = BotApi().token
MOST = 1024 * 1024
PICTURE = bytes(range(256)) * 16


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as api:
        api.has_file("f1", PICTURE)
        yield api


@pytest.fixture
async def liar() -> AsyncIterator[FakeGateway]:
    async with fake_gateway() as liar:
        yield liar.answers(200, {"ok": True, "result": {"file_path": "photos/file_0.jpg"}})


async def fetched(url: str, *, silence: float = 2, within: float = 5) -> Fetched:
    calls = Calls(TOKEN, url, answer_within=silence)
    try:
        return await TelegramFiles(calls, most=MOST, within=within).fetch("f1")
    finally:
        await calls.close()


async def test_a_file_comes_as_it_was_sent(api: BotApi) -> None:
    """Two calls: where the file lies, and the file."""
    assert await fetched(api.url) == PICTURE
    assert [(call.method, call.fields) for call in api.calls] == [
        ("getFile", {"file_id": "f1"}),
        ("download", {"path": "photos/file_0.jpg"}),
    ]


async def test_the_library_fetches_the_same(api: BotApi) -> None:
    """python-telegram-bot makes the same two calls, whatever way the address is written."""
    bot = Bot(api.token, f"{api.url}/bot", f"{api.url}/file/bot")
    file = await bot.get_file("f1")
    assert await file.download_as_bytearray() == PICTURE
    await close_bot(bot)
    theirs = [(call.method, call.fields) for call in api.calls]
    for address in (f"{api.url}/bot", f"{api.url}/", api.url):
        api.calls.clear()
        assert await fetched(address) == PICTURE
        assert [(call.method, call.fields) for call in api.calls] == theirs


@pytest.mark.parametrize(
    "path",
    [
        "../../etc/passwd",
        "photos/../../bot4242:AA/getMe",
        "..",
        "/etc/passwd",
        "//evil.example/x.jpg",
        "http://evil.example/x.jpg",
        "photos/file_0.jpg?x=1",
        "photos/file_0.jpg#x",
        "photos/%2e%2e/x",
        "photos\\..\\x",
        "photos/x\r\nHost: evil.example",
        "photos//x",
        "photos/.x",
        "photos/x.jpg\n",
        "user@evil.example",
        "ảnh.jpg",
        "a" * 201,
        "",
    ],
)
async def test_no_path_leads_elsewhere(api: BotApi, path: str) -> None:
    """What is not in the shape of Telegram's own paths is refused before anything is asked."""
    api.has_file("f1", PICTURE, path=path)
    assert await fetched(api.url) == Dead("the file's path is not Telegram's")
    assert api.called("download") == []


@pytest.mark.parametrize("path", ["photos/file_0.jpg", "documents/file_12.PNG", "file-1"])
async def test_paths_as_telegram_writes_them(api: BotApi, path: str) -> None:
    """Folder, name and ending."""
    api.has_file("f1", PICTURE, path=path)
    assert await fetched(api.url) == PICTURE


async def test_too_big_is_known_beforehand(api: BotApi) -> None:
    """What Telegram says is too big is not even asked for; the citizen can send another."""
    for size in (MOST + 1, 20 * 1024 * 1024 + 1):
        api.has_file("f1", PICTURE, size=size)
        assert await fetched(api.url) == Refused("too_big")
    assert api.called("download") == []


async def test_a_file_may_be_as_big_as_the_limit(api: BotApi) -> None:
    """The limit itself is allowed."""
    api.has_file("f1", bytes(MOST))
    assert await fetched(api.url) == bytes(MOST)
    api.has_file("f1", bytes(MOST + 1), size=1)
    assert await fetched(api.url) == Refused("too_big")


async def test_an_endless_file_is_not_read_on(api: BotApi) -> None:
    """Beyond the limit nothing more is taken off the line."""
    poured = 0

    async def pour() -> AsyncIterator[bytes]:
        nonlocal poured
        while True:
            poured += 65536
            yield bytes(65536)
            await asyncio.sleep(0)

    api.answers_next("download", pour())
    assert await fetched(api.url) == Refused("too_big")
    assert poured < 16 * MOST  # what fits into the sockets' buffers comes on top


async def test_a_length_that_nobody_knows(liar: FakeGateway) -> None:
    """Without a length the limit holds just the same."""
    liar.breaks_off("HTTP/1.1 200 OK\r\n\r\n" + "x" * (MOST + 1))
    assert await fetched(liar.url) == Refused("too_big")


async def test_a_length_too_small_hides_nothing(liar: FakeGateway) -> None:
    """What comes after the announced length is not part of the file."""
    liar.breaks_off("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + "x" * (MOST + 1))
    got = await fetched(liar.url)
    assert got in (b"x" * 100, Later("Telegram cannot be reached"))


async def test_a_length_too_large_is_a_broken_line(liar: FakeGateway) -> None:
    """Half a file is no file."""
    liar.breaks_off("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf")
    assert await fetched(liar.url) == Later("Telegram cannot be reached")


async def test_nothing_is_unpacked_on_the_way(liar: FakeGateway) -> None:
    """A packed answer that nobody asked for is taken as it is, so it cannot swell."""
    liar.breaks_off("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd")
    assert await fetched(liar.url) == b"abcd"
    assert liar.heard[1].headers["accept-encoding"] == "identity"


async def test_no_redirect_is_followed(liar: FakeGateway) -> None:
    """A file lies where it lies."""
    liar.breaks_off(f"HTTP/1.1 302 Found\r\nLocation: {liar.url}/x\r\nContent-Length: 0\r\n\r\n")
    assert await fetched(liar.url) == Later("Telegram cannot be reached")
    assert len(liar.heard) == 2


@pytest.mark.parametrize("method", ["getFile", "download"])
@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (400, Dead("Telegram refused the file")),
        (401, Later("Telegram refused the bot's token")),
        (403, Dead("Telegram refused the file")),
        (500, Later("Telegram cannot be reached")),
        (502, Later("Telegram cannot be reached")),
    ],
)
async def test_refusals(api: BotApi, method: str, status: int, verdict: Fetched) -> None:
    """What cannot get better is dead, what can is tried later."""
    api.refuses_next(method, status)
    assert await fetched(api.url) == verdict


async def test_404_depends_on_who_says_it(api: BotApi) -> None:
    """Of a method it speaks of the bot's token, of a file it speaks of the file."""
    api.refuses_next("getFile", 404)
    assert await fetched(api.url) == Later("Telegram refused the bot's token")
    api.refuses_next("download", 404)
    assert await fetched(api.url) == Dead("Telegram has lost the file")


@pytest.mark.parametrize("method", ["getFile", "download"])
async def test_telegram_says_how_long(api: BotApi, method: str) -> None:
    """The pause after a 429 is kept."""
    api.refuses_next(method, 429, retry_after=7)
    assert await fetched(api.url) == Later("too many requests", after=7)


async def test_another_machines_page(liar: FakeGateway) -> None:
    """A proxy's 404 is not Telegram's word that the file is gone."""
    liar.answers(404, "<html>not here</html>")
    assert await fetched(liar.url) == Later("Telegram cannot be reached")


@pytest.mark.parametrize("said", [b"", b"<html>", b'{"ok":true,"result":7}', b"\xff"])
async def test_nonsense_about_a_file(api: BotApi, said: bytes) -> None:
    """An answer that is none of Telegram's is tried again."""
    api.answers_next("getFile", said)
    assert await fetched(api.url) == Later("the answer was not Telegram's")


@pytest.mark.parametrize("method", ["getFile", "download"])
async def test_silence(api: BotApi, method: str) -> None:
    """A server that says nothing is left after a while."""
    api.ignores_next(method)
    assert await fetched(api.url, silence=0.05) == Later("no answer in time")


async def test_a_trickle(api: BotApi) -> None:
    """A server that is never quite silent is left when the try's time is up."""

    async def drip() -> AsyncIterator[bytes]:
        while True:
            yield b"x"
            await asyncio.sleep(0.01)

    api.answers_next("download", drip())
    assert await fetched(api.url, within=0.1) == Later("no answer in time")


async def test_hung_up(liar: FakeGateway) -> None:
    """A line that breaks is tried again, before and amid the file."""
    liar.breaks_off()
    assert await fetched(liar.url) == Later("Telegram cannot be reached")
    assert await fetched("http://127.0.0.1:1") == Later("Telegram cannot be reached")


async def test_the_token_is_nowhere(
    api: BotApi, liar: FakeGateway, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither a log line nor a verdict nor a traceback holds the token."""
    caplog.set_level(logging.DEBUG)
    liar.breaks_off()
    api.ignores_next("download")
    shown = [repr(await fetched(url, silence=0.05)) for url in (api.url, liar.url, "http://x:y")]
    calls = Calls(api.token, "http://127.0.0.1:1")
    with pytest.raises(NeverLeft) as raised:
        await calls.download("photos/file_0.jpg", MOST)
    await calls.close()
    shown += traceback.format_exception(raised.value)
    # The double's own server writes down what it is asked.
    shown += [line.getMessage() for line in caplog.records if line.name != "uvicorn.access"]
    assert api.token.partition(":")[2] not in "".join(shown)
