"""Keeps the photos that were fetched, and hands word of them to the turn."""

from bot.channels.base import Incoming
from bot.clock import Clock
from bot.photos import Photo as Picture
from bot.turn import Turns
from flows.model import Event
from storage.base import Photo, Store


class Darkroom:
    """What a fetcher of photos is given to report to."""

    def __init__(self, store: Store, turns: Turns, clock: Clock) -> None:
        self._store = store
        self._turns = turns
        self._clock = clock

    async def keep(self, ref: str, chat: str, run: int, picture: Picture) -> None:
        """Keep a photo for a run of a procedure; a ref again has no effect."""
        now = self._clock.now()
        async with self._store.unit(now=now) as unit:
            await unit.add_photos([Photo(ref, chat, run, "", now, picture.image)])

    async def tell(self, chat: str, key: str, event: Event) -> None:
        """Tell the chat what became of its photo; a key again has no effect.

        Not through the intake: with `run --only notifier` nobody works there.
        """
        await self._turns.take([Incoming(chat, key, event)])
