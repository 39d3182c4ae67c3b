"""The way out to Telegram: one letter, one try, one verdict.

Texts are sent as they are, never as markup, and without link previews. Reasons are fixed
words: the library's own messages may hold the address with the token in it.
"""

import datetime as dt

import httpx
from telegram import Bot, LinkPreviewOptions, Message
from telegram.error import (
    BadRequest,
    ChatMigrated,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.channels.telegram_bot import close_bot
from bot.channels.telegram_bubble import LONGEST_CAPTION, Keyboard, keyboard, length, pieces
from bot.notifier.parcel import ChatBody, Dead, Delivered, Later, Letter, Verdict

# The request never left, so it cannot have been taken.
_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
# What the library raises over an answer that says ok and is none of Telegram's.
_NOT_AN_ANSWER = (AttributeError, KeyError, TypeError, ValueError)

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


class TelegramSender:
    """Sends bubbles to private chats."""

    name = "telegram"

    def __init__(self, bot: Bot) -> None:
        """Send as `bot` (see `open_bot`)."""
        self._bot = bot

    async def send(self, letter: Letter) -> Verdict:
        if not isinstance(letter.body, ChatBody):
            raise TypeError("only bubbles leave through a chat")
        await self._answer(letter.body.answer)
        try:
            await self._erase(letter.to, letter.body.erase)
        except TelegramError as fault:
            return _verdict(fault)
        return await self._say(letter.to, letter.body, letter.picture)

    async def close(self) -> None:
        await close_bot(self._bot)

    async def _answer(self, query: str) -> None:
        """Stop the spinner of a pressed button; too late is no harm."""
        if not query:
            return
        try:
            await self._bot.answer_callback_query(query)
        except TelegramError:
            return

    async def _erase(self, chat: str, message: str) -> None:
        """Delete a message that held a secret; only a flat refusal is put up with.

        It comes before the bubble, so that a broken line does not leave the secret standing.
        """
        if not message:
            return
        try:
            await self._bot.delete_message(chat, int(message))
        except (BadRequest, Forbidden):
            return

    async def _say(self, chat: str, body: ChatBody, picture: bytes) -> Verdict:
        bubble = _Bubble(self._bot, chat)
        try:
            await bubble.say(pieces(body.text), keyboard(body), picture)
        except TelegramError as fault:
            return _verdict(fault, begun=bool(bubble.receipt))
        except _NOT_AN_ANSWER:
            return Later("the answer was not Telegram's", unsure=True)
        return Delivered(bubble.receipt)


class _Bubble:
    """One bubble on its way; `receipt` is the id of the part that arrived last."""

    def __init__(self, bot: Bot, chat: str) -> None:
        self.receipt = ""
        self._bot = bot
        self._chat = chat

    async def say(self, texts: list[str], below: Keyboard, picture: bytes) -> None:
        if picture and len(texts) == 1 and length(texts[0]) <= LONGEST_CAPTION:
            self._note(await self._photo(picture, texts[0], below))
            return
        if picture and texts:
            self._note(await self._photo(picture))
        for text in texts[:-1]:
            self._note(await self._text(text))
        for text in texts[-1:]:
            self._note(await self._text(text, below))

    def _note(self, message: Message) -> None:
        self.receipt = str(message.message_id)

    async def _text(self, text: str, below: Keyboard | None = None) -> Message:
        return await self._bot.send_message(
            self._chat, text, reply_markup=below, link_preview_options=_NO_PREVIEW
        )

    async def _photo(
        self, picture: bytes, caption: str | None = None, below: Keyboard | None = None
    ) -> Message:
        return await self._bot.send_photo(
            self._chat, picture, caption=caption, reply_markup=below, filename="picture.png"
        )


def _verdict(fault: TelegramError, *, begun: bool = False) -> Verdict:
    """What a fault means. begun: a part of the bubble has arrived, so a repeat repeats it."""
    match fault:
        case RetryAfter():
            return Later("too many messages", after=_seconds(fault), unsure=begun)
        case Forbidden():
            return Dead("the citizen has blocked the bot")
        case BadRequest() | ChatMigrated():
            return Dead("Telegram refused the message")
        case InvalidToken() | EndPointNotFound():
            return Later("Telegram refused the bot's token", unsure=begun)
        case TimedOut():
            return Later("no answer in time", unsure=begun or _may_have_left(fault))
        case _:
            return Later("Telegram cannot be reached", unsure=begun or _may_have_left(fault))


def _may_have_left(fault: TelegramError) -> bool:
    cause = fault.__cause__
    return isinstance(cause, httpx.HTTPError) and not isinstance(cause, _NEVER_LEFT)


def _seconds(fault: RetryAfter) -> float:
    wait = fault.retry_after
    return wait.total_seconds() if isinstance(wait, dt.timedelta) else float(wait)
