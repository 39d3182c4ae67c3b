"""The Store contract: rows in, rows out, in batches. It knows rows, not procedures.

What every store promises, whatever its engine:

* **One unit of work is one transaction.** `Store.unit()` begins it with the right to
  write; leaving the block commits, an exception or a cancellation rolls back. Nothing
  of a rolled-back unit is ever visible. When `unit()` has been left without an
  exception the work survives a power cut.
* **Units exclude each other per chat and per account.** Two units that touch the same chat, or
  name the same account, on file or not, run one after the other; rows read inside a unit do not
  change under it. (SQLite: one writer at a time. PostgreSQL: locks, taken in one order.) So
  name all chats in one call of `conversations` first, then all accounts in one call of
  `members`, then look at codes, limits and links; codes looked up earlier make `members` raise
  `Unavailable` if they have changed. What belongs to an account - links, changes of a contact,
  dossiers - names it too, however it is looked up. Where units run side by side a limit that
  spans chats and accounts may be overshot by what is in flight.
* **Every method takes and returns whole batches** and costs one statement, whatever the
  length of the list; an empty list costs nothing.
* **Personal columns are sealed on the way in and opened on the way out** with the
  `Vault` the store was given; a value moved to another row or column does not open.
  Look-ups go through blind indexes made with the same vault. Callers see plain values.
* **What proves an account ends with its change.** `void_challenges` ends its unused codes and its
  unused pages of every purpose, in all chats, in the transaction of the change; what a unit
  saves after that call is new and stays.
* **Times** are seconds since 1970 UTC as float, and come from the caller: a store has no clock.
* **Errors.** `Unavailable` when the database cannot be reached or written (locked, full,
  read-only): nothing happened, try later. `Corrupt` when what is stored cannot be
  trusted (a seal that does not open, a schema from the future): stop. `Conflict` when
  registry rows contradict each other, or a dossier is not the one that was read: look again.
  Programming errors come through as they are.
* **A unit that has failed is over.** Writes may travel together with the next read or with the
  commit, so an error can show later than the call that caused it, but always before the
  unit is left; after it nothing of the unit can be committed, even if it is swallowed.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from storage.errors import Conflict, Corrupt, StorageError, Unavailable
from storage.figures import FigureLooks, Figures
from storage.inbox import Counts, InboxLooks, Listed, Look, Picked, SavedView
from storage.operations import OperationsLooks, Record, Search, Sending, Switch
from storage.people import Member, Person
from storage.requests import Change, Contact, Dossier, Edge, Photo, Standing, to_officer
from storage.rights import Holding, Right, RightsLooks
from storage.rows import (
    Act,
    Backlog,
    Challenge,
    Consent,
    Conversation,
    HandOverRequest,
    Line,
    Link,
    Outbound,
    Page,
    Parcel,
    Password,
    Retention,
    Seen,
    SetAside,
    Settlement,
    Tally,
)
from storage.staff import Session, Staff, StaffLooks
from storage.unit import Unit

__all__ = [
    "Act",
    "Backlog",
    "Challenge",
    "Change",
    "Conflict",
    "Consent",
    "Contact",
    "Conversation",
    "Corrupt",
    "Counts",
    "Dossier",
    "Edge",
    "Figures",
    "HandOverRequest",
    "Holding",
    "Line",
    "Link",
    "Listed",
    "Look",
    "Member",
    "Outbound",
    "Page",
    "Parcel",
    "Password",
    "Person",
    "Photo",
    "Picked",
    "Record",
    "Retention",
    "Right",
    "SavedView",
    "Search",
    "Seen",
    "Sending",
    "Session",
    "SetAside",
    "Settlement",
    "Staff",
    "Standing",
    "StorageError",
    "Store",
    "Switch",
    "Tally",
    "Unavailable",
    "Unit",
    "to_officer",
]


class Store(StaffLooks, InboxLooks, RightsLooks, OperationsLooks, FigureLooks, Protocol):
    """A database of the bot. See the module's text for what holds for all of them."""

    async def open(self, *, now: float) -> None:
        """Connect, check or create the schema, check that every key in use is known."""

    async def close(self) -> None:
        """Finish and let go."""

    def index(self, kind: str, value: str) -> bytes:
        """The blind index under which `value` is looked up."""

    def unit(self, *, now: float) -> AbstractAsyncContextManager[Unit]:
        """One transaction. `now` also advances the stored high-water mark of time."""

    async def high_water(self) -> float:
        """The latest time any unit was begun with, at most a second behind; never falls."""

    def on_outbound(self, told: Callable[[], None]) -> None:
        """Have `told` called soon after another process queued messages; or late, or never."""

    async def claim(
        self,
        owner: str,
        channels: Sequence[str],
        *,
        now: float,
        lease: float,
        limit: int,
        settled: Sequence[Settlement] = (),
    ) -> list[Parcel]:
        """Lease up to `limit` due messages, at most the oldest waiting one of each lane.

        A lease that ran out is claimable again: the fence moves on and the late settlement of
        the former owner is ignored. The try is recorded before it is made. `settled` is
        recorded first, in the same transaction, as `settle` does.
        """

    async def settle(self, rows: Sequence[Settlement]) -> None:
        """Record how tries ended; bodies of sent and dead messages are erased.

        That of a dead one with `keep` stays until it dies; `purge` erases it then.
        """

    async def backlog(self, *, now: float) -> Backlog:
        """How many messages wait and since when the oldest is overdue."""

    async def add_members(self, people: Iterable[Person]) -> int:
        """Insert or update registry rows by BHXH number, in one transaction; how many.

        An empty field leaves what is stored; password and state stay. `Conflict` when a
        personal number belongs to another account already. All of `people` is held in
        memory: hand over some thousands at a time.
        """

    def all_members(self) -> AsyncIterator[Member]:
        """Every member, in the order of insertion, without holding them in memory."""

    async def verify_audit(self) -> int:
        """Recompute the audit chain; its length. Raises Corrupt naming the first bad record."""

    async def audit_head(self) -> tuple[int, bytes]:
        """Sequence number and MAC of the newest audit record; (0, b"") when there is none."""

    async def audit_macs(self, numbers: Sequence[int]) -> dict[int, bytes]:
        """The MACs of these audit records, as stored; a number without a record is absent."""

    async def due_changes(self, *, now: float, limit: int) -> list[Change]:
        """Changes of a contact whose hold is over and that nobody has made or ended yet."""

    async def list_dossiers(
        self, *, states: Sequence[str], limit: int, kinds: Sequence[str] = (), after: str = ""
    ) -> list[Dossier]:
        """Dossiers in these states, due first comes first, those without a date last.

        kinds: only these; after: only those behind this one, wherever that stands by now.
        """

    async def queue(self, *, limit: int) -> list[HandOverRequest]:
        """Requests for a person that have not ended, the oldest first."""

    async def transcript(self, chat: str, *, limit: int) -> list[Line]:
        """The newest lines of one chat, the oldest of them first."""

    async def asides(self, *, limit: int) -> list[SetAside]:
        """The newest events that were set aside, newest first."""

    async def purge(self, keep: Retention, *, now: float) -> int:
        """Delete what has outlived its retention, in short transactions; rows deleted."""

    async def reseal(self, *, batch: int = 500, told: Callable[[int], None] | None = None) -> int:
        """Seal with the newest key what an older key sealed; rows done. Safe to repeat.

        `told` hears how many rows are done so far, after every `batch` rows looked at. Restart
        every process with the new key file first: with an older one it would undo the work.
        """

    async def tidy(self) -> None:
        """Routine upkeep that must not fall into a turn; call it every few seconds."""

    async def backup(self, target: str) -> None:
        """A consistent copy of the whole database as one new file, or FileExistsError."""

    async def check_copy(self, source: str) -> int:
        """Check a copy made by `backup`, without changing it; the length of its audit chain."""

    async def lay_to_rest(self, *, now: float) -> int:
        """End what an old copy brings back to life; rows ended.

        Unused codes become void, unused pages count as used, staff is signed out and invited no
        more, and waiting messages are dead: the database that the copy was taken of has most
        likely sent them. Held changes of a contact are refused: what the copy does not know is
        whether somebody undid them.
        """
