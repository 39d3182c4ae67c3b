"""A console over a real engine: people who enrolled, their phones, and their browsers."""

import itertools
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pyotp
from msgspec.structs import replace

from bot import keys, staff
from bot.app import Engine, build, running
from bot.channels.base import Incoming
from bot.clock import ManualClock
from bot.console import totp
from bot.console.app import console
from bot.console.frame import Parts
from bot.console.section import Console
from bot.console.serving import parts_of
from bot.console.session import COOKIE
from bot.dossier_rules import Dossiers
from bot.settings import HumanCheck, Settings
from bot.web import rules
from flows.model import TEXT, Event
from storage.base import Person, Staff
from storage.sqlite import SqliteStore

SITE = "https://console.test"
PASSWORD = "trâu vàng uống nước"
SECRET = b"twenty bytes of it.."
LAN = Person(
    "7900000001",
    "079085000001",
    "Nguyễn Thị Lan",
    "1960-03-12",
    "+84900000101",
    "lan@example.vn",
    "BHXH quận Ba Đình",
)
_CSRF = re.compile(r'"X-CSRF": "([0-9a-f]{32})"')
_said = itertools.count(1)
# Argon2 is meant to be slow; one hash serves everybody.
_HASH = rules.hashed(PASSWORD)


@dataclass
class House:
    """The engine, its console and the clock they share."""

    engine: Engine
    store: SqliteStore
    clock: ManualClock
    parts: Parts
    stack: AsyncExitStack = field(repr=False)

    async def hires(self, name: str, role: str) -> None:
        """Somebody who has enrolled, with this house's password and secret."""
        now = self.clock.now()
        row = Staff(name, role, staff.ACTIVE, now, _HASH, SECRET)
        async with self.store.unit(now=now) as unit:
            await unit.save_staff([row])

    async def browser(self) -> "Browser":
        wire = httpx.ASGITransport(console(self.parts), raise_app_exceptions=False)
        client = httpx.AsyncClient(transport=wire, base_url=SITE, headers={"Origin": SITE})
        return Browser(self, await self.stack.enter_async_context(client))

    async def signed_in(self, name: str, role: str) -> "Browser":
        """The browser of somebody who has just signed in."""
        await self.hires(name, role)
        browser = await self.browser()
        answer = await browser.signs_in(name)
        assert answer.status_code == 303, answer.text
        return browser

    def code(self, ahead: int = 0) -> str:
        """What the phone shows, now or some steps later."""
        at = int(self.clock.now() // totp.SECONDS) + ahead
        return pyotp.TOTP(totp.spoken(SECRET)).generate_otp(at)

    async def hears(self, *texts: str, chat: str = "telegram:7") -> None:
        """A citizen writes."""
        for text in texts:
            incoming = Incoming(chat, f"said {next(_said)}", Event(TEXT, text))
            await self.engine.batches.put(incoming)

    async def acts(self) -> list[str]:
        """What the audit chain holds of staff, in order."""
        rows = await self.store._look(
            lambda db: db.execute("SELECT kind, who FROM audit ORDER BY seq").fetchall()
        )
        return [f"{kind} {who}" for kind, who in rows if kind.startswith("staff.")]


@dataclass
class Browser:
    """One person's browser; it keeps cookies and the mark of its forms."""

    house: House
    client: httpx.AsyncClient

    async def signs_in(
        self, name: str, password: str = PASSWORD, code: str = ""
    ) -> httpx.Response:
        form = {"name": name, "password": password, "code": code or self.house.code()}
        return await self.client.post("/sign-in", data=form)

    async def sees(self, path: str = "/") -> httpx.Response:
        return await self.client.get(path)

    async def posts(self, path: str, **form: str) -> httpx.Response:
        """Post a form of a page of ours."""
        return await self.client.post(path, data={"csrf": await self.mark(), **form})

    async def mark(self) -> str:
        """What this session's forms carry; "" for a stranger."""
        found = _CSRF.search((await self.sees("/account")).text)
        return found[1] if found else ""

    @property
    def cookie(self) -> str:
        return self.client.cookies.get(COOKIE) or ""


@asynccontextmanager
async def housed(
    folder: Path, clock: ManualClock, officers: Sequence[str] = (), site: str = SITE
) -> AsyncIterator[House]:
    """An engine with one member on its registry, and its console."""
    ring = keys.create(folder / "keys.json", now=clock.now())
    store = SqliteStore(str(folder / "bot.db"), ring.vault(), ring.subkey("audit"))
    await store.open(now=clock.now())
    await store.add_members([LAN, replace(LAN, bhxh_number="7900000002", national_id="")])
    settings = Settings(
        human_check=HumanCheck(policy="never"),
        console=Console(public_url=site, listen="127.0.0.1:0"),
        dossiers=Dossiers(officers=tuple(officers)),
    )
    engine = build(settings, ring, store, clock, {})
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(running(engine, notify=False))
        yield House(engine, store, clock, parts_of(engine, ring), stack)
    await store.close()
