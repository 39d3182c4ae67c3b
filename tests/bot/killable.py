"""Lives that end at a chosen point: a process that hears a whole tale, and is killed at it.

Run as a program (`python -m tests.bot.killable KEYFILE`) it is warm (everything imported, one
engine built, no loop, no thread) and forks one life for each line it reads:
`{"tale": …, "folder": …, "life": 0, "kind": "hop", "at": 3, "ends": ""}`. What platforms and
gateways saw, and which updates were acknowledged, stands in files in the folder.

A life with `ends` is not killed. At each point it leaves a copy of its files there, which is what
a kill at that point would have left; points between which no file has changed share one copy.
"""

import asyncio
import io
import json
import os
import re
import shutil
import signal
import sqlite3
import sys
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from msgspec.json import encode
from PIL import Image

from bot import keys, passwords, photos
from bot.app import Engine, build, running
from bot.channels.base import Incoming
from bot.clock import ManualClock
from bot.decision import Decision
from bot.due import raise_due
from bot.notices import AFTER_THE_BUBBLE
from bot.notifier.fetcher import Fetched
from bot.notifier.parcel import Delivered, Letter, Verdict
from bot.papers import receipt
from flows.heard import DECIDE
from flows.model import PHOTO, TEXT, Event, web
from storage.base import Parcel, Settlement
from storage.sqlite import SqliteStore
from storage.sqlite.wire import Work
from tests.bot.kill_tales import LAN, TALES
from tests.bot.procedures.walks import HOUR, ROOMY
from tests.bot.town import CODE, LINK

Result = TypeVar("Result")

START = 1_795_312_800.0
LIFE = 35.0  # seconds from one life to the next: every lease has ended
CHAT = "telegram:7"
KINDS = ("unit", "hop", "hopped", "statement", "settle", "settled", "send", "sent", "ack", "acked")
DATABASE, OUTBOX, ACKNOWLEDGED = "lives.db", "outbox", "acknowledged"
# The other files first: what is in them happened no later than what is in the database.
FILES = (ACKNOWLEDGED, OUTBOX, DATABASE, f"{DATABASE}-wal")
STAFF = re.compile(r"\((staff:\w+) (\w+) (\d) ?(.*)\)")


@dataclass
class Fate:
    """Counts what happens, and at the chosen point ends the process; or copies what is there.

    points: kind and number of each point, and the copy that shows it.
    """

    kind: str = ""
    at: int = 0
    ends: str = ""
    met: Counter[str] = field(default_factory=Counter)
    points: list[tuple[str, int, int]] = field(default_factory=list)
    _sizes: list[int] = field(default_factory=list)
    _copies: int = 0
    _one: threading.Lock = field(default_factory=threading.Lock)

    def comes(self, kind: str) -> None:
        """Something is about to happen, or has."""
        with self._one:
            self.met[kind] += 1
            if kind == self.kind and self.met[kind] == self.at:
                os.kill(os.getpid(), signal.SIGKILL)
            if self.ends:
                self._copy(kind)

    def _copy(self, kind: str) -> None:
        # Every file only grows within a life: the log is folded back when the store is closed.
        here = [Path(name) for name in FILES]
        sizes = [file.stat().st_size if file.exists() else 0 for file in here]
        if sizes != self._sizes:
            self._sizes = sizes
            self._copies += 1
            end = Path(self.ends, str(self._copies))
            end.mkdir(parents=True)
            for file in here:
                if file.exists():
                    shutil.copyfile(file, end / file.name)
        self.points.append((kind, self.met[kind], self._copies))


class MortalStore(SqliteStore):
    """The real store, told of every step it takes."""

    def __init__(self, ring: keys.Keyring, fate: Fate) -> None:
        """The database lies where the life is lived."""
        super().__init__(DATABASE, ring.vault(), ring.subkey("audit"))
        self._fate = fate

    def unit(self, *, now: float) -> Any:  # noqa: ANN401 - as the store's own
        """Begin a unit."""
        self._fate.comes("unit")
        return super().unit(now=now)

    async def claim(
        self,
        *asked: Any,  # noqa: ANN401
        settled: Sequence[Settlement] = (),
        **more: Any,  # noqa: ANN401
    ) -> list[Parcel]:
        """Settle what was sent, and claim."""
        if settled:
            self._fate.comes("settle")
        claimed = await super().claim(*asked, settled=settled, **more)
        if settled:
            self._fate.comes("settled")
        return claimed

    async def _hop(self, work: Work[Result]) -> Result:
        self._fate.comes("hop")
        result = await super()._hop(partial(self._watched, work))
        self._fate.comes("hopped")
        return result

    def _watched(self, work: Work[Result], db: sqlite3.Connection) -> Result:
        db.set_trace_callback(lambda _: self._fate.comes("statement"))
        return work(db)


class Outbox:
    """A counterpart that writes down all it is sent, durably."""

    def __init__(self, name: str, fate: Fate) -> None:
        """`name`: the channel."""
        self.name = name
        self._fate = fate

    async def send(self, letter: Letter) -> Verdict:
        """Take it."""
        self._fate.comes("send")
        entry = {
            "channel": self.name,
            "to": letter.to,
            "ref": letter.ref,
            "tries": letter.tries,
            "body": repr(letter.body),
        }
        _append(OUTBOX, json.dumps(entry))
        self._fate.comes("sent")
        return Delivered()

    async def close(self) -> None:
        """There is no connection."""


