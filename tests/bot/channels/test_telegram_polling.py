"""Polling against a real HTTP server with Telegram's offsets."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

import pytest
from telegram import Bot

from bot.channels.telegram_bot import WrongToken, close_bot, open_bot
from bot.channels.telegram_polling import Polling
from storage.base import Unavailable
from tests.bot.channels import updates
from tests.bot.channels.bot_api import BotApi
from tests.bot.channels.ledger import Ledger


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as api:
        yield api


@pytest.fixture
async def bot(api: BotApi) -> AsyncIterator[Bot]:
    bot = open_bot(api.token, api.url)
    yield bot
    await close_bot(bot)


@contextlib.asynccontextmanager
async def polling(bot: Bot, ledger: Ledger, *, hold: float = 5) -> AsyncIterator[None]:
    """Poll while the block runs, then stop in the orderly way."""
    stop = asyncio.Event()
    poller = Polling(bot, "4242", ledger, hold=hold, pause=0.001, longest_pause=0.01)
    running = asyncio.create_task(poller.run(stop))
    try:
        yield
    finally:
        stop.set()
        async with asyncio.timeout(1):
            await running


async def test_updates_reach_the_intake(api: BotApi, bot: Bot) -> None:
    """What citizens did before and during polling arrives, in order."""
    ledger = Ledger()
    api.hears(updates.text(42, "a"))
    api.hears(updates.contact(42, "84901234567"))
    async with polling(bot, ledger):
        await ledger.until_taken(2)
        api.hears(updates.press(42, "t"))
        assert await ledger.until_taken(3) == ["a", "84901234567", ""]
    assert [incoming.key for incoming in ledger.taken] == [f"telegram:4242:{n}" for n in (1, 2, 3)]


async def test_only_wanted_kinds_are_asked_for(api: BotApi, bot: Bot) -> None:
    """The webhook goes first, and Telegram is told what the bot wants."""
    await bot.set_webhook("https://old.example/hook")
    api.calls.clear()
    async with polling(bot, Ledger()):
        [fields] = await api.until_called("getUpdates")
    assert api.calls[0].method == "deleteWebhook"
    assert fields["allowed_updates"] == ["message", "callback_query"]


async def test_the_offset_follows_the_commit(api: BotApi, bot: Bot) -> None:
    """While the commit is on its way, Telegram still holds the update."""
    ledger = Ledger()
    ledger.stalls()
    api.hears(updates.text(42, "a"))
    async with polling(bot, ledger):
        await api.until_called("getUpdates")
        await asyncio.sleep(0.05)
        assert len(api.called("getUpdates")) == 1
        ledger.goes_on()
        calls = await api.until_called("getUpdates", 2)
    assert calls[1]["offset"] == "2"


async def test_a_kill_before_the_commit_loses_nothing(api: BotApi, bot: Bot) -> None:
    """A process that dies with the update in its hands gets it again when it is back."""
    dying = Ledger()
    dying.stalls()
    api.hears(updates.text(42, "a"))
    process = asyncio.create_task(Polling(bot, "4242", dying).run(asyncio.Event()))
    await api.until_called("getUpdates")
    await asyncio.sleep(0.05)
    process.cancel()
    await asyncio.wait([process])
    assert process.cancelled()
    reborn = Ledger()
    async with polling(bot, reborn):
        assert await reborn.until_taken(1) == ["a"]


async def test_a_failed_commit_comes_again(api: BotApi, bot: Bot) -> None:
    """The offset stays before what failed; its neighbours are repeated, nothing is lost."""
    ledger = Ledger()
    for said in "abc":
        api.hears(updates.text(42, said))
    ledger.fails_on("b", Unavailable("locked"))
    async with polling(bot, ledger):
        assert await ledger.until_taken(4) == ["a", "c", "b", "c"]
        calls = await api.until_called("getUpdates", 3)
    assert [call["offset"] for call in calls] == ["0", "2", "4"]


async def test_strange_updates_block_nobody(
    api: BotApi, bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    """An update nobody can read is passed over and not logged; the next one gets through."""
    ledger = Ledger()
    api.hears({"message": {"chat": "secret words", "text": "secret words"}})
    api.hears({"message": {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "new"}}})
    api.hears(updates.text(42, "a"))
    caplog.set_level(logging.INFO)
    async with polling(bot, ledger):
        assert await ledger.until_taken(1) == ["a"]
    assert "an update was passed over" in caplog.text
    assert "secret words" not in caplog.text


async def test_numbers_may_begin_anew(api: BotApi, bot: Bot) -> None:
    """After a quiet week Telegram numbers from anywhere; a lower number is not swallowed."""
    ledger = Ledger()
    api.hears(updates.text(42, "a"), number=900)
    async with polling(bot, ledger, hold=0):
        await ledger.until_taken(1)
        await api.until_called("getUpdates", 4)
        api.hears(updates.text(42, "b"), number=3)
        assert await ledger.until_taken(2) == ["a", "b"]


@pytest.mark.parametrize("status", [409, 429, 500, 502, 400, 403])
async def test_a_refused_poll_is_repeated(api: BotApi, bot: Bot, status: int) -> None:
    """Whatever Telegram answers, polling goes on after a pause."""
    ledger = Ledger()
    api.refuses_next("deleteWebhook", 500)
    api.refuses_next("getUpdates", status, retry_after=1 if status == 429 else None)
    api.answers_next("getUpdates", b"<html>blocked</html>")
    api.answers_next("getUpdates", b'{"ok": true, "result": 5}')
    api.hears(updates.text(42, "a"))
    async with polling(bot, ledger):
        assert await ledger.until_taken(1) == ["a"]


async def test_a_second_poller_is_named(
    api: BotApi, bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    """When two processes poll one bot, the log says what to do."""
    rival = open_bot(api.token, api.url)
    async with polling(bot, Ledger()):
        await api.until_called("getUpdates")
        await rival.do_api_request("get_Updates", {"timeout": 0})
        await api.until_called("getUpdates", 3)
    await close_bot(rival)
    assert "another process polls this bot" in caplog.text


async def test_a_wrong_token_ends_polling(api: BotApi) -> None:
    """There is no sense in going on, and the error does not hold the token."""
    bot = open_bot("4242:AAwrong", api.url)
    with pytest.raises(WrongToken) as ended:
        await Polling(bot, "4242", Ledger()).run(asyncio.Event())
    assert "AAwrong" not in repr(ended.value)
    await close_bot(bot)


async def test_a_broken_line_is_waited_for(caplog: pytest.LogCaptureFixture) -> None:
    """Without an answer polling tries on, logs no token, and stops at once when told."""
    tries: asyncio.Queue[None] = asyncio.Queue()

    def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()
        tries.put_nowait(None)

    async with await asyncio.start_server(hang_up, "127.0.0.1") as broken:
        port = broken.sockets[0].getsockname()[1]
        bot = open_bot("4242:AAtoken", f"http://127.0.0.1:{port}")
        async with polling(bot, Ledger()), asyncio.timeout(5):
            for _ in range(3):
                await tries.get()
        await close_bot(bot)
    assert "Telegram cannot be polled: NetworkError" in caplog.text
    assert "AAtoken" not in caplog.text
