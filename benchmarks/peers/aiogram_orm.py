"""aiogram 3 in front of the ORM peer: its dispatcher, then the same session, rows and seals.

The session is opened by a middleware, as aiogram's documentation does it; states live in the
conversation's row, so aiogram's own are switched off. Replies are rows of the turn and are sent
by nobody. Updates go one after the other, since SQLite has one writer.
"""

import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from aiogram import Bot, Dispatcher, Router
from aiogram.types import Message, TelegramObject, Update
from sqlalchemy.ext.asyncio import AsyncSession

from benchmarks.peers.aiogram_talk import TOKEN, Canned
from benchmarks.peers.orm_session import PerUpdate, is_new
from benchmarks.peers.orm_turn import Turn
from benchmarks.system import Setting

Next = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


class BehindDispatcher(PerUpdate):
    """The peer as a system."""

    async def open(self, setting: Setting) -> None:
        """Put the dispatcher in front."""
        await super().open(setting)
        self.bot = Bot(TOKEN, session=Canned())
        self.dispatcher = Dispatcher(disable_fsm=True)
        self.dispatcher.update.outer_middleware(self.in_session)
        router = Router()
        router.message.register(self.said)
        self.dispatcher.include_router(router)

    async def take(self, batch: Sequence[bytes]) -> None:
        for raw in batch:
            update = Update.model_validate_json(raw, context={"bot": self.bot})
            await self.dispatcher.feed_update(self.bot, update)

    async def in_session(self, then: Next, event: TelegramObject, data: dict[str, Any]) -> None:
        """One session and one transaction around an update that has not been handled yet."""
        sms: list[tuple[str, str]] = []
        async with self.sessions() as session, session.begin():
            if isinstance(event, Update) and await is_new(session, event.update_id, time.time()):
                await then(event, {**data, "session": session, "sms": sms})
        for phone, text in sms:
            self.inbox.receive(phone, text)

    async def said(
        self, message: Message, session: AsyncSession, sms: list[tuple[str, str]]
    ) -> None:
        """Take the turn; `sms` leaves when the session has committed."""
        turn = Turn(self.keys, session, message.chat.id, message.text or "")
        await turn.run()
        sms.extend(turn.post.sms)

    async def close(self) -> None:
        await self.bot.session.close()
        await super().close()
