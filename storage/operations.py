"""What operators set and look at: switches and notices, messages sent, the audit log.

Part of the contract in `base.py`, which says what holds for all of it. Lists are paged by number
and look at no more than `WINDOW` of them at once, so that a rare filter cannot run for long; what
failed has an index of its own and is found however old it is.
"""

from collections.abc import Sequence
from typing import Protocol

import msgspec

WINDOW = 20_000  # records or messages that one page looks through
NEWEST = 1 << 60  # before which a first page begins


class Switch(msgspec.Struct, frozen=True):
    """Something an operator has set aside from the rule, until it is taken back.

    name: `flow:NAME`, `guide:NAME` or `channel:NAME` (switched off), `surge` (a notice in the
    menu), `day:YYYY-MM-DD` (other hours on that day). value: the hours of a day, else "".
    vi, en: what citizens are told; until: when it ends by itself, 0 when it does not.
    """

    name: str
    value: str
    vi: str
    en: str
    until: float
    who: str
    at: float


class Record(msgspec.Struct, frozen=True):
    """One record of the audit log, without what only the chain needs."""

    number: int
    at: float
    kind: str
    who: str
    detail: str


class Search(msgspec.Struct, frozen=True):
    """Which records, or which messages: the newest before a number that fit, at most `limit`.

    kind: of a record, or the state of a message (`waiting`, `sent`, `dead`). who: of a record, or
    the channel of a message. "" takes any.
    """

    kind: str = ""
    who: str = ""
    before: int = NEWEST
    limit: int = 50


class Sending(msgspec.Struct, frozen=True):
    """One message on its way, without what it says.

    to: "" once its letter is erased. code: whether a one-time code goes in. kept: whether there is
    a letter to be sent again. detail: how the newest try ended, never a text or an address.
    """

    id: int
    channel: str
    status: str
    created_at: float
    due: float
    dies_at: float
    ended_at: float | None
    tries: int
    code: bool
    sender: str
    detail: str
    to: str = ""
    kept: bool = False


class OperationsUnit(Protocol):
    """What one open transaction can change of it."""

    async def save_switches(self, rows: Sequence[Switch]) -> None:
        """Insert or replace."""

    async def drop_switches(self, names: Sequence[str]) -> None:
        """Take these back."""

    async def send_again(self, messages: Sequence[int], now: float) -> list[int]:
        """Queue dead messages again that still have a letter and are worth it; which ones.

        Never one that carries a code: another one is asked for.
        """


class OperationsLooks(Protocol):
    """What a store tells of it beside any unit."""

    async def switches(self) -> list[Switch]:
        """Everything that is set, by name."""

    async def records(self, picked: Search) -> list[Record]:
        """Records of the audit log, newest first; nothing is proved by it."""

    async def sendings(self, picked: Search) -> list[Sending]:
        """Messages on their way, newest first."""
