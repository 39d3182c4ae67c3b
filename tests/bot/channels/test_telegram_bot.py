"""How the bot presents itself, and what its faults give away."""

from collections.abc import AsyncIterator

import pytest

from bot.channels.telegram_bot import (
    Rejected,
    Unreachable,
    WrongToken,
    bot_id,
    close_bot,
    introduce,
    open_bot,
)
from tests.bot.channels.bot_api import BotApi

COMMANDS = {"vi": [("start", "Bắt đầu")], "en": [("start", "Begin")]}
SECRET = "x" * 32


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as api:
        yield api


async def test_commands_are_told_by_language(api: BotApi) -> None:
    """Vietnamese is what everybody sees for whom nothing else was set."""
    bot = open_bot(api.token, api.url)
    await introduce(bot, COMMANDS, None)
    await close_bot(bot)
    vi, en = api.called("setMyCommands")
    assert vi == {"commands": [{"command": "start", "description": "Bắt đầu"}]}
    assert en["language_code"] == "en"
    assert api.called("setChatMenuButton") == [{"menu_button": {"type": "commands"}}]


async def test_the_webhook_is_set_with_its_secret(api: BotApi) -> None:
    """Address, secret and the wanted kinds go to Telegram; for polling it is taken off."""
    bot = open_bot(api.token, api.url)
    await introduce(bot, {}, ("https://bot.example.vn/hook", SECRET))
    assert api.webhook == {
        "url": "https://bot.example.vn/hook",
        "secret_token": SECRET,
        "allowed_updates": ["message", "callback_query"],
        "max_connections": "100",
    }
    await introduce(bot, {}, None)
    await close_bot(bot)
    assert api.webhook is None


async def test_telegrams_own_words_help(api: BotApi) -> None:
    """A refused address is explained in Telegram's words."""
    bot = open_bot(api.token, api.url)
    with pytest.raises(Rejected, match="https url must be provided"):
        await introduce(bot, {}, ("http://bot.example.vn/hook", SECRET))
    await close_bot(bot)


async def test_faults_do_not_hold_the_token(api: BotApi) -> None:
    """A wrong token and a dead line are told apart, without the token."""
    for url, fault in ((api.url, WrongToken), ("http://127.0.0.1:1", Unreachable)):
        bot = open_bot("4242:AAwrong", url)
        with pytest.raises(fault) as raised:
            await introduce(bot, COMMANDS, None)
        assert "AAwrong" not in str(raised.value)
        assert raised.value.__suppress_context__
        await close_bot(bot)


@pytest.mark.parametrize("end", ["", "/", "/bot", "/bot/"])
async def test_the_address_may_end_as_it_likes(api: BotApi, end: str) -> None:
    """The setting may name the server alone or go up to where the token follows."""
    bot = open_bot(api.token, api.url + end)
    assert (await bot.get_me()).username == "vssid_bot"
    await close_bot(bot)


def test_the_bots_number_stands_in_its_token() -> None:
    """The number is public; what is no token is refused without being repeated."""
    assert bot_id("4242:AAx-y_z") == "4242"
    for wrong in ("", "4242", "AA:4242", "4242:", "4242:a b"):
        with pytest.raises(WrongToken):
            bot_id(wrong)
