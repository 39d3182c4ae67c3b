"""What the harness asks of a system, and the list of systems it knows.

Systems are imported by name and only inside the child process that measures them, so that
no system pays for another's memory.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Literal, Protocol

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


Key = Literal["ours", "ptb", "ptb-silent", "orm"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A system: its key for options, its name in tables, what it does and what it guarantees.

    delivers: its replies do reach the stubbed network, in `take` or in `deliver`.
    """

    key: Key
    name: str
    maker: str
    work: str
    guarantee: str
    delivers: bool

    def make(self) -> System:
        """Import and construct it."""
        module, _, cls = self.maker.partition(":")
        made: System = getattr(import_module(module), cls)()
        return made


_SAME = (
    "everything survives kill -9 and power cut once acknowledged; nothing handled twice; personal "
    "columns sealed to their rows; limits, codes and the audit chain in the same transaction"
)

OURS = Entry(
    "ours",
    "ours",
    "benchmarks.ours:Ours",
    "decode, dedupe, limits, flow, sealed columns, transcript, audit, code, password; replies "
    "queued in the turn, sent by the notifier (second figure); on uvloop, as `run` is",
    _SAME,
    delivers=True,
)
PTB = Entry(
    "ptb",
    "PTB ConversationHandler, memory",
    "benchmarks.peers.ptb_memory:InMemory",
    "decode, filters, handlers, code, password; reply built, sent to a stubbed network, "
    "answer parsed",
    "nothing survives a restart; a repeated update is handled twice",
    delivers=True,
)
PTB_SILENT = Entry(
    "ptb-silent",
    "… the same, replies dropped",
    "benchmarks.peers.ptb_memory:Silent",
    "as above without building, sending or parsing any reply",
    "nothing survives a restart; a repeated update is handled twice",
    delivers=False,
)
ORM = Entry(
    "orm",
    "SQLAlchemy ORM session per update",
    "benchmarks.peers.orm_session:PerUpdate",
    "json.loads, dedupe, limits, flow, sealed columns, transcript, audit, code, password; replies "
    "queued in the turn, sent by nobody; no indexes for claiming and purging",
    _SAME,
    delivers=False,
)
SYSTEMS: dict[Key, Entry] = {entry.key: entry for entry in (OURS, PTB, PTB_SILENT, ORM)}
