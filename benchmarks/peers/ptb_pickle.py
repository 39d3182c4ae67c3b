"""python-telegram-bot's ConversationHandler with its PicklePersistence, written per update.

States and data survive a restart, but not a kill in the middle of a write, nor a power cut: the
whole file is written anew each time, in place and without a sync. Made lean: one file, written
once per update; what a finished dialogue knew of its citizen is dropped.
"""

from collections.abc import Sequence
from typing import Any

from telegram import Update
from telegram.ext import Application, PersistenceInput, PicklePersistence

from benchmarks.canned import Canned
from benchmarks.peers.ptb_memory import Conversation, InMemory, updates
from benchmarks.system import Setting

_NEVER = 1e9  # seconds between the writes that PTB makes by itself


class Pickled(InMemory):
    """The peer as a system."""

    async def open(self, setting: Setting) -> None:
        """Build the application on one file."""
        only_users = PersistenceInput(bot_data=False, chat_data=False, callback_data=False)
        self.file: PicklePersistence[Any, Any, Any] = PicklePersistence(
            setting.folder / "talks.pickle", only_users, on_flush=True, update_interval=_NEVER
        )
        self.talk = Conversation(setting.members)
        self.app = self.build()
        self.app.add_handler(self.talk.handler(name="p1", persistent=True))
        await self.app.initialize()

    def build(self) -> "Application[Any, Any, Any, Any, Any, Any]":
        builder = Application.builder().token("1:x").updater(None).persistence(self.file)
        return builder.request(Canned()).get_updates_request(Canned()).build()

    async def take(self, batch: Sequence[bytes]) -> None:
        for update in updates(batch, self.app.bot):
            before = self.finished()
            await self.app.process_update(update)
            if self.finished() > before:
                self._forget(update)
            await self.app.update_persistence()
            await self.file.flush()

    def _forget(self, update: Update) -> None:
        if update.effective_user:
            self.app.drop_user_data(update.effective_user.id)
