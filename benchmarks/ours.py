"""The bot itself as a system: its real turn, store and notifier around a stubbed network.

Three things differ from production, and none spares work. The limits are counted as always
but so wide that no citizen of a benchmark meets them. The notifier's clock runs ahead by
the moment for which codes are held back, so that nobody has to wait for it. And the write-
ahead log is folded back between two batches, where `run` does it in a task of its own.
"""

import os
import random
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import get_type_hints

from telegram import Bot

from benchmarks.canned import Canned
from benchmarks.dialogue import Citizen
from benchmarks.peers.p1 import Inbox
from benchmarks.system import Setting
from bot import keys
from bot.channels import telegram
from bot.channels.telegram_sender import TelegramSender
from bot.clock import Clock, SteadyClock
from bot.desk import Desk, Subkeys
from bot.notices import AFTER_THE_BUBBLE
from bot.notifier.parcel import Dead, Delivered, Letter, SmsBody, Verdict
from bot.notifier.worker import Bench, Notifier, Outlet
from bot.settings import HumanCheck, Limit, Limits, LimitsOf, Settings
from bot.turn import Turns
from bot.wording import Wording
from flows import discover
from flows.dialogue import Dialogue
from storage.base import Person
from storage.sqlite import SqliteStore

_BOT = "1"
_CHUNK = 10_000
_AT_ONCE = 256
_WIDE = (Limit(1_000_000_000, 3600),)


class Ours:
    """The bot as a system."""

    async def prepare(self, setting: Setting) -> None:
        """Make the key file and import the registry."""
        keys.create(setting.folder / "keys.json", now=SteadyClock().now())
        self._connect(setting)
        await self.store.open(now=self.clock.now())
        people = map(_person, map(Citizen, range(setting.members)))
        while chunk := list(islice(people, _CHUNK)):
            await self.store.add_members(chunk)
        await self.store.close()

    async def open(self, setting: Setting) -> None:
        """Put the parts together as the composition root does."""
        self._connect(setting)
        await self.store.open(now=self.clock.now())
        self.inbox = Inbox()
        self.turns = Turns(_desk(self.ring, self.store), self.store, self.clock)
        chat = TelegramSender(Bot(f"{_BOT}:x", request=Canned(), get_updates_request=Canned()))
        outlets = {"telegram": Outlet(chat, (1,)), "sms": Outlet(Phones(self.inbox), (1,))}
        bench = Bench(outlets, self.ring.subkey("code"), _no_picture, random.random, 30, _AT_ONCE)
        self.notifier = Notifier(self.store, bench, Ahead(self.clock), "benchmark")

    def _connect(self, setting: Setting) -> None:
        self.clock = SteadyClock()
        self.ring = keys.load(setting.folder / "keys.json")
        url = f"sqlite:///{setting.folder / 'vssid.db'}"
        self.store = SqliteStore(url, self.ring.vault(), self.ring.subkey("audit"))

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


def _desk(ring: keys.Keyring, store: SqliteStore) -> Desk:
    flows = discover()
    wording = Wording(flows)
    dialogue = Dialogue(flows, wording.phrases())
    settings = Settings(limits=LimitsOf(**dict(_wide())), human_check=HumanCheck(policy="never"))
    subkeys = Subkeys(
        code=ring.subkey("code"),
        tap=ring.subkey("tap"),
        human=ring.subkey("human"),
        password=ring.subkey("password"),
    )
    return Desk(settings, flows, wording, dialogue, subkeys, store.index, os.urandom)


def _wide() -> Iterator[tuple[str, tuple[Limit, ...]]]:
    """Every limit of the settings, at the most that can be set."""
    for name, kind in get_type_hints(LimitsOf, include_extras=True).items():
        if kind is Limits:
            yield name, _WIDE


def _person(citizen: Citizen) -> Person:
    return Person(
        bhxh_number=citizen.number,
        national_id=f"0{citizen.index:011d}",
        full_name="Nguyễn Thị Lan",
        birth_date="1960-01-01",
        phone="+84" + citizen.phone.removeprefix("0"),
        agency="BHXH quận Ba Đình",
    )


def _no_picture(reference: str) -> bytes:
    raise AssertionError(f"no human check was asked for: {reference}")
