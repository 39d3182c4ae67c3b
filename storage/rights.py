"""Requests about one's own data, and what a store can tell, erase and forget of one person.

Erasing takes effect with the commit for the rows, and by a new half of the key for whatever
copies of them there are (`storage/halves.py`). What the law makes the agency keep is not erased.
"""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import msgspec

from storage.rows import Consent


class Right(msgspec.Struct, frozen=True, gc=False):
    """A request about one's own data, with the law's clocks.

    kind: export or erase. chat: whose conversation it is about.
    applies_at: from when on it is erased; None while another officer has to approve it.
    ended_as: "" as long as it is open, then done or refused.
    asked_by: the officer who asked for it, "" when the citizen did. why: the reason given, sealed.
    counts: what was erased, categories and numbers as JSON.
    """

    ref: str
    kind: str
    chat: str
    account: bytes
    lang: str
    asked_at: float
    answer_by: float
    finish_by: float
    answered_at: float | None = None
    applies_at: float | None = None
    ended_at: float | None = None
    ended_as: str = ""
    asked_by: str = ""
    approved_by: str = ""
    counts: str = "{}"
    why: str = ""


class Holding(NamedTuple):
    """How many rows of a category there are of one person, and since when."""

    category: str
    n: int
    since: float | None


class RightsUnit(Protocol):
    """What one open transaction can read and write of it."""

    async def rights(self, refs: Sequence[str]) -> dict[str, Right]:
        """The requests under these references; name their chats before."""

    async def rights_of(self, accounts: Sequence[bytes]) -> list[Right]:
        """Of each account the open ones and the newest, the newest first."""

    async def save_rights(self, rows: Sequence[Right]) -> None:
        """Insert or replace. `answered_at`, `ended_at` and `ended_as`, once set, stay."""

    async def holdings(self, chat: str, account: bytes) -> list[Holding]:
        """What there is of a chat and its account, one row a category, also where it is none."""

    async def consents_of(self, chats: Sequence[str]) -> list[Consent]:
        """The newest answer of each chat for each purpose."""

    async def erase(self, chats: Sequence[str]) -> None:
        """Delete what was said, sent and proved in these chats; each gets a new half of its key.

        The conversation's row stays, without answers: buttons and codes are bound to its turn. So
        do requests that are open, with their pictures, and people who wait for a person.
        """


class RightsLooks(Protocol):
    """What a store tells of it beside any unit."""

    async def due_rights(self, *, now: float, limit: int) -> list[Right]:
        """Erasures whose time has come."""

    async def list_rights(self, *, ended: bool, limit: int) -> list[Right]:
        """The open requests, due first; or the ended ones, the newest first."""

    async def scrub(self) -> None:
        """Overwrite what erased rows have left in files beside the database, as far as we can."""
