"""python-telegram-bot's ConversationHandler in memory, as its documentation teaches it.

It keeps nothing on disk, does not deduplicate, and handles updates one after the other
(`concurrent_updates` is off, which ConversationHandler demands). Keyboards are made once.
"""

import hmac
import json
import time
from collections.abc import Iterator, Sequence
from typing import Any, cast
from warnings import filterwarnings

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Message, Update
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
    ExtBot,
    MessageHandler,
    filters,
)
from telegram.warnings import PTBUserWarning

from benchmarks.canned import Canned
from benchmarks.dialogue import Citizen
from benchmarks.peers import p1
from benchmarks.system import Setting

CONSENT, NUMBER, PHONE, CODE = range(4)
TEXT = filters.TEXT & ~filters.COMMAND
Context = ContextTypes.DEFAULT_TYPE

# As in PTB's own examples: one conversation mixes buttons and typed answers on purpose.
filterwarnings("ignore", message=".*CallbackQueryHandler", category=PTBUserWarning)


def keyboard(buttons: Sequence[tuple[str, str]]) -> InlineKeyboardMarkup:
    """One row of inline buttons."""
    return InlineKeyboardMarkup([[InlineKeyboardButton(t, callback_data=d) for t, d in buttons]])


YES_NO, CODE_ROW, DONE_ROW = map(keyboard, (p1.YES_NO, p1.CODE_BUTTONS, p1.DONE_BUTTONS))


class Conversation:
    """The handlers; members and SMS live in dictionaries."""

    def __init__(self, members: int) -> None:
        """Every member has a phone; nobody has a password yet."""
        self.phones = {c.number: c.phone for c in map(Citizen, range(members))}
        self.passwords: dict[str, tuple[str, float]] = {}
        self.inbox = p1.Inbox()

    async def start(self, update: Update, _: Context) -> int:
        await _message(update).reply_text(p1.ASK_CONSENT, reply_markup=YES_NO)
        return CONSENT

    async def consent(self, update: Update, _: Context) -> int:
        if update.callback_query:
            await update.callback_query.answer()
        await _message(update).reply_text(p1.ASK_NUMBER)
        return NUMBER

    async def number(self, update: Update, context: Context) -> int:
        data = _data(context)
        data["number"] = p1.digits(_message(update).text or "")
        await _message(update).reply_text(p1.ASK_PHONE)
        return PHONE

    async def phone(self, update: Update, context: Context) -> int:
        data = _data(context)
        data["phone"] = p1.digits(_message(update).text or "")
        data["code"], data["sent_at"], data["tries"] = p1.new_code(), time.time(), 0
        if self.phones.get(data["number"]) == data["phone"]:
            self.inbox.receive(data["phone"], p1.code_sms(data["code"]))
        await _message(update).reply_text(p1.ASK_CODE, reply_markup=CODE_ROW)
        return CODE

    async def code(self, update: Update, context: Context) -> int:
        data, message = _data(context), _message(update)
        data["tries"] += 1
        if data["tries"] > p1.MAX_TRIES or time.time() > data["sent_at"] + p1.CODE_LIFE:
            await message.reply_text(p1.LOCKED)
            return _end(data)
        if not hmac.compare_digest(p1.digits(message.text or ""), data["code"]):
            await message.reply_text(p1.WRONG)
            return CODE
        self._new_password(data["number"], data["phone"])
        await message.reply_text(p1.DONE, reply_markup=DONE_ROW)
        return _end(data)

    def _new_password(self, number: str, phone: str) -> None:
        word, kept = p1.new_password()
        self.passwords[number] = (kept, time.time() + p1.PASSWORD_LIFE)
        self.inbox.receive(phone, p1.password_sms(word))

    async def wrong(self, update: Update, _: Context) -> None:
        await _message(update).reply_text(p1.WRONG)

    async def cancel(self, update: Update, context: Context) -> int:
        await _message(update).reply_text(p1.WRONG)
        return _end(_data(context))

    def handler(self, **options: Any) -> ConversationHandler[Context]:  # noqa: ANN401 - PTB's
        """The table of states."""
        ten = filters.Regex(r"^[\d\s.\-]{10,20}$")
        return ConversationHandler(
            entry_points=[CommandHandler("quenmatkhau", self.start)],
            states={
                CONSENT: [
                    CallbackQueryHandler(self.consent, pattern="^yes$"),
                    MessageHandler(filters.Regex("(?i)^(đồng ý|dong y|có)$"), self.consent),
                ],
                NUMBER: [MessageHandler(ten, self.number)],
                PHONE: [MessageHandler(ten, self.phone)],
                CODE: [MessageHandler(filters.Regex(r"^[\d\s]{6,12}$"), self.code)],
            },
            fallbacks=[CommandHandler("huy", self.cancel), MessageHandler(TEXT, self.wrong)],
            **options,
        )


def updates(batch: Sequence[bytes], bot: Bot) -> Iterator[Update]:
    """Decode, one at a time."""
    for raw in batch:
        yield Update.de_json(json.loads(raw), bot)


def _message(update: Update) -> Message:
    message = update.effective_message
    if message is None:
        raise ValueError(update.update_id)
    return message


def _data(context: Context) -> dict[str, Any]:
    return cast("dict[str, Any]", context.user_data)


def _end(data: dict[str, Any]) -> int:
    data.clear()
    return ConversationHandler.END


class InMemory:
    """The peer as a system."""

    async def prepare(self, setting: Setting) -> None:
        """Nothing is kept on disk."""

    async def open(self, setting: Setting) -> None:
        """Build the application as `run_webhook` would, without its web server."""
        self.talk = Conversation(setting.members)
        self.app = self.build()
        self.app.add_handler(self.talk.handler())
        await self.app.initialize()

    def build(self) -> "Application[Any, Any, Any, Any, Any, Any]":
        """An application whose only stub is the network."""
        builder = Application.builder().token("1:x").updater(None)
        return builder.request(Canned()).get_updates_request(Canned()).build()

    async def take(self, batch: Sequence[bytes]) -> None:
        for update in updates(batch, self.app.bot):
            await self.app.process_update(update)

    async def deliver(self) -> None:
        """Everything was sent in `take`."""

    def code_for(self, citizen: Citizen) -> str:
        return self.talk.inbox.code_for(citizen)

    def finished(self) -> int:
        return self.talk.inbox.passwords

    async def close(self) -> None:
        await self.app.shutdown()


class _SilentBot(ExtBot[None]):
    async def send_message(self, *_: object, **__: object) -> Message:
        return cast("Message", None)


class Silent(InMemory):
    """The same without replies, for what the conversation alone costs."""

    def build(self) -> "Application[Any, Any, Any, Any, Any, Any]":
        bot = _SilentBot("1:x", request=Canned(), get_updates_request=Canned())
        return Application.builder().bot(bot).updater(None).build()