class Platform(Outbox):
    """A chat platform, where one photo lies."""

    @property
    def files(self) -> "Platform":
        """Here."""
        return self

    async def fetch(self, _file_id: str) -> Fetched:
        """That photo."""
        return picture()


class World:
    """An engine that is built and has not lived yet, and what it will live through."""

    def __init__(self, ring: keys.Keyring) -> None:
        """No file is touched yet."""
        self.fate, self.clock = Fate(), ManualClock(START)
        self.store = MortalStore(ring, self.fate)
        posts = [Outbox("sms", self.fate), Outbox("email", self.fate)]
        senders = {each.name: each for each in (Platform("telegram", self.fate), *posts)}
        self.engine: Engine = build(ROOMY, ring, self.store, self.clock, senders)

    async def live(self, tale: str, life: int) -> None:
        """Go on where the former life ended, until everything is said and sent."""
        self.clock.reach(START + TALES[tale].hours * HOUR + life * LIFE)
        await self.store.open(now=self.clock.now())
        async with running(self.engine, notify=False):
            await self._deliver()
            for number in range(len(lines(Path(ACKNOWLEDGED))), len(TALES[tale].said)):
                key = await self._takes(tale, number, life)
                self.fate.comes("ack")
                _append(ACKNOWLEDGED, key)
                self.fate.comes("acked")
                await self._deliver()
        await self.store.close()

    async def _takes(self, tale: str, number: int, life: int) -> str:
        """One more line of the tale is committed; the key under which it was."""
        line, key = TALES[tale].said[number], f"{tale} {number}"
        if decided := STAFF.fullmatch(line):
            # An officer who was not answered decides once more, which is another event.
            event, officer, version, why = decided.groups()
            (ref,) = await self.store._look(_refs)
            said = Decision(ref, event, officer, int(version), why)
            key = f"{key} {life}"
            decision = Incoming(CHAT, key, Event(DECIDE, encode(said).decode()))
            await self.engine.turns.take([decision])
        else:
            await self.engine.batches.put(_update(key, line))
        return key

    async def _deliver(self) -> None:
        await raise_due(self.engine.turns, self.store, now=self.clock.now())
        await self.engine.notifier.drain()
        self.clock.pass_(AFTER_THE_BUBBLE)
        await self.engine.notifier.drain()


def picture() -> bytes:
    """A photo as it comes."""
    made = io.BytesIO()
    Image.new("RGB", (240, 220), "teal").save(made, "PNG")
    return made.getvalue()


def lines(file: Path) -> list[str]:
    """What was written down in other lives."""
    return file.read_text("utf-8").splitlines() if file.exists() else []


async def prepare(folder: Path, ring: keys.Keyring) -> None:
    """Make the registry."""
    await asyncio.to_thread(folder.mkdir)
    store = SqliteStore(str(folder / DATABASE), ring.vault(), ring.subkey("audit"))
    await store.open(now=START)
    await store.add_members([LAN])
    await store.close()


def _refs(db: sqlite3.Connection) -> list[str]:
    return [ref for (ref,) in db.execute("SELECT ref FROM dossiers")]


def _update(key: str, line: str) -> Incoming:
    sent = [json.loads(entry) for entry in lines(Path(OUTBOX))]
    if line == "(photo)":
        return Incoming(CHAT, key, Event(PHOTO, "a-file"))
    if line == "(page)":
        shown = [found[1] for each in sent if (found := LINK.search(each["body"]))]
        page = passwords.token_hash(shown[-1]).hex()
        return Incoming(CHAT, key, Event(web("proved")), page=page)
    if line.startswith("{"):
        letters = [each["body"] for each in sent if each["to"] == line.strip("{}")]
        line = [found[0] for letter in letters if (found := CODE.search(letter))][-1]
    return Incoming(CHAT, key, Event(TEXT, line))


def _append(name: str, line: str) -> None:
    with Path(name).open("a", encoding="utf-8") as out:
        out.write(line + "\n")
        out.flush()
        os.fsync(out.fileno())


def _one_life(world: World, asked: dict[str, Any]) -> int:
    """Fork, live, and tell how it ended (the signal, negative, or the exit code)."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    status = 1
    try:
        os.chdir(asked["folder"])
        fate = world.fate
        fate.kind, fate.at, fate.ends = asked["kind"], asked["at"], asked["ends"]
        asyncio.run(world.live(asked["tale"], asked["life"]))
        Path("points.json").write_text(json.dumps([fate.met, fate.points]), "utf-8")
        status = 0
    finally:
        os._exit(status)


def _warm_up() -> None:
    """Load what the product loads when it is first needed, so that not every life has to."""
    receipt.pdf(receipt.Receipt("HS", "reissue_book", "submitted", START, ""), seed=bytes(32))
    photos.clean(picture())


def serve() -> None:
    """Live as often as asked."""
    _warm_up()
    world = World(keys.load(Path(sys.argv[1])))
    for line in sys.stdin:
        sys.stdout.write(f"{_one_life(world, json.loads(line))}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve()
