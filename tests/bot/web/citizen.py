"""A whole engine around one citizen who has asked for a new password by link."""

import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import msgspec

from bot import keys
from bot.app import Engine, build, running
from bot.channels.base import Incoming
from bot.clock import ManualClock
from bot.notifier.parcel import ChatBody, Delivered, Letter, SmsBody, Verdict
from bot.settings import Http, HumanCheck, Recovery, Settings
from bot.web.app import web_app
from flows.model import TEXT, Event
from storage.base import Conversation, Member, Person
from storage.sqlite import SqliteStore

SITE = "https://bot.test"
ACCOUNT, PHONE, EMAIL = "7900000001", "+84900000101", "mau@example.vn"
PASSWORD = "trâu vàng uống nước"
SETTINGS = Settings(
    http=Http(public_url=SITE),
    recovery=Recovery(password="link"),
    human_check=HumanCheck(policy="never"),
)


@dataclass
class Box:
    """A sender that keeps what it was given."""

    name: str
    letters: list[Letter] = field(default_factory=list)

    async def send(self, letter: Letter) -> Verdict:
        self.letters.append(letter)
        return Delivered()

    async def close(self) -> None:
        """There is no connection."""


@dataclass
class Citizen:
    """One chat, the phone and the mailbox of its citizen, and a browser."""

    engine: Engine
    store: SqliteStore
    clock: ManualClock
    chats: Box
    phone: Box
    mail: Box
    browser: httpx.AsyncClient
    chat: str = "web:mau"
    writes: int = 0

    async def write(self, text: str, chat: str = "") -> None:
        """Write to the bot and wait until everything it caused has arrived."""
        self.writes += 1
        incoming = Incoming(chat or self.chat, f"typed {self.writes}", Event(TEXT, text))
        await self.engine.batches.put(incoming)
        await self.receive()

    async def receive(self) -> None:
        self.clock.pass_(1)
        await self.engine.notifier.drain()

    async def ask_for_link(self, account: str = ACCOUNT, phone: str = "0900000101") -> str:
        """Walk the procedure up to the link; its path."""
        for text in ("/quenmatkhau", "1", account, phone):
            await self.write(text)
        await self.write(self.newest_sms()[:6])
        return self.link()

    def newest_sms(self) -> str:
        body = self.phone.letters[-1].body
        assert isinstance(body, SmsBody)
        return body.text

    def link(self) -> str:
        found = re.search(rf"{SITE}(/p/[\w-]+) ", self.newest_sms())
        assert found
        return found[1]

    def newest_bubble(self, chat: str = "") -> str:
        _, _, to = (chat or self.chat).partition(":")
        bodies = [letter.body for letter in self.chats.letters if letter.to == to]
        return [body.text for body in bodies if isinstance(body, ChatBody)][-1]

    async def choose(
        self, path: str, first: str = PASSWORD, second: str | None = None
    ) -> httpx.Response:
        form = {"first": first, "second": first if second is None else second}
        return await self.browser.post(path, data=form)

    async def member(self, account: str = ACCOUNT) -> Member:
        async with self.store.unit(now=self.clock.now()) as unit:
            return (await unit.members([account]))[account]

    async def where(self) -> Conversation:
        async with self.store.unit(now=self.clock.now()) as unit:
            return (await unit.conversations([self.chat]))[self.chat]

    async def transcript(self) -> list[str]:
        """What the bot remembers of what it heard, unsealed."""

        def heard(db: sqlite3.Connection) -> list[str]:
            halves = dict(db.execute("SELECT chat, half FROM conversations"))
            rows = db.execute("SELECT chat, turn, words FROM transcript ORDER BY turn")
            opened = [
                self.store._vault.open(
                    "transcript", f"{chat}/{turn}", "words", sealed, halves[chat]
                )
                for chat, turn, sealed in rows
            ]
            return [msgspec.json.decode(words)[0] for words in opened]

        return await self.store._look(heard)


@asynccontextmanager
async def living(folder: Path, clock: ManualClock) -> AsyncIterator[Citizen]:
    """An engine over a store in memory, its web side and the citizen who uses them."""
    ring = keys.create(folder / "keys.json", now=clock.now())
    store = SqliteStore(":memory:", ring.vault(), ring.subkey("audit"))
    await store.open(now=clock.now())
    await store.add_members(
        [
            Person(ACCOUNT, "079085000001", phone=PHONE, email=EMAIL),
            Person("7900000002", "079190000002", phone="+84900000102"),
        ]
    )
    chats, phone, mail = Box("web"), Box("sms"), Box("email")
    engine = build(SETTINGS, ring, store, clock, {"web": chats, "sms": phone, "email": mail})
    wire = httpx.ASGITransport(web_app(engine), raise_app_exceptions=False)
    browser = httpx.AsyncClient(transport=wire, base_url=SITE)
    async with running(engine, notify=False), browser:
        yield Citizen(engine, store, clock, chats, phone, mail, browser)
    await store.close()
