"""Conversations as staff lists them, and how far somebody has read each.

Part of the contract in `base.py`, which says what holds for all of it. Everything here is looked
up beside any unit: a list is as old as the moment it was read.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple, Protocol

import msgspec

from storage.rows import Conversation, HandOverRequest

View = Literal["waiting", "mine", "attended", "all", "found", "one"]


class Picked(msgspec.Struct, frozen=True):
    """Which conversations to list.

    view: waiting for a person, longest first; attended by `officer`, or by anybody; all with a
    line since `since`, newest first; found by `marks` or `ref`; the one chat of that name (ref).
    marks: blind indexes of a member's number, phone or address; ref: a dossier's reference, or a
    request's number.
    flow, channel: only these, "" for any. after: place and chat of the last row before the page.
    """

    view: View
    officer: str = ""
    since: float = 0.0
    marks: tuple[bytes, ...] = ()
    ref: str = ""
    flow: str = ""
    channel: str = ""
    after: tuple[float, str] = (-1e300, "")
    limit: int = 50


class Listed(msgspec.Struct, frozen=True):
    """One conversation of a list. place: what it is listed by.

    standing: state of the account it speaks of, "" when it speaks of none; changing: a contact of
    that account is about to change. tries: codes typed in the chat lately for one challenge.
    """

    conversation: Conversation
    request: HandOverRequest | None
    place: float
    standing: str
    changing: bool
    tries: int


class Counts(msgspec.Struct, frozen=True):
    """How many requests for a person are open: of nobody yet, of one officer, of any."""

    waiting: int
    mine: int
    attended: int


class Look(msgspec.Struct, frozen=True):
    """How far somebody has read a chat, when they were last at it, and when they last typed."""

    chat: str
    name: str
    turn: int
    seen_at: float
    typing_at: float = 0.0


class Stir(NamedTuple):
    """What is newest in a chat: a line, or (looked) somebody's look at it."""

    chat: str
    looked: bool
    at: float
    turn: int


class SavedView(msgspec.Struct, frozen=True):
    """Filters of the inbox that an officer has named. query: as it stands in the address."""

    officer: str
    name: str
    query: str
    at: float


class InboxUnit(Protocol):
    """What one open transaction can write of it."""

    async def save_views(self, rows: Sequence[SavedView]) -> None:
        """Insert or replace."""

    async def drop_view(self, officer: str, name: str) -> None:
        """Forget one; nothing happens where there is none."""

    async def add_looks(self, rows: Sequence[Look]) -> None:
        """Remember; no number falls."""


class InboxLooks(Protocol):
    """What a store tells of conversations beside any unit."""

    async def inbox(self, picked: Picked) -> list[Listed]:
        """One page of conversations, in the order of its view."""

    async def counts(self, officer: str) -> Counts:
        """How many there are to attend to."""

    async def open_by_officer(self) -> dict[str, int]:
        """The same for all at once: by who has them, "" for nobody yet."""

    async def stirred(self, since: float) -> list[Stir]:
        """Chats with a line or a look since then."""

    async def looks(self, chats: Sequence[str]) -> list[Look]:
        """Who has read these chats."""

    async def views(self, officer: str) -> list[SavedView]:
        """What an officer has saved, the oldest first."""
