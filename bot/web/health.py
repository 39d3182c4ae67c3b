"""Whether the process is alive, and whether it can serve: words only, no data, no counts."""

import asyncio
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.app import Engine
from bot.clock import Clock
from storage.base import StorageError, Store

PATIENCE = 5.0  # seconds after which a database that does not answer counts as down
BEHIND = 60.0  # seconds that the oldest message may be overdue
NOBODY = "-"  # a chat that no channel can name


def health_routes(engine: Engine) -> list[BaseRoute]:
    health = _Health(engine.store, engine.turns.clock)
    return [Route("/healthz", _alive), Route("/readyz", health.ready)]


async def _alive(_: Request) -> Response:
    return PlainTextResponse("ok\n")


@dataclass(frozen=True, slots=True)
class _Health:
    """The readiness of one engine."""

    store: Store
    clock: Clock

    async def ready(self, _: Request) -> Response:
        try:
            async with asyncio.timeout(PATIENCE):
                behind = await self._look()
        except (StorageError, TimeoutError):
            return _words("database down", "schema unknown", "keys unknown", "notifier unknown")
        # A store that had not found its schema and every key in use would not have opened.
        checked = ("database ok", "schema ok", "keys ok")
        return _words(*checked, "notifier behind" if behind else "notifier ok")

    async def _look(self) -> bool:
        """Whether the notifier is behind; raises where the database cannot be written."""
        now = self.clock.now()
        async with self.store.unit(now=now) as unit:
            await unit.conversations([NOBODY])
        oldest = (await self.store.backlog(now=now)).oldest_due
        return oldest is not None and now - oldest > BEHIND


def _words(*words: str) -> Response:
    well = all(word.endswith(" ok") for word in words)
    return PlainTextResponse("\n".join(words) + "\n", 200 if well else 503)
