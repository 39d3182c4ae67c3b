"""The dialogue in aiogram 3 as its documentation teaches it: a router, states, `answer`.

Made lean where that changes nothing for its user: the steps come before the command, so that
most messages meet cheap filters only; keyboards are made once; the data of a talk is written
once a step with `set_data` and not read before it with `update_data`.
"""

import hmac
import time
from collections.abc import Sequence
from typing import Any

from aiogram import F, Router
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message

from benchmarks.answers import SENT
from benchmarks.dialogue import Citizen
from benchmarks.peers import p1

TOKEN = "1:x"


class Steps(StatesGroup):
    """What the citizen is asked for."""

    consent = State()
    number = State()
    phone = State()
    code = State()


def keyboard(buttons: Sequence[tuple[str, str]]) -> InlineKeyboardMarkup:
    """One row of inline buttons."""
    row = [InlineKeyboardButton(text=text, callback_data=data) for text, data in buttons]
    return InlineKeyboardMarkup(inline_keyboard=[row])


YES_NO, CODE, DONE = map(keyboard, (p1.YES_NO, p1.CODE_BUTTONS, p1.DONE_BUTTONS))


class Talk:
    """The handlers; members and SMS live in dictionaries."""

    def __init__(self, members: int) -> None:
        """Every member has a phone; nobody has a password yet."""
        self.phones = {c.number: c.phone for c in map(Citizen, range(members))}
        self.passwords: dict[str, tuple[str, float]] = {}
        self.inbox = p1.Inbox()

    def router(self) -> Router:
        """The table of steps; a router belongs to one dispatcher, so each gets its own."""
        router = Router()
        ten = F.text.regexp(r"^[\d\s.\-]{10,20}$")
        router.message.register(self.code, Steps.code, F.text.regexp(r"^[\d\s]{6,12}$"))
        router.message.register(self.phone, Steps.phone, ten)
        router.message.register(self.number, Steps.number, ten)
        agreed = F.text.regexp(r"(?i)^(đồng ý|dong y|có)$")
        router.message.register(self.consent, Steps.consent, agreed)
        router.callback_query.register(self.pressed, Steps.consent, F.data == "yes")
        router.message.register(self.start, Command("quenmatkhau"))
        router.message.register(self.cancel, Command("huy"))
        router.message.register(self.wrong)
        return router

    async def start(self, message: Message, state: FSMContext) -> None:
        await state.set_state(Steps.consent)
        await message.answer(p1.ASK_CONSENT, reply_markup=YES_NO)

    async def pressed(self, query: CallbackQuery, state: FSMContext) -> None:
        await query.answer()
        if isinstance(query.message, Message):
            await self.consent(query.message, state)

    async def consent(self, message: Message, state: FSMContext) -> None:
        await state.set_state(Steps.number)
        await message.answer(p1.ASK_NUMBER)

    async def number(self, message: Message, state: FSMContext) -> None:
        await state.set_data({"number": p1.digits(message.text or "")})
        await state.set_state(Steps.phone)
        await message.answer(p1.ASK_PHONE)

    async def phone(self, message: Message, state: FSMContext) -> None:
        data = await state.get_data()
        phone, code = p1.digits(message.text or ""), p1.new_code()
        issued = {"phone": phone, "code": code, "sent_at": time.time(), "tries": 0}
        await state.set_data({**data, **issued})
        await state.set_state(Steps.code)
        if self.phones.get(data["number"]) == phone:
            self.inbox.receive(phone, p1.code_sms(code))
        await message.answer(p1.ASK_CODE, reply_markup=CODE)

    async def code(self, message: Message, state: FSMContext) -> None:
        data = await state.get_data()
        data["tries"] += 1
        if data["tries"] > p1.MAX_TRIES or time.time() > data["sent_at"] + p1.CODE_LIFE:
            await state.clear()
            await message.answer(p1.LOCKED)
        elif hmac.compare_digest(p1.digits(message.text or ""), data["code"]):
            await state.clear()
            self._new_password(data["number"], data["phone"])
            await message.answer(p1.DONE, reply_markup=DONE)
        else:
            await state.set_data(data)
            await message.answer(p1.WRONG)

    def _new_password(self, number: str, phone: str) -> None:
        word, kept = p1.new_password()
        self.passwords[number] = (kept, time.time() + p1.PASSWORD_LIFE)
        self.inbox.receive(phone, p1.password_sms(word))

    async def cancel(self, message: Message, state: FSMContext) -> None:
        await state.clear()
        await message.answer(p1.WRONG)

    async def wrong(self, message: Message) -> None:
        await message.answer(p1.WRONG)


class Canned(AiohttpSession):
    """aiogram's own session up to the wire: it builds the form, and parses a canned answer."""

    async def make_request(
        self,
        bot: Any,  # noqa: ANN401 - generic in a type that only aiogram knows
        method: Any,  # noqa: ANN401 - likewise
        timeout: int | None = None,  # noqa: ARG002, ASYNC109 - aiogram's signature
    ) -> Any:  # noqa: ANN401 - likewise
        """Build the address and the form, then read the answer as if it had come."""
        self.api.api_url(token=bot.token, method=method.__api_method__)
        self.build_form_data(bot=bot, method=method)
        content = SENT.decode()
        return self.check_response(bot=bot, method=method, status_code=200, content=content).result
