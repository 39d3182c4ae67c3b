"""Lives that end at a chosen point: a process that hears a whole tale, and is killed at it.

Run as a program it is warm (everything imported, no loop, no thread) and forks one life for
each line it reads: `{"tale": …, "folder": …, "life": 0, "kind": "hop", "at": 3}`. What platforms
and gateways saw, and which updates were acknowledged, stands in files in the folder.
"""

import asyncio
import json
import os
import re
import signal
import sqlite3
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from bot import keys
from bot.app import Engine, build, running
from bot.channels.base import Incoming
from bot.clock import ManualClock
from bot.notices import AFTER_THE_BUBBLE
from bot.notifier.parcel import Delivered, Letter, Verdict
from bot.settings import HumanCheck, Settings
from flows.model import TEXT, Event
from storage.base import Parcel, Person, Settlement
from storage.sqlite import SqliteStore
from storage.sqlite.wire import Work

Result = TypeVar("Result")

START = 1_795_312_800.0
LIFE = 35.0  # seconds from one life to the next: every lease has ended
SETTINGS = Settings(human_check=HumanCheck(policy="never"))
LAN = Person("7900000001", "079085000001", "Nguyễn Thị Lan", "", "+84900000101", "lan@example.vn")
NEW_PHONE, NEW_MAIL = "+84912345678", "lan.moi@example.com"
# What is said in each tale; {address} stands for the newest code that was sent there.
TALES = {
    "forgot_password": (
        "quên mật khẩu", "đồng ý", LAN.bhxh_number, LAN.phone, f"{{{LAN.phone}}}"
    ),
    "add_email": (
        "thêm email", "đồng ý", LAN.bhxh_number, f"{{{LAN.phone}}}", NEW_MAIL, "ghi nhận",
        f"{{{NEW_MAIL}}}",
    ),
    "change_phone": (
        "đổi số điện thoại", "đồng ý", LAN.bhxh_number, LAN.phone, NEW_PHONE,
        f"{{{NEW_PHONE}}}", f"{{{LAN.phone}}}",
    ),
}  # fmt: skip
KINDS = ("unit", "hop", "hopped", "statement", "settle", "settled", "send", "sent", "ack", "acked")


@dataclass
class Fate:
    """Counts what happens, and ends the process at the chosen point."""

    kind: str
    at: int

    def __post_init__(self) -> None:
        """Nothing has happened yet."""
        self.met: Counter[str] = Counter()

    def comes(self, kind: str) -> None:
        """Something is about to happen, or has."""
        self.met[kind] += 1
        if kind == self.kind and self.met[kind] == self.at:
            os.kill(os.getpid(), signal.SIGKILL)


class MortalStore(SqliteStore):
    """The real store, told of every step it takes."""

    def __init__(self, folder: Path, ring: keys.Keyring, fate: Fate) -> None:
        """`folder` holds the database."""
        super().__init__(str(folder / "lives.db"), ring.vault(), ring.subkey("audit"))
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

    def __init__(self, name: str, folder: Path, fate: Fate) -> None:
        """`name`: the channel."""
        self.name = name
        self._file = folder / "outbox"
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
        _append(self._file, json.dumps(entry))
        self._fate.comes("sent")
        return Delivered()

    async def close(self) -> None:
        """There is no connection."""


def lines(file: Path) -> list[str]:
    """What was written down in other lives."""
    return file.read_text("utf-8").splitlines() if file.exists() else []


async def live(tale: str, folder: Path, life: int, fate: Fate) -> None:
    """Go on where the former life ended, until everything is said and sent."""
    clock = ManualClock(START + life * LIFE)
    ring = keys.load_or_create(folder / "keys.json", now=START)
    store = MortalStore(folder, ring, fate)
    await store.open(now=clock.now())
    senders = {name: Outbox(name, folder, fate) for name in ("telegram", "sms", "email")}
    engine = build(SETTINGS, ring, store, clock, senders)
    async with running(engine, notify=False):
        await _deliver(engine, clock)
        for number in range(len(lines(folder / "acknowledged")), len(TALES[tale])):
            await engine.batches.put(_update(folder, number, TALES[tale][number]))
            fate.comes("ack")
            _append(folder / "acknowledged", f"update {number}")
            fate.comes("acked")
            await _deliver(engine, clock)
    await store.close()


async def prepare(folder: Path) -> None:
    """Make the key file and the registry."""
    ring = keys.load_or_create(folder / "keys.json", now=START)
    store = SqliteStore(str(folder / "lives.db"), ring.vault(), ring.subkey("audit"))
    await store.open(now=START)
    await store.add_members([LAN])
    await store.close()


async def _deliver(engine: Engine, clock: ManualClock) -> None:
    await engine.notifier.drain()
    clock.pass_(AFTER_THE_BUBBLE)
    await engine.notifier.drain()


def _update(folder: Path, number: int, text: str) -> Incoming:
    if text.startswith("{"):
        sent = [json.loads(line) for line in lines(folder / "outbox")]
        letters = [each["body"] for each in sent if each["to"] == text.strip("{}")]
        codes = [re.search(r"(?<!\d)\d{6}(?!\d)", letter) for letter in letters]
        text = [code[0] for code in codes if code][-1]
    return Incoming("telegram:7", f"update {number}", Event(TEXT, text))


def _append(file: Path, line: str) -> None:
    with file.open("a", encoding="utf-8") as out:
        out.write(line + "\n")
        out.flush()
        os.fsync(out.fileno())


def _one_life(tale: str, folder: Path, life: int, fate: Fate) -> int:
    """Fork, live, and tell how it ended (the signal, negative, or the exit code)."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    status = 1
    try:
        asyncio.run(live(tale, folder, life, fate))
        (folder / "met.json").write_text(json.dumps(fate.met), "utf-8")
        status = 0
    finally:
        os._exit(status)


def serve() -> None:
    """Live as often as asked."""
    for line in sys.stdin:
        asked = json.loads(line)
        fate = Fate(asked["kind"], asked["at"])
        status = _one_life(asked["tale"], Path(asked["folder"]), asked["life"], fate)
        sys.stdout.write(json.dumps({"status": status, **asdict(fate)}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve()
