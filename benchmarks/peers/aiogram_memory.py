"""aiogram 3 with its memory storage: nothing is kept, a repeated update is handled twice.

Updates go one after the other, which is leaner than a task for each where nothing waits, and
straight from bytes to aiogram's objects, which is leaner than the dictionary in between. The
loop is uvloop, which `run_polling` takes where it is installed.
"""

from collections.abc import Sequence

from aiogram import Bot, Dispatcher
from aiogram.fsm.storage.base import BaseStorage
from aiogram.fsm.storage.memory import MemoryStorage
from aiogram.types import Update

from benchmarks.dialogue import Citizen
from benchmarks.peers.aiogram_talk import TOKEN, Canned, Talk
from benchmarks.system import Setting


class InMemory:
    """The peer as a system."""

    async def prepare(self, setting: Setting) -> None:
        """Nothing is kept on disk."""

    async def open(self, setting: Setting) -> None:
        """Put bot, storage and router together."""
        self.talk = Talk(setting.members)
        self.bot = Bot(TOKEN, session=Canned())
        self.dispatcher = Dispatcher(storage=self.storage(setting))
        self.dispatcher.include_router(self.talk.router())

    def storage(self, setting: Setting) -> BaseStorage:  # noqa: ARG002 - others need a folder
        """Where states and data live."""
        return MemoryStorage()

    async def take(self, batch: Sequence[bytes]) -> None:
        for raw in batch:
            await self.feed(raw)

    async def feed(self, raw: bytes) -> None:
        """One update from its bytes to the last reply."""
        update = Update.model_validate_json(raw, context={"bot": self.bot})
        await self.dispatcher.feed_update(self.bot, update)

    async def deliver(self) -> None:
        """Everything was sent in `take`."""

    def code_for(self, citizen: Citizen) -> str:
        return self.talk.inbox.code_for(citizen)

    def finished(self) -> int:
        return self.talk.inbox.passwords

    async def close(self) -> None:
        await self.dispatcher.storage.close()
        await self.bot.session.close()
