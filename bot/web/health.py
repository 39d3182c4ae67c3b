"""Whether the process is alive, and whether it can serve: words only, no data, no counts.

`/readyz` is for people and alarms. `/readyz/bot` is for a balancer: it leaves out the notifier,
for a bot that takes updates while messages are late is worth more than one that takes none.
A process that has been told to stop is alive and not ready, at once and without looking.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.app import Engine
from bot.clock import Clock
from storage.base import StorageError, Store

PATIENCE = 5.0  # seconds after which a database that does not answer counts as down
BEHIND = 60.0  # seconds that the oldest message may be overdue
NOBODY = b"-"  # what no limit is counted under
DOWN = ("database down", "schema unknown", "keys unknown")
# A store that had not found its schema and every key in use would not have opened.
UP = ("database ok", "schema ok", "keys ok")

Leaving = Callable[[], bool]


def staying() -> bool:
    """Nobody has told this process to stop."""
    return False


def health_routes(engine: Engine, leaving: Leaving = staying) -> list[BaseRoute]:
    """leaving: whether the process has been told to stop."""
    health = _Health(engine.store, engine.turns.clock, leaving)
    return [
        Route("/healthz", _alive),
        Route("/readyz", health.ready),
        Route("/readyz/bot", health.ready_for_updates),
    ]


async def _alive(_: Request) -> Response:
    return PlainTextResponse("ok\n")


@dataclass(frozen=True, slots=True)
class _Health:
    """The readiness of one engine."""

    store: Store
    clock: Clock
    leaving: Leaving

    async def ready(self, _: Request) -> Response:
        if self.leaving():
            return _words("stopping")
        try:
            async with asyncio.timeout(PATIENCE):
                await self._write()
                behind = await self._behind()
        except (StorageError, TimeoutError):
            return _words(*DOWN, "notifier unknown")
        return _words(*UP, "notifier behind" if behind else "notifier ok")

    async def ready_for_updates(self, _: Request) -> Response:
        if self.leaving():
            return _words("stopping")
        try:
            async with asyncio.timeout(PATIENCE):
                await self._write()
        except (StorageError, TimeoutError):
            return _words(*DOWN)
        return _words(*UP)

    async def _write(self) -> None:
        """Raise where the database cannot be written."""
        async with self.store.unit(now=self.clock.now()) as unit:
            await unit.tallies([NOBODY])

    async def _behind(self) -> bool:
        now = self.clock.now()
        oldest = (await self.store.backlog(now=now)).oldest_due
        return oldest is not None and now - oldest > BEHIND


def _words(*words: str) -> Response:
    well = all(word.endswith(" ok") for word in words)
    return PlainTextResponse("\n".join(words) + "\n", 200 if well else 503)
