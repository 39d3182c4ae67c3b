"""The bot itself as a system: its real turn, store and notifier around a stubbed network.

Three things differ from production, and none spares work. The limits are counted as always
but so wide that no citizen of a benchmark meets them. The notifier's clock runs ahead by
the moment for which codes are held back, so that nobody has to wait for it. And the write-
ahead log is folded back between two batches, where `run` does it in a task of its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import get_type_hints

from aiohttp import FormData

from benchmarks import registry
from benchmarks.answers import SENT
from benchmarks.dialogue import Citizen
from benchmarks.peers.p1 import Inbox
from benchmarks.peers.servers import Postgres
from benchmarks.system import Setting
from bot import keys
from bot.app import build, settle_in
from bot.channels import telegram
from bot.channels.telegram_calls import Calls
from bot.channels.telegram_sender import TelegramSender
from bot.clock import Clock, SteadyClock
from bot.notices import AFTER_THE_BUBBLE
from bot.notifier.parcel import Dead, Delivered, Letter, Sender, SmsBody, Verdict
from bot.settings import HumanCheck, Limit, Limits, LimitsOf, Settings
from storage.base import Store
from storage.sqlite import SqliteStore

_BOT = "1"
_WIDE = (Limit(1_000_000_000, 3600),)


class Ours:
    """The bot as a system."""

    async def prepare(self, setting: Setting) -> None:
        """Make the key file and import the registry."""
        keys.create(setting.folder / "keys.json", now=SteadyClock().now())
        self._connect(setting)
        await self.store.open(now=self.clock.now())
        await registry.fill(self.store, setting.members)
        await self.store.close()

    async def open(self, setting: Setting) -> None:
        """Let the composition root put the parts together."""
        self._connect(setting)
        await self.store.open(now=self.clock.now())
        self.inbox = Inbox()
        engine = partial(build, _settings(), self.ring, self.store, senders=self._senders())
        self.turns = engine(clock=self.clock).turns
        self.notifier = engine(clock=Ahead(self.clock)).notifier
        settle_in()

    def _senders(self) -> dict[str, Sender]:
        line = CannedCalls(f"{_BOT}:x", "https://bot.example.vn")
        return {"telegram": TelegramSender(line), "sms": Phones(self.inbox)}

    def _connect(self, setting: Setting) -> None:
        self.clock = SteadyClock()
        self.ring = keys.load(setting.folder / "keys.json")
        self.store = self._store(setting.folder)

    def _store(self, folder: Path) -> Store:
        return SqliteStore(str(folder / "vssid.db"), self.ring.vault(), self.ring.subkey("audit"))

    async def take(self, batch: Sequence[bytes]) -> None:
        """Decode and take; two chats of one account never meet here, so nothing waits."""
        heard = [telegram.decode(raw, _BOT) for raw in batch]
        taken = await self.turns.take([incoming for incoming in heard if incoming])
        if taken.waiting or taken.refused or None in heard:
            raise AssertionError("an update was not handled")

    async def deliver(self) -> None:
        """Send all that is due, then fold the log back if it has grown."""
        await self.notifier.drain()
        await self.store.tidy()

    def code_for(self, citizen: Citizen) -> str:
        return self.inbox.code_for(citizen)

    def finished(self) -> int:
        return self.inbox.passwords

    async def close(self) -> None:
        await self.store.close()


class OursOnPostgres(Ours):
    """The bot as a system, its rows in PostgreSQL."""

    async def prepare(self, setting: Setting) -> None:
        self.server = Postgres(setting.folder / "server")
        try:
            await super().prepare(setting)
        finally:
            self.server.stop()

    async def open(self, setting: Setting) -> None:
        """Start the server, too."""
        self.server = Postgres(setting.folder / "server")
        await super().open(setting)

    def _store(self, folder: Path) -> Store:
        """The driver is loaded by those who use it only."""
        from storage.postgres import PostgresStore  # noqa: PLC0415

        _ = folder  # the server has its own
        return PostgresStore(self.server.url, self.ring.vault(), self.ring.subkey("audit"))

    async def close(self) -> None:
        await super().close()
        self.server.stop()


class CannedCalls(Calls):
    """A network that is always there and answers at once."""

    async def exchange(
        self, method: str, body: bytes | FormData, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        """Take the call as it would leave."""
        _ = (method, body, headers)
        return 200, SENT


class Phones:
    """The SMS gateway: every SMS arrives at once in the citizen's inbox."""

    name = "sms"

    def __init__(self, inbox: Inbox) -> None:
        self.inbox = inbox

    async def send(self, letter: Letter) -> Verdict:
        if not isinstance(letter.body, SmsBody):
            return Dead("not an SMS")
        self.inbox.receive("0" + letter.to.removeprefix("+84"), letter.body.text)
        return Delivered()

    async def close(self) -> None:
        """There is no connection."""


class Ahead:
    """A clock for which the moment that codes are held back has always passed."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock

    def now(self) -> float:
        return self.clock.now() + AFTER_THE_BUBBLE


def _settings() -> Settings:
    return Settings(
        limits=LimitsOf(**dict(_wide()), vnd_per_day=1_000_000_000, vnd_per_sms=1),
        human_check=HumanCheck(policy="never"),
    )


def _wide() -> Iterator[tuple[str, tuple[Limit, ...]]]:
    """Every limit of the settings, at the most that can be set."""
    for name, kind in get_type_hints(LimitsOf, include_extras=True).items():
        if kind is Limits:
            yield name, _WIDE
