"""What leaves is what python-telegram-bot would have sent."""

from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import pytest
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    LinkPreviewOptions,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)

from bot.channels.telegram_bot import close_bot, open_bot
from bot.channels.telegram_calls import Calls
from bot.channels.telegram_sender import TelegramSender
from bot.notifier.parcel import Button, ChatBody, Delivered, Letter
from tests.bot.channels.bot_api import BotApi

PNG = b"\x89PNG\r\n\x1a\n"
SAID = 'Xin chào 😀 <b>*x*</b> "\\ \n\t\u2028 https://example.vn'
PLAIN = LinkPreviewOptions(is_disabled=True)
YES, NO = Button("Có", "t1"), Button("Không, quay lại từ đầu", "t2")
INLINE = InlineKeyboardMarkup(
    [
        [InlineKeyboardButton("Có", callback_data="t1")],
        [InlineKeyboardButton("Không, quay lại từ đầu", callback_data="t2")],
    ]
)
PHONE = ReplyKeyboardMarkup(
    [[KeyboardButton("Gửi số", request_contact=True)], [KeyboardButton("Có")]],
    resize_keyboard=True,
    one_time_keyboard=True,
)
GONE = ReplyKeyboardRemove()

Twin = Callable[[Bot], list[Coroutine[Any, Any, object]]]


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as api:
        yield api


def text(bot: Bot, said: str, below: Any = None) -> Coroutine[Any, Any, object]:  # noqa: ANN401
    return bot.send_message("42", said, reply_markup=below, link_preview_options=PLAIN)


def photo(bot: Bot, said: str | None = None, below: Any = None) -> Coroutine[Any, Any, object]:  # noqa: ANN401
    return bot.send_photo("42", PNG, caption=said, reply_markup=below, filename="picture.png")


@pytest.mark.parametrize(
    ("body", "picture", "twin"),
    [
        (ChatBody(SAID), b"", lambda bot: [text(bot, SAID, GONE)]),
        (ChatBody(SAID, [YES, NO]), b"", lambda bot: [text(bot, SAID, INLINE)]),
        (ChatBody("Số?", [YES], "Gửi số"), b"", lambda bot: [text(bot, "Số?", PHONE)]),
        (
            ChatBody("x" * 5000, [YES, NO]),
            b"",
            lambda bot: [text(bot, "x" * 4096), text(bot, "x" * 904, INLINE)],
        ),
        (ChatBody(SAID, [YES, NO], picture="p"), PNG, lambda bot: [photo(bot, SAID, INLINE)]),
        (ChatBody("Số?", picture="p"), PNG, lambda bot: [photo(bot, "Số?", GONE)]),
        (
            ChatBody("x" * 2000, [YES, NO], picture="p"),
            PNG,
            lambda bot: [photo(bot), text(bot, "x" * 2000, INLINE)],
        ),
        (
            ChatBody("Xong", answer="q1", erase="7"),
            b"",
            lambda bot: [
                bot.answer_callback_query("q1"),
                bot.delete_message("42", 7),
                text(bot, "Xong", GONE),
            ],
        ),
    ],
    ids=["plain", "inline", "phone", "long", "picture", "bare", "long picture", "answer"],
)
async def test_every_shape_is_what_the_library_sends(
    api: BotApi, body: ChatBody, picture: bytes, twin: Twin
) -> None:
    """Method by method and field by field, for every shape a bubble can have."""
    sender, bot = TelegramSender(Calls(api.token, api.url)), open_bot(api.token, api.url)
    assert isinstance(await sender.send(Letter("r", "42", body, 1, picture)), Delivered)
    ours = [(call.method, as_form(call.fields)) for call in api.calls]
    api.calls.clear()
    for call in twin(bot):
        await call
    assert ours == [(call.method, as_form(call.fields)) for call in api.calls]
    await sender.close()
    await close_bot(bot)


def as_form(fields: dict[str, Any]) -> dict[str, Any]:
    """Telegram reads a number in JSON as the same number in a form."""
    return {name: str(value) if type(value) is int else value for name, value in fields.items()}
