"""What has arrived on the demo's phone and in its inboxes, and who is watching.

A board lives in memory only and forgets everything on reset or restart. It decides
nothing: the page draws every entry in the order in which it was pinned here.
"""

import asyncio
from collections.abc import AsyncIterator, Collection

import msgspec

from bot.notifier.parcel import Button


class Entry(msgspec.Struct, frozen=True, tag_field="kind", tag=str.lower):
    """Root of everything the page is told; `kind` on the wire says which."""


class Mine(Entry, frozen=True):
    """Something the visitor sent. what: text, tap, contact, sticker or photo."""

    id: str
    at: float
    what: str
    text: str = ""


class Taken(Entry, frozen=True):
    """The visitor's message `of` is safely written down."""

    of: str


class Bubble(Entry, frozen=True):
    """A bubble of the bot; `picture` travels as base64."""

    id: str
    at: float
    text: str
    buttons: list[Button]
    share_phone: str
    picture: bytes


class Pdf(Entry, frozen=True):
    """A paper of the bot, to be opened under its `id`. size: in bytes."""

    id: str
    at: float
    name: str
    size: int


class Answered(Entry, frozen=True):
    """The press of the button `of` is dealt with, whether or not a bubble follows."""

    of: str


class Erased(Entry, frozen=True):
    """The visitor's message `of` was deleted by the bot."""

    of: str


class Sms(Entry, frozen=True):
    """An SMS on one of the sample citizen's phones."""

    id: str
    at: float
    to: str
    text: str


class Mail(Entry, frozen=True):
    """An e-mail in one of the sample citizen's inboxes."""

    id: str
    at: float
    to: str
    subject: str
    text: str


class Live(Entry, frozen=True):
    """All that lay on the board has been told; what follows is happening now."""


class Cleared(Entry, frozen=True):
    """The board was wiped; begin anew."""


class Board:
    """Everything pinned so far, by topic, and a bell for those who wait for more."""

    def __init__(self) -> None:
        self._pins: list[tuple[str, Entry]] = []
        self._marks: set[tuple[str, str]] = set()
        self._bell = asyncio.Event()
        self._closed = False

    def pin(self, topic: str, mark: str, entry: Entry) -> None:
        """Add an entry; a second one under the same mark is the same thing told twice."""
        if (topic, mark) in self._marks:
            return
        self._marks.add((topic, mark))
        self._pins.append((topic, entry))
        self._ring()

    async def follow(self, topics: Collection[str]) -> AsyncIterator[Entry]:
        """What lies under these topics, then `Live`, then what comes, until wiped or closed."""
        pins, told = self._pins, 0
        live = False
        while not self._closed:
            if pins is not self._pins:
                yield Cleared()
                return
            if told < len(pins):
                topic, entry = pins[told]
                told += 1
                if topic in topics:
                    yield entry
            elif not live:
                live = True
                yield Live()
            else:
                await self._bell.wait()

    def clear(self) -> None:
        """Forget everything and tell everybody who watches."""
        self._pins, self._marks = [], set()
        self._ring()

    def close(self) -> None:
        """End every watch, so that the web server can stop."""
        self._closed = True
        self._ring()

    def _ring(self) -> None:
        self._bell.set()
        self._bell = asyncio.Event()
