"""The demo's stage: a whole engine on a fresh database, rebuilt by a reset.

Exactly the production path; only the senders and the channel are local. Refuses to know
anything about the page.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

from bot import keys
from bot.app import Engine, build, open_store, running
from bot.channels.base import Incoming
from bot.clock import Clock
from bot.console.app import console
from bot.console.frame import Parts
from bot.console.serving import parts_of
from bot.demo import office
from bot.demo.citizens import REGISTRY_FILE, sample_citizens
from bot.demo.office import Office
from bot.demo.post import Posts
from bot.notifier.parcel import Sender
from bot.registry import people
from bot.settings import Settings
from bot.upkeep import upkeep
from bot.web import rules
from bot.web.app import web_app
from storage.base import Password, Store


class Stage:
    """Plays one engine after another; an Intake that always speaks to the present one."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        """Nothing is opened before `begin`."""
        self.posts = Posts(clock)
        self._settings = settings
        self._clock = clock
        self._engine: Engine | None = None
        self._web: ASGIApp
        self._console: ASGIApp
        self._office: Office | None = None
        self._open = AsyncExitStack()

    @property
    def engine(self) -> Engine:
        """The engine that plays now."""
        if self._engine is None:
            raise RuntimeError("the stage is empty: call begin() first")
        return self._engine

    async def begin(self) -> None:
        """Open the database (made if need be), load the sample citizens, start the engine."""
        keyring = keys.load_or_create(Path(self._settings.keys.file), now=self._clock.now())
        store = open_store(self._settings, keyring)
        await store.open(now=self._clock.now())
        self._open.push_async_callback(store.close)
        await _settle(store, now=self._clock.now())
        senders: dict[str, Sender] = {
            "web": self.posts.chat,
            "sms": self.posts.sms,
            "email": self.posts.email,
        }
        engine = build(self._settings, keyring, store, self._clock, senders)
        self._web = web_app(engine)
        self._engine = await self._open.enter_async_context(running(engine))
        await self._open.enter_async_context(self._kept(engine))
        parts = parts_of(engine, keyring)
        self._console = console(parts)
        self._office = await office.enrol(engine, self._clock.now())
        await self._open.enter_async_context(_watched(parts))

    async def reset(self) -> None:
        """Forget every chat, message and password, and begin anew."""
        await self.end()
        where = Path(self._settings.database.url.removeprefix("sqlite:///"))
        for file in where.parent.glob(where.name + "*"):
            file.unlink()
        await self.begin()

    async def end(self) -> None:
        """Stop the engine and close the database."""
        await self._open.aclose()
        self._open = AsyncExitStack()
        self._engine = None

    async def page(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the bot's own web server would: one-time pages and health (ASGI)."""
        await self._web(scope, receive, send)

    async def console(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the console of the engine that plays now (ASGI)."""
        await self._console(scope, receive, send)

    async def phones(self) -> list[office.Phone]:
        """What the officers sign in with now."""
        return await self._office.phones(self._clock.now()) if self._office else []

    async def put(self, incoming: Incoming) -> None:
        """Hand an event to the engine that plays now."""
        await self.engine.batches.put(incoming)

    @asynccontextmanager
    async def _kept(self, engine: Engine) -> AsyncIterator[None]:
        """Changes that were held take place when their hour has come, as in production."""
        kept = upkeep(engine.store, self._clock, self._settings, None, engine.turns)
        work = asyncio.create_task(kept)
        try:
            yield
        finally:
            work.cancel()
            with suppress(asyncio.CancelledError):
                await work


@asynccontextmanager
async def _watched(parts: Parts) -> AsyncIterator[None]:
    """Officers see what changes; in the end whoever watches is sent home."""
    looking = asyncio.create_task(parts.live.run())
    try:
        yield
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)


async def _settle(store: Store, *, now: float) -> None:
    """Bring in the citizens who are not there yet; those who are keep what they changed."""
    everybody = {person.bhxh_number: person for person in people(REGISTRY_FILE)}
    async with store.unit(now=now) as unit:
        known = await unit.members(list(everybody))
    await store.add_members(everybody[number] for number in everybody.keys() - known.keys())
    secrets = {one.bhxh_number: one.password for one in sample_citizens() if one.password}
    async with store.unit(now=now) as unit:
        members = await unit.members(list(secrets))
        await unit.set_passwords(
            [
                Password(member.account, await _hashed(secrets[number]), None, must_change=False)
                for number, member in members.items()
                if not member.password_hash
            ]
        )


async def _hashed(password: str) -> str:
    return await asyncio.to_thread(rules.hashed, password)
