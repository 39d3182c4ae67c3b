"""The way out to Telegram: one letter, one try, one verdict.

Texts are sent as they are, never as markup, and without link previews.
"""

from collections.abc import Mapping

import msgspec

from bot.channels.telegram_bubble import LONGEST_CAPTION, keyboard, length, pieces
from bot.channels.telegram_calls import Calls, Garbled, Paper, Picture, Refused
from bot.channels.telegram_files import TelegramFiles
from bot.notifier.parcel import ChatBody, Dead, Delivered, Later, Letter, PaperBody, Verdict
from bot.pool import BrokenOff, Fault, NeverLeft, Unanswered

BAD_REQUEST, UNAUTHORIZED, FORBIDDEN, NOT_FOUND = 400, 401, 403, 404
_NO_PREVIEW = {"is_disabled": True}

Markup = Mapping[str, object]


class TelegramSender:
    """Sends bubbles to private chats."""

    name = "telegram"

    def __init__(self, calls: Calls) -> None:
        """`calls`: the line of one bot; closed with the sender."""
        self._calls = calls
        self.files = TelegramFiles(calls)

    async def send(self, letter: Letter) -> Verdict:
        if isinstance(letter.body, PaperBody):
            return await self._hand_over(letter, letter.body)
        if not isinstance(letter.body, ChatBody):
            raise TypeError("only bubbles and papers leave through a chat")
        await self._answer(letter.body.answer)
        try:
            await self._erase(letter.to, letter.body.erase)
        except Fault as fault:
            return _verdict(fault)
        return await self._say(letter.to, letter.body, letter.picture)

    async def close(self) -> None:
        await self._calls.close()

    async def _hand_over(self, letter: Letter, body: PaperBody) -> Verdict:
        call = {"chat_id": letter.to}
        name = f"{body.paper}-{body.dossier}.pdf"
        try:
            result = await self._calls.post("sendDocument", call, Paper(name, letter.picture))
            return Delivered(str(_read_sent(result).message_id))
        except msgspec.DecodeError:
            return _verdict(Garbled())
        except Fault as fault:
            return _verdict(fault)

    async def _answer(self, query: str) -> None:
        """Stop the spinner of a pressed button; too late is no harm."""
        if not query:
            return
        try:
            await self._calls.post("answerCallbackQuery", {"callback_query_id": query})
        except Fault:
            return

    async def _erase(self, chat: str, message: str) -> None:
        """Delete a message that held a secret; only a flat refusal is put up with.

        It comes before the bubble, so that a broken line does not leave the secret standing.
        """
        if not message:
            return
        try:
            await self._calls.post("deleteMessage", {"chat_id": chat, "message_id": int(message)})
        except Refused as refusal:
            if refusal.status not in (BAD_REQUEST, FORBIDDEN):
                raise

    async def _say(self, chat: str, body: ChatBody, picture: bytes) -> Verdict:
        bubble = _Bubble(self._calls, chat)
        try:
            await bubble.say(pieces(body.text), keyboard(body), picture)
        except Fault as fault:
            return _verdict(fault, begun=bool(bubble.receipt))
        return Delivered(bubble.receipt)


class _Sent(msgspec.Struct, gc=False):
    message_id: int


_read_sent = msgspec.json.Decoder(_Sent).decode


class _Bubble:
    """One bubble on its way; `receipt` is the id of the part that arrived last."""

    def __init__(self, calls: Calls, chat: str) -> None:
        self.receipt = ""
        self._calls = calls
        self._chat = chat

    async def say(self, texts: list[str], below: Markup, picture: bytes) -> None:
        if picture and len(texts) == 1 and length(texts[0]) <= LONGEST_CAPTION:
            await self._photo(picture, {"caption": texts[0], "reply_markup": below})
            return
        if picture and texts:
            await self._photo(picture, {})
        for text in texts[:-1]:
            await self._text({"text": text})
        for text in texts[-1:]:
            await self._text({"text": text, "reply_markup": below})

    async def _text(self, fields: Markup) -> None:
        call = {"chat_id": self._chat, "link_preview_options": _NO_PREVIEW, **fields}
        self._note(await self._calls.post("sendMessage", call))

    async def _photo(self, picture: bytes, fields: Markup) -> None:
        call = {"chat_id": self._chat, **fields}
        self._note(await self._calls.post("sendPhoto", call, Picture(picture)))

    def _note(self, result: msgspec.Raw) -> None:
        try:
            self.receipt = str(_read_sent(result).message_id)
        except msgspec.DecodeError:
            raise Garbled from None


def _verdict(fault: Fault, *, begun: bool = False) -> Verdict:
    """What a fault means. begun: a part of the bubble has arrived, so a repeat repeats it."""
    match fault:
        case Refused(retry_after=float(seconds)):
            return Later("too many messages", after=seconds, unsure=begun)
        case Refused(status=status):
            return _refused(status, begun=begun)
        case Unanswered():
            return Later("no answer in time", unsure=True)
        case Garbled():
            return Later("the answer was not Telegram's", unsure=True)
        case BrokenOff():
            return Later("Telegram cannot be reached", unsure=True)
        case NeverLeft() | _:
            return Later("Telegram cannot be reached", unsure=begun)


def _refused(status: int, *, begun: bool) -> Verdict:
    if status == FORBIDDEN:
        return Dead("the citizen has blocked the bot")
    if status == BAD_REQUEST:
        return Dead("Telegram refused the message")
    if status in (UNAUTHORIZED, NOT_FOUND):
        return Later("Telegram refused the bot's token", unsure=begun)
    return Later("Telegram cannot be reached", unsure=begun)
